import { kindOf } from "../findings/catalogue.js";
import { messageOf } from "../findings/finding.js";
import type { Time } from "../json/time.js";
import type { Engine } from "../keys/engine.js";
import type { TrustFile } from "../keys/trust-file.js";
import { isMember, standsFor } from "../keys/validity.js";
import { judgeApproval } from "../ledger/approvals.js";
import type { ApprovalSignature, Requirement } from "../receipt/approval.js";
import type { Receipt } from "../receipt/receipt.js";
import { approvalIn } from "./draft.js";
import type { HeldFile } from "./held-request.js";

/** Signatures that a receipt holds (docs/format.md, "Approvals"). */
const mostSignatures = 64;

/** What the signatures on a held request amount to at a time. */
export interface HeldJudgement {
  readonly state: "waiting" | "granted" | "rejected" | "expired";
  /** Those that count, in order. */
  readonly counted: readonly ApprovalSignature[];
  /** Of each requirement, how many approvals count. */
  readonly met: readonly Requirement[];
  /** Those that do not, and why. */
  readonly refused: readonly { readonly signature: ApprovalSignature; readonly reason: string }[];
  /** Those that are dated later: they are looked at when it is that time. */
  readonly early: readonly ApprovalSignature[];
  /** What is missing for a grant, in words. */
  readonly missing: readonly string[];
}

/**
 * Judges the signatures on a held request as a verifier will judge them in its receipt
 * (docs/format.md, "Approvals"), were it decided and started at `at`. A signature that is dated later,
 * by a clock that is ahead, counts from then on; a rejection so dated holds up a grant until then.
 */
export function judgeHeld(
  { draft, ledger }: HeldFile,
  signatures: readonly ApprovalSignature[],
  at: Time,
  trust: TrustFile,
  engine: Engine,
): HeldJudgement {
  const { expires_at: expiresAt } = draft.approval;
  const isEarly = (signature: ApprovalSignature) => signature.at > at && signature.at <= expiresAt;
  const ripe = ordered(signatures.filter((signature) => !isEarly(signature)));
  const early = signatures.filter(isEarly).sort(byTime);
  const { problems, counted, refused } = judged(draft, ledger, ripe, at, trust, engine);
  const rejecting = early.filter(
    (signature) =>
      signature.verdict === "reject" &&
      judged(draft, ledger, [signature], signature.at, trust, engine).counted.length > 0,
  );
  const met = draft.approval.required.map(({ group }) => ({
    group,
    threshold: counted.filter((signature) => {
      const known = trust.groups.get(group);
      return (
        known !== undefined &&
        signature.verdict === "approve" &&
        standsFor(known, draft.tenant) &&
        isMember(known, signature.approver, signature.at)
      );
    }).length,
  }));
  const missing = [
    ...problems,
    ...rejecting.map((signature) => `a rejection by ${signature.approver} is dated ${signature.at}`),
  ];
  const rest = { counted, met, refused, early, missing };
  if (counted.some(({ verdict }) => verdict === "reject")) return { state: "rejected", ...rest };
  if (at > expiresAt) return { state: "expired", ...rest };
  return { state: missing.length === 0 ? "granted" : "waiting", ...rest };
}

function judged(
  draft: HeldFile["draft"],
  ledger: string,
  signatures: readonly ApprovalSignature[],
  at: Time,
  trust: TrustFile,
  engine: Engine,
) {
  // What the verifier's judgement reads of a receipt; the rest of it is not there yet.
  const receiptWith = (some: readonly ApprovalSignature[]) =>
    ({
      ...draft,
      ledger,
      decided_at: at,
      approval: approvalIn(draft.approval, "granted", some),
      outcome: { status: "executed", started_at: at, completed_at: at },
    }) as unknown as Receipt;
  // A receipt holds 64 signatures at most; whoever floods the folder is refused one by one.
  const counted: ApprovalSignature[] = [];
  const refused: { signature: ApprovalSignature; reason: string }[] = [];
  for (const signature of signatures) {
    const tried = judgeApproval(receiptWith([...counted, signature]), trust, engine).signatures.at(-1);
    if (tried?.problem === undefined && counted.length < mostSignatures) counted.push(signature);
    else
      refused.push({
        signature,
        reason: tried?.problem ? messageOf(tried.problem) : `more than ${mostSignatures} signatures`,
      });
  }
  const problems = judgeApproval(receiptWith(counted), trust, engine)
    .problems.filter(({ code }) => kindOf(code).severity !== "warning")
    .map(messageOf);
  return { problems, counted, refused };
}

/** By time; where not all can stand in a receipt, rejections first: none of them is left out. */
function ordered(signatures: readonly ApprovalSignature[]): readonly ApprovalSignature[] {
  const sorted = [...signatures].sort(byTime);
  if (sorted.length <= mostSignatures) return sorted;
  const of = (verdict: string) => sorted.filter((signature) => signature.verdict === verdict);
  return [...of("reject"), ...of("approve")];
}

function byTime(a: ApprovalSignature, b: ApprovalSignature): number {
  const [x, y] = [`${a.at} ${a.signer} ${a.verdict}`, `${b.at} ${b.signer} ${b.verdict}`];
  return x < y ? -1 : x > y ? 1 : 0;
}
