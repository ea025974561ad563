import type { Approval } from "../receipt/approval.js";
import type { ReceiptId } from "../receipt/identifiers.js";
import type { Status } from "../receipt/outcome.js";
import type { Decision, RiskTier } from "../receipt/receipt.js";
import { receiptIdAt } from "./facts.js";
import {
  approvalStates,
  decisions,
  type RecordCursor,
  recordAt,
  recordFlags,
  statusNames,
  tiers,
} from "./record.js";

/** What is known of a whole receipt without a look into its line: enough to count and to choose by. */
export interface Outline {
  readonly seq: number;
  readonly decision: Decision;
  readonly tier: RiskTier;
  readonly status: Status;
  readonly approval: Approval["state"];
  /** As `packTime` makes it. */
  readonly decidedAt: number;
  /** As `packTime` makes it. */
  readonly issuedAt: number;
  /** Whether its intent is disclosed. */
  readonly hasIntent: boolean;
  readonly receiptId: ReceiptId;
  /** The same text for two receipts exactly where their nonces are equal. */
  readonly nonce: string;
  /** The same text for two receipts only where they agree in all that those of one request have to; "" where that is not known. */
  readonly agreed: string;
}

/** The outline of the receipt that a record is of. */
export class RecordedOutline implements Outline {
  readonly seq: number;
  readonly decision: Decision;
  readonly tier: RiskTier;
  readonly status: Status;
  readonly approval: Approval["state"];
  readonly decidedAt: number;
  readonly issuedAt: number;
  readonly hasIntent: boolean;
  #records: Uint8Array;
  #at: number;

  /** Takes a record whose bytes stay as they are; they are not copied. */
  constructor(record: RecordCursor) {
    this.seq = record.seq;
    this.decision = decisions[record.decision]!;
    this.tier = tiers[record.tier]!;
    this.status = statusNames[record.status]!;
    this.approval = approvalStates[record.approvalState]!;
    this.decidedAt = record.decidedAt;
    this.issuedAt = record.issuedAt;
    this.hasIntent = (record.flags & recordFlags.intent) !== 0;
    this.#records = record.bytes;
    this.#at = record.at;
  }

  get receiptId(): ReceiptId {
    return receiptIdAt(this.#records, this.#at + recordAt.receiptId) as ReceiptId;
  }

  get nonce(): string {
    return unitsOf(this.#records, this.#at + recordAt.nonce, 16);
  }

  get agreed(): string {
    const units = unitsOf(this.#records, this.#at + recordAt.requestHash, 32);
    return units === noHash ? "" : units;
  }

  /** Takes a copy of its record. */
  keep(record: Uint8Array): void {
    this.#records = record;
    this.#at = 0;
  }
}

const noHash = "\0".repeat(16);

/** Bytes as the shortest text that tells them apart: two of them a UTF-16 unit, in no encoding. */
function unitsOf(bytes: Uint8Array, at: number, length: number): string {
  let units = "";
  for (let i = at; i < at + length; i += 2) units += String.fromCharCode((bytes[i]! << 8) | bytes[i + 1]!);
  return units;
}
