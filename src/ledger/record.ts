import type { Approval } from "../receipt/approval.js";
import type { Status } from "../receipt/outcome.js";
import type { Decision, RiskTier } from "../receipt/receipt.js";

/*
 * A record is what the pass needs to know of one line whose own content has nothing wrong with it,
 * in 240 bytes, numbers with their lowest byte first:
 *
 *   at   bytes  what it is
 *     0      1  kind: 0 another line, to be read whole; 1 a disclosed entry; 2 a withheld one
 *     1      1  decision: its index in `decisions`; of kind 0, what is claimed: one of `claims` (claims.ts)
 *     2      1  tier: its index in `tiers`
 *     3      1  status: its index in `statusNames`
 *     4      1  flags: the sum of those of `recordFlags` that hold
 *     5      1  state of the approval: its index in `approvalStates`
 *     6      2  zero
 *     8      4  where the line begins in the bytes of its block
 *    12      4  length of the line in bytes, without its LF
 *    16      8  seq, a double
 *    24      8  issued_at, a double as `packTime` makes it
 *    32      8  decided_at, likewise
 *    40      4  signer: the index of its key among the trust file's, in the file's order
 *    44     26  receipt_id, its ULID: without `rcpt_`
 *    70     22  short sums of what the receipts of a request agree in: 11 of 2 bytes each
 *    92      4  zero
 *    96     32  prev
 *   128     32  leaf
 *   160     16  nonce
 *   176     32  policy.hash
 *   208     32  hash of what the receipts of a request agree in
 *
 * What an entry does not have is zero: of kind 0 all but claim, offset, length and `ended`; of a withheld
 * entry all but those, kind, seq, signer, leaf and `ofTenant`; without a request its sums and hash.
 */

/** How many bytes a record has. */
export const recordBytes = 240;

/** Where the values of several bytes begin in a record. */
export const recordAt = {
  receiptId: 44,
  sums: 70,
  prev: 96,
  leaf: 128,
  nonce: 160,
  policyHash: 176,
  requestHash: 208,
} as const;

export const recordKinds = { other: 0, disclosed: 1, withheld: 2 } as const;

export const recordFlags = {
  /** The intent stands beside the receipt. */
  intent: 1,
  /** The operation reached its adapter. */
  ran: 2,
  /** People were asked: the state of the approval is not `not_required`. */
  request: 4,
  /** The request has ended: its state is not `pending` either. */
  closed: 8,
  /** A `reject` in it counted. */
  rejected: 16,
  /** The state of the approval is `granted`. */
  granted: 32,
  /** The entry is of the tenant that is examined. */
  ofTenant: 64,
  /** The line ended in an LF. */
  ended: 128,
} as const;

export const decisions = ["allow", "deny", "escalate", "approval"] as const satisfies readonly Decision[];
export const tiers = [
  "T0_OBSERVE",
  "T1_STANDARD",
  "T2_ELEVATED",
  "T3_SOVEREIGN",
] as const satisfies readonly RiskTier[];
export const statusNames = [
  "executed",
  "failed",
  "not_executed",
  "unknown",
] as const satisfies readonly Status[];
export const approvalStates = [
  "not_required",
  "pending",
  "granted",
  "rejected",
  "expired",
] as const satisfies readonly Approval["state"][];

/**
 * A place in a list of records, where one of them can be read and written. One cursor serves a
 * whole pass: `use` gives it other bytes, `at` moves it, and neither costs anything for each record.
 */
export class RecordCursor {
  #bytes: Uint8Array;
  #view: DataView;
  /** Where the record begins in `bytes`. */
  at = 0;

  /** Takes the bytes of one or more records; they are not copied. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }

  /** Goes to the first record of other bytes. */
  use(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.at = 0;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get kind(): number {
    return this.#bytes[this.at]!;
  }

  set kind(value: number) {
    this.#bytes[this.at] = value;
  }

  get decision(): number {
    return this.#bytes[this.at + 1]!;
  }

  set decision(value: number) {
    this.#bytes[this.at + 1] = value;
  }

  /** Of kind 0: one of `claims`. */
  get claim(): number {
    return this.#bytes[this.at + 1]!;
  }

  set claim(value: number) {
    this.#bytes[this.at + 1] = value;
  }

  get tier(): number {
    return this.#bytes[this.at + 2]!;
  }

  set tier(value: number) {
    this.#bytes[this.at + 2] = value;
  }

  get status(): number {
    return this.#bytes[this.at + 3]!;
  }

  set status(value: number) {
    this.#bytes[this.at + 3] = value;
  }

  get flags(): number {
    return this.#bytes[this.at + 4]!;
  }

  set flags(value: number) {
    this.#bytes[this.at + 4] = value;
  }

  get approvalState(): number {
    return this.#bytes[this.at + 5]!;
  }

  set approvalState(value: number) {
    this.#bytes[this.at + 5] = value;
  }

  /** Where the line begins in the bytes of its block. */
  get offset(): number {
    return this.#view.getUint32(this.at + 8, true);
  }

  set offset(value: number) {
    this.#view.setUint32(this.at + 8, value, true);
  }

  /** Bytes of the line, without its LF. */
  get length(): number {
    return this.#view.getUint32(this.at + 12, true);
  }

  set length(value: number) {
    this.#view.setUint32(this.at + 12, value, true);
  }

  get seq(): number {
    return this.#view.getFloat64(this.at + 16, true);
  }

  set seq(value: number) {
    this.#view.setFloat64(this.at + 16, value, true);
  }

  /** As `packTime` makes it. */
  get issuedAt(): number {
    return this.#view.getFloat64(this.at + 24, true);
  }

  set issuedAt(value: number) {
    this.#view.setFloat64(this.at + 24, value, true);
  }

  /** As `packTime` makes it. */
  get decidedAt(): number {
    return this.#view.getFloat64(this.at + 32, true);
  }

  set decidedAt(value: number) {
    this.#view.setFloat64(this.at + 32, value, true);
  }

  /** The index of the signer's key among the trust file's. */
  get signer(): number {
    return this.#view.getUint32(this.at + 40, true);
  }

  set signer(value: number) {
    this.#view.setUint32(this.at + 40, value, true);
  }

  /** The short sum of one of the eleven values that receipts of one request agree in. */
  sum(index: number): number {
    return this.#view.getUint16(this.at + recordAt.sums + 2 * index, true);
  }

  setSum(index: number, value: number): void {
    this.#view.setUint16(this.at + recordAt.sums + 2 * index, value, true);
  }

  /** Four bytes as a number whose order is theirs; `where` is one of `recordAt`, or some bytes further. */
  word(where: number): number {
    return this.#view.getUint32(this.at + where);
  }

  setWord(where: number, value: number): void {
    this.#view.setUint32(this.at + where, value);
  }

  /** The two bytes behind a number of words, likewise. */
  halfWord(where: number): number {
    return this.#view.getUint16(this.at + where);
  }

  setHalfWord(where: number, value: number): void {
    this.#view.setUint16(this.at + where, value);
  }

  /** Writes a value of several bytes; `where` is one of `recordAt`. */
  set(where: number, value: Uint8Array): void {
    this.#bytes.set(value, this.at + where);
  }

  /** Makes all of the record zero. */
  clear(): void {
    this.#bytes.fill(0, this.at, this.at + recordBytes);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
