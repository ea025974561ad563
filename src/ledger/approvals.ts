import { decodeBase64 } from "../bytes/base64.js";
import type { FindingCode } from "../findings/catalogue.js";
import type { Problem } from "../findings/finding.js";
import { verifySignature } from "../keys/ed25519.js";
import type { Engine } from "../keys/engine.js";
import type { TrustFile } from "../keys/trust-file.js";
import { isMember, standsFor, validAt } from "../keys/validity.js";
import type { ApprovalRequest, ApprovalSignature, Requirement } from "../receipt/approval.js";
import type { Receipt } from "../receipt/receipt.js";
import { approvalMessages } from "../receipt/signed-bytes.js";
import { ran } from "./controls.js";

/** What the signatures of one receipt amount to. */
export interface ApprovalJudgement {
  readonly problems: readonly Problem[];
  /** Whether a `reject` counted. */
  readonly rejected: boolean;
  readonly signatures: readonly JudgedSignature[];
}

/** One signature, and why it does not count where it does not. */
export interface JudgedSignature {
  readonly signature: ApprovalSignature;
  readonly problem: Problem | undefined;
}

/**
 * Judges the approval of one genuine receipt (docs/format.md, "Approvals"): each signature
 * by itself, and, where the receipt says `granted`, whether those that count are enough.
 * The trust file says who may sign, who is in a group and how many it takes; the receipt
 * may ask for more, never for less.
 */
export function judgeApproval(receipt: Receipt, trust: TrustFile, engine: Engine): ApprovalJudgement {
  const request = receipt.approval;
  if (request.state === "not_required") return { problems: [], rejected: false, signatures: [] };
  const counted: ApprovalSignature[] = [];
  const messageOf = approvalMessages(engine.sha3_256, receipt, request);
  const signatures = request.signatures.map((signature, i): JudgedSignature => {
    const problem = judgeSignature(signature, i, counted, { receipt, request, trust, engine, messageOf });
    if (problem === undefined) counted.push(signature);
    return { signature, problem };
  });
  const problems = signatures.flatMap(({ problem }) => problem ?? []);
  const rejected = counted.some((signature) => signature.verdict === "reject");
  if (request.state === "granted") problems.push(...judgeGrant(receipt, request, counted, trust));
  return { problems, rejected, signatures };
}

interface Context {
  readonly receipt: Receipt;
  readonly request: ApprovalRequest;
  readonly trust: TrustFile;
  readonly engine: Engine;
  /** What a signature of this request has to sign. */
  readonly messageOf: ReturnType<typeof approvalMessages>;
}

/** The first condition that one signature does not meet, in the order of the format; undefined where it counts. */
function judgeSignature(
  signature: ApprovalSignature,
  index: number,
  counted: readonly ApprovalSignature[],
  context: Context,
): Problem | undefined {
  const { receipt, request, trust, engine, messageOf } = context;
  const { approver, at, signer } = signature;
  const problem = (code: FindingCode, expected: string, actual: string): Problem => {
    return { code, where: `/receipt/approval/signatures/${index} by ${approver}`, expected, actual };
  };
  const key = trust.keys.get(signer);
  if (key === undefined) return problem("approval.key", "an approver key of the trust file", signer);
  if (key.role !== "approver")
    return problem("approval.key", "an approver key", `a ${key.role} key, ${signer}`);
  if (key.holder !== approver) return problem("approval.key", `a key of ${approver}`, `one of ${key.holder}`);
  if (!validAt(key, at))
    return problem("approval.key", `a key that is valid at ${at}`, `${signer}, which is not`);

  if (!verifySignature(engine, decodeBase64(signature.sig)!, messageOf(signature), key.publicKey)) {
    return problem("approval.signature", `${signer}'s signature over this request`, "another");
  }
  if (!request.required.some((requirement) => isInGroup(trust, requirement, receipt, signature))) {
    const groups = nameGroups(request.required);
    return problem("approval.not-member", `a member of ${groups} for ${receipt.tenant} at ${at}`, approver);
  }
  if (at < request.requested_at || at > request.expires_at) {
    return problem("approval.time", `${request.requested_at} to ${request.expires_at}`, at);
  }
  if (at > receipt.decided_at)
    return problem("approval.time", `at or before the decision, ${receipt.decided_at}`, at);
  if (approver === receipt.agent.id || approver === receipt.agent.on_behalf_of) {
    return problem("approval.self", "another person than the one the agent acts for", approver);
  }
  const before = counted.some((earlier) => earlier.approver === approver);
  if (before && signature.verdict !== "reject")
    return problem("approval.repeated", "each person once", approver);
  return undefined;
}

