import { encodeBase64 } from "../bytes/base64.js";
import type { HashFunction } from "../bytes/digest.js";
import { formatDigest } from "../bytes/digest.js";
import { encodeUtf8 } from "../bytes/utf8.js";
import { canonicalize } from "../json/canonical.js";
import type { Json } from "../json/json.js";
import { limits } from "../json/limits.js";
import { collectIssues, object, type ShapeIssue } from "../json/shape.js";
import type { Time } from "../json/time.js";
import type { KeyId } from "../keys/public-key.js";
import type { ReceiptId } from "../receipt/identifiers.js";
import { type Receipt, receiptMembers, receipt as receiptShape } from "../receipt/receipt.js";
import { entryLeaf, receiptMessage, scopeOf } from "../receipt/signed-bytes.js";

/** A receipt without what only its place in the ledger gives it. */
export type ReceiptDraft = Omit<
  Receipt,
  "schema" | "ledger" | "seq" | "prev" | "receipt_id" | "issued_at" | "signer"
>;

/** The shapes of a draft's members. */
export const draftMembers = {
  correlation_id: receiptMembers.correlation_id,
  tenant: receiptMembers.tenant,
  agent: receiptMembers.agent,
  adapter_id: receiptMembers.adapter_id,
  ir_hash: receiptMembers.ir_hash,
  nonce: receiptMembers.nonce,
  facts: receiptMembers.facts,
  risk_tier: receiptMembers.risk_tier,
  policy: receiptMembers.policy,
  decision: receiptMembers.decision,
  rationale: receiptMembers.rationale,
  approval: receiptMembers.approval,
  decided_at: receiptMembers.decided_at,
  outcome: receiptMembers.outcome,
  ext: receiptMembers.ext,
} as const;

const draftShape = object<ReceiptDraft>(draftMembers, ["ext"]);

/** Bytes of a line that a draft leaves for what comes later: 64 signatures, the outcome's error, its place. */
const keptForLater = 64 * 1024;

/**
 * Why no receipt could be made of a draft, in words; undefined where one can. Asked before anything
 * runs: what ran has to be recorded.
 */
export function draftProblem(draft: ReceiptDraft, intentText: string): string | undefined {
  const misshapen = shapeProblem(draft);
  if (misshapen !== undefined) return misshapen;
  const bytes = encodeUtf8(canonicalize(draft as unknown as Json)).length + encodeUtf8(intentText).length;
  const most = limits.lineBytes - keptForLater;
  return bytes <= most ? undefined : `expected at most ${most} bytes with its receipt, found ${bytes}`;
}

/** What is wrong with the members of a draft, in words. */
export function shapeProblem(draft: ReceiptDraft): string | undefined {
  const issues: ShapeIssue[] = [];
  collectIssues(draftShape, draft as unknown as Json, "", issues);
  return issues.length === 0 ? undefined : wordsOf(issues);
}

function wordsOf(issues: readonly ShapeIssue[]): string {
  const words = issues.map(
    ({ pointer, expected, actual }) => `${pointer}: expected ${expected}, found ${actual}`,
  );
  return words.join("; ");
}

/** What a place in the ledger gives a receipt. */
export interface Place {
  readonly ledger: string;
  readonly seq: number;
  /** Leaf hash of the entry before; 32 zero bytes at place 0. */
  readonly prev: Uint8Array;
  readonly receiptId: ReceiptId;
  readonly issuedAt: Time;
  readonly signer: KeyId;
}

/** An entry as it goes into the file, and what the next one needs of it. */
export interface WrittenEntry {
  readonly receipt: Receipt;
  readonly line: Uint8Array;
  readonly leaf: Uint8Array;
}

/** What a writer signs with; the private key stays behind it. */
export interface Signer {
  readonly keyId: KeyId;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** An Ed25519 signature of 64 bytes. */
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/**
 * Makes the entry of a draft at its place (docs/format.md, "Receipt"). Takes the intent's
 * canonical text, where it is disclosed. Throws where the receipt would not have its form, or the
 * line would be too long: what a verifier would refuse is never signed.
 */
export function writeEntry(
  draft: ReceiptDraft,
  intentText: string | undefined,
  place: Place,
  signer: Signer,
  sha3: HashFunction,
): WrittenEntry {
  const receipt: Receipt = {
    ...draft,
    schema: "sclaw.receipt/1",
    ledger: place.ledger,
    seq: place.seq,
    prev: formatDigest(place.prev),
    receipt_id: place.receiptId,
    issued_at: place.issuedAt,
    signer: place.signer,
  };
  const issues: ShapeIssue[] = [];
  collectIssues(receiptShape, receipt as unknown as Json, "/receipt", issues);
  if (issues.length > 0) throw new TypeError(wordsOf(issues));
  const receiptText = canonicalize(receipt as unknown as Json);
  const digest = sha3(encodeUtf8(receiptText));
  const sig = signer.sign(receiptMessage(digest));
  const intent = intentText === undefined ? "" : `"intent":${intentText},`;
  const line = encodeUtf8(`{${intent}"receipt":${receiptText},"sig":"${encodeBase64(sig)}"}\n`);
  if (line.length - 1 > limits.lineBytes)
    throw new RangeError(`expected a line of at most ${limits.lineBytes} bytes, found ${line.length - 1}`);
  return { receipt, line, leaf: entryLeaf(sha3, scopeOf(sha3, receipt.tenant), digest, sig) };
}
