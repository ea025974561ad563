import { decodeBase64 } from "../bytes/base64.js";
import { parseDigest } from "../bytes/digest.js";
import { encodeUtf8 } from "../bytes/utf8.js";
import type { Problem } from "../findings/finding.js";
import { packTime } from "../json/time.js";
import { releaseAdapter } from "../policy/release-bundle.js";
import type { Receipt } from "../receipt/receipt.js";
import { ran } from "./controls.js";
import type { Entry } from "./entry.js";
import type { Lineage } from "./lineage.js";
import {
  approvalStates,
  decisions,
  RecordCursor,
  recordAt,
  recordBytes,
  recordFlags,
  recordKinds,
  statusNames,
  tiers,
} from "./record.js";

/** What stands in front of a receipt id's ULID. */
const idPrefix = "rcpt_";
/** How long a ULID is. */
export const ulidLength = 26;

/** No problems: one list for all entries that have none. */
export const none: readonly Problem[] = [];

/** One list of problems after another; one of the two itself where the other is empty. */
export function followedBy(a: readonly Problem[], b: readonly Problem[]): readonly Problem[] {
  if (b.length === 0) return a;
  return a.length === 0 ? b : [...a, ...b];
}

/**
 * What the pass has to know of an entry to hold it against those before it: a record, and how
 * much of it counts. A whole pass has two of them, one for entries read from their lines, one for
 * records that a recognizer made, and all that follows is the same for both.
 */
export class EntryFacts {
  readonly record: RecordCursor;
  hasSeq = false;
  hasReceiptId = false;
  hasPrev = false;
  hasLeaf = false;
  hasIssuedAt = false;
  /** Whether the receipt is disclosed and whole: all of the record counts. */
  isWhole = false;
  /** Whether it is a receipt of this ledger that a valid ledger key signed. */
  isGenuine = false;
  /** The receipt, where it is of the adapter that releases policies; no record is of such a one. */
  release: Receipt | undefined;

  constructor(record: RecordCursor) {
    this.record = record;
  }

  get isDisclosed(): boolean {
    return this.record.kind === recordKinds.disclosed;
  }

  /** Takes the record as a recognizer made it: nothing is wrong with its entry. */
  takeRecord(): void {
    const { isDisclosed } = this;
    this.hasSeq = true;
    this.hasLeaf = true;
    this.hasReceiptId = isDisclosed;
    this.hasPrev = isDisclosed;
    this.hasIssuedAt = isDisclosed;
    this.isWhole = isDisclosed;
    this.isGenuine = isDisclosed;
  }

  /** Takes an entry that was read from its line, as far as it can be read. */
  takeEntry(entry: Entry, standing: EntryStanding): void {
    writeEntry(this.record, entry, standing);
    this.hasSeq = entry.seq !== undefined;
    this.hasReceiptId = entry.receiptId !== undefined;
    this.hasPrev = entry.prev !== undefined;
    this.hasLeaf = entry.leaf !== undefined;
    this.hasIssuedAt = entry.issuedAt !== undefined;
    this.isWhole = entry.receipt !== undefined;
    this.isGenuine = standing.isGenuine;
    this.release = entry.receipt?.adapter_id === releaseAdapter ? entry.receipt : undefined;
  }

  has(flag: number): boolean {
    return (this.record.flags & flag) !== 0;
  }

  get seq(): number | undefined {
    return this.hasSeq ? this.record.seq : undefined;
  }

  get receiptId(): string | undefined {
    if (!this.hasReceiptId) return undefined;
    const { bytes, at } = this.record;
    return receiptIdAt(bytes, at + recordAt.receiptId);
  }
}

/** What an entry does not say by itself. */
export interface EntryStanding {
  readonly isGenuine: boolean;
  /** Whether it is of the tenant that is examined. */
  readonly isOfTenant: boolean;
  /** Whether a `reject` in it counted. */
  readonly isRejected: boolean;
  /** What it says of its request, where it is genuine and has one. */
  readonly lineage: Lineage | undefined;
}

/**
 * Writes the record of an entry, as far as the entry can be read, over whatever stands there; all but
 * the line's place and length, the signer, and that the line ended.
 */
export function writeEntry(record: RecordCursor, entry: Entry, standing: EntryStanding): void {
  record.clear();
  record.kind = entry.disclosed ? recordKinds.disclosed : recordKinds.withheld;
  if (entry.intent !== undefined) record.flags |= recordFlags.intent;
  if (standing.isOfTenant) record.flags |= recordFlags.ofTenant;
  if (entry.seq !== undefined) record.seq = entry.seq;
  if (entry.leaf !== undefined) record.set(recordAt.leaf, entry.leaf);
  if (entry.prev !== undefined) record.set(recordAt.prev, entry.prev);
  if (entry.issuedAt !== undefined) record.issuedAt = packTime(entry.issuedAt);
  if (entry.receiptId !== undefined)
    record.set(recordAt.receiptId, encodeUtf8(entry.receiptId.slice(idPrefix.length)));
  if (entry.receipt !== undefined) writeReceipt(record, entry.receipt);
  if (standing.isRejected) record.flags |= recordFlags.rejected;
  if (standing.lineage !== undefined) {
    record.set(recordAt.requestHash, standing.lineage.hash);
    standing.lineage.sums.forEach((sum, i) => {
      record.setSum(i, sum);
    });
  }
}

function writeReceipt(record: RecordCursor, receipt: Receipt): void {
  const { state } = receipt.approval;
  record.decision = decisions.indexOf(receipt.decision);
  record.tier = tiers.indexOf(receipt.risk_tier);
  record.status = statusNames.indexOf(receipt.outcome.status);
  record.approvalState = approvalStates.indexOf(state);
  record.decidedAt = packTime(receipt.decided_at);
  record.set(recordAt.nonce, decodeBase64(receipt.nonce)!);
  record.set(recordAt.policyHash, parseDigest(receipt.policy.hash)!);
  if (ran(receipt)) record.flags |= recordFlags.ran;
  if (state === "not_required") return;
  record.flags |= recordFlags.request;
  if (state !== "pending") record.flags |= recordFlags.closed;
  if (state === "granted") record.flags |= recordFlags.granted;
}

/** Facts with a record of their own, for entries that are read from their lines. */
export function emptyFacts(): EntryFacts {
  return new EntryFacts(new RecordCursor(new Uint8Array(recordBytes)));
}

/** The receipt id whose ULID stands there. */
export function receiptIdAt(bytes: Uint8Array, at: number): string {
  let id = idPrefix;
  for (let i = at; i < at + ulidLength; i++) id += String.fromCharCode(bytes[i]!);
  return id;
}
