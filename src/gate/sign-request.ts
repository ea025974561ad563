import { decodeBase64, encodeBase64 } from "../bytes/base64.js";
import type { SigningKey } from "../io/private-key.js";
import { decodeShape } from "../json/shape.js";
import { verifyEd25519With } from "../keys/ed25519.js";
import type { Engine } from "../keys/engine.js";
import type { TrustFile } from "../keys/trust-file.js";
import { isMember, standsFor, validAt } from "../keys/validity.js";
import type { ApprovalSignature } from "../receipt/approval.js";
import { userId } from "../receipt/identifiers.js";
import type { Receipt } from "../receipt/receipt.js";
import { approvalMessages } from "../receipt/signed-bytes.js";
import type { HeldFile } from "./held-request.js";
import { judgeHeld } from "./judge-held.js";
import type { FoundRequest } from "./look-at-request.js";

export interface SigningAttempt {
  readonly found: FoundRequest;
  readonly key: SigningKey;
  /** Who signs, where the person says so. */
  readonly as: string | undefined;
  readonly verdict: ApprovalSignature["verdict"];
  /** Absent where there is none: then nobody can say here whether the signature will count. */
  readonly trust: TrustFile | undefined;
  readonly engine: Engine;
}

/** An attempt to sign that may go on, or why it is refused. */
export type Allowed =
  | { readonly ok: true; readonly approver: string }
  | { readonly ok: false; readonly approver: string; readonly reason: string };

/**
 * Whether a person may sign a request now: everything that a gate and a verifier would refuse later,
 * refused where the person can still see why.
 */
export function mayPersonSign(attempt: SigningAttempt): Allowed {
  const { key, as, trust } = attempt;
  const approver = trust?.keys.get(key.keyId)?.holder ?? as ?? "nobody";
  const reason = whyNotNow(attempt) ?? whyNotKey(attempt) ?? whyNotPerson(attempt, approver);
  return reason === undefined ? { ok: true, approver } : { ok: false, approver, reason };
}

/** What is wrong with the request itself, at this time. */
function whyNotNow({ found }: SigningAttempt): string | undefined {
  const { asked, problems, ended, standing, at } = found;
  if (problems.length > 0) return problems.join("; ");
  if (ended !== undefined) {
    const why = ended.why === undefined ? "" : ` (${ended.why})`;
    return `expected a request that waits, found one that ended at ${ended.at}: ${ended.state}${why}`;
  }
  const { requested_at: from, expires_at: until } = asked!.draft.approval;
  if (at > until) return `expected a time up to ${until}, found ${at}: the request expired`;
  if (at < from) return `expected a time from ${from} on, found ${at}: this machine's clock is behind`;
  const rejection = standing?.counted.find(({ verdict }) => verdict === "reject");
  if (rejection === undefined) return undefined;
  return `expected a request that nobody rejected, found that ${rejection.approver} did at ${rejection.at}`;
}

/** What is wrong with the key, and with whom it is of. */
function whyNotKey({ found, key, as, trust }: SigningAttempt): string | undefined {
  if (trust === undefined) {
    if (as === undefined)
      return "expected to know who signs, found no trust file that names the key's holder and no --as";
    return decodeShape(userId, as).ok ? undefined : `expected user:<name> after --as, found ${as}`;
  }
  const known = trust.keys.get(key.keyId);
  if (known === undefined) return `expected a key of the trust file, found ${key.keyId}`;
  if (known.role !== "approver") return `expected an approver's key, found a ${known.role} key, ${key.keyId}`;
  if (as !== undefined && as !== known.holder) return `expected a key of ${as}, found one of ${known.holder}`;
  if (validAt(known, found.at)) return undefined;
  return `expected a key that is valid at ${found.at}, found ${key.keyId}, which is not`;
}

/** What is wrong with this person's signing this request. */
function whyNotPerson(
  { found, key, verdict, trust, engine }: SigningAttempt,
  approver: string,
): string | undefined {
  const { asked, standing, signatures, at } = found;
  const { draft, intent } = asked!;
  const { required } = draft.approval;
  const isIn = (name: string) => {
    const group = trust?.groups.get(name);
    return group !== undefined && standsFor(group, draft.tenant) && isMember(group, approver, at);
  };
  if (trust !== undefined && !required.some(({ group }) => isIn(group))) {
    const groups = required.map(({ group }) => group).join(" or ");
    return `expected a member of ${groups} for ${draft.tenant} at ${at}, found ${approver}`;
  }
  if (approver === intent.agent.id || approver === intent.agent.on_behalf_of)
    return `expected another person than the one the agent acts for, found ${approver}`;
  const messageOf = messagesOf(asked!, engine);
  const before =
    signatures.find(
      (other) =>
        other.signer === key.keyId &&
        other.verdict === verdict &&
        verifyEd25519With(engine, decodeBase64(other.sig)!, messageOf(other), key.publicKey),
    ) ?? standing?.counted.find((other) => verdict === "approve" && other.approver === approver);
  if (before === undefined) return undefined;
  return `expected each person once, found a signature of ${before.approver} from ${before.at}: ${before.verdict}`;
}

/**
 * Signs the statement of docs/format.md, "Approvals", with a person's own key. Where there is a
 * trust file, the signature is judged as the gate will judge it; returns why it would not count.
 */
export function signRequest(
  { found, key, verdict, trust, engine }: SigningAttempt,
  approver: string,
):
  | { readonly ok: true; readonly signature: ApprovalSignature }
  | { readonly ok: false; readonly reason: string } {
  const held = found.asked!;
  const unsigned = { approver, signer: key.keyId, verdict, at: found.at };
  const sig = encodeBase64(key.sign(messagesOf(held, engine)(unsigned)));
  const signature: ApprovalSignature = { ...unsigned, sig };
  if (trust === undefined) return { ok: true, signature };
  const others = found.signatures.filter((other) => other.signer !== key.keyId || other.verdict !== verdict);
  const { refused } = judgeHeld(held, [...others, signature], found.at, trust, engine);
  const own = refused.find((other) => other.signature === signature);
  return own === undefined ? { ok: true, signature } : { ok: false, reason: own.reason };
}

/** The messages that signatures of a request sign; of a receipt they read what the request holds. */
function messagesOf({ draft, ledger }: HeldFile, engine: Engine) {
  return approvalMessages(engine.sha3_256, { ...draft, ledger } as unknown as Receipt, draft.approval);
}