/** Whether the approver was then a member of a required group that stands for the receipt's tenant. */
function isInGroup(
  trust: TrustFile,
  requirement: Requirement,
  receipt: Receipt,
  signature: ApprovalSignature,
): boolean {
  const group = trust.groups.get(requirement.group);
  return (
    group !== undefined &&
    standsFor(group, receipt.tenant) &&
    isMember(group, signature.approver, signature.at)
  );
}

function judgeGrant(
  receipt: Receipt,
  request: ApprovalRequest,
  counted: readonly ApprovalSignature[],
  trust: TrustFile,
): Problem[] {
  const problems: Problem[] = [];
  const rejections = counted.filter((signature) => signature.verdict === "reject");
  for (const { approver } of rejections) {
    problems.push({ code: "approval.quorum", expected: "no rejection", actual: `one by ${approver}` });
  }
  const approvals = counted.filter((signature) => signature.verdict === "approve");
  for (const requirement of request.required) {
    const shortfall = judgeRequirement(requirement, receipt, approvals, trust);
    if (shortfall !== undefined) problems.push(shortfall);
  }
  const { started_at: startedAt } = receipt.outcome;
  if (ran(receipt) && startedAt !== undefined && startedAt > request.expires_at) {
    problems.push({
      code: "approval.time",
      where: "/receipt/outcome/started_at",
      expected: `at or before ${request.expires_at}`,
      actual: startedAt,
    });
  }
  const tiers: { readonly [tier: string]: readonly string[] | undefined } = trust.tiers;
  const ofTier = tiers[receipt.risk_tier];
  if (ofTier !== undefined && !request.required.some((requirement) => ofTier.includes(requirement.group))) {
    problems.push({
      code: "approval.tier-group",
      expected: `one of ${ofTier.join(", ") || "no group (the trust file names none)"} for ${receipt.risk_tier}`,
      actual: nameGroups(request.required),
    });
  }
  problems.push(...oneForTwo(request, receipt, approvals, trust));
  return problems;
}

/** The first few groups by name: a receipt can require thousands. */
function nameGroups(required: readonly Requirement[]): string {
  const names = required.slice(0, 5).map((requirement) => requirement.group);
  return required.length > names.length
    ? `${names.join(", ")} and ${required.length - names.length} more`
    : names.join(", ");
}

/** A group that the trust file lacks, or a threshold below the trust file's, is never met. */
function judgeRequirement(
  requirement: Requirement,
  receipt: Receipt,
  approvals: readonly ApprovalSignature[],
  trust: TrustFile,
): Problem | undefined {
  const problem = (expected: string, actual: string): Problem => {
    return { code: "approval.quorum", where: requirement.group, expected, actual };
  };
  const group = trust.groups.get(requirement.group);
  if (group === undefined) return problem("a group of the trust file", "none of that name");
  if (requirement.threshold < group.threshold) {
    return problem(`a threshold of at least ${group.threshold}`, String(requirement.threshold));
  }
  const members = approvals.filter((signature) => isInGroup(trust, requirement, receipt, signature));
  if (members.length >= requirement.threshold) return undefined;
  return problem(`${requirement.threshold} approvals that count`, String(members.length));
}

/** People whose one approval met more than one requirement: allowed, and worth a look. */
function oneForTwo(
  request: ApprovalRequest,
  receipt: Receipt,
  approvals: readonly ApprovalSignature[],
  trust: TrustFile,
): Problem[] {
  return approvals.flatMap((signature): Problem[] => {
    const groups = request.required.filter((requirement) =>
      isInGroup(trust, requirement, receipt, signature),
    );
    if (groups.length < 2) return [];
    return [
      {
        code: "approval.one-person-two-groups",
        expected: "different people for each required group",
        actual: `${signature.approver} for ${groups.map((requirement) => requirement.group).join(" and ")}`,
      },
    ];
  });
}
