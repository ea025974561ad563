import type { HashFunction } from "../bytes/digest.js";
import type { Time } from "../json/time.js";
import { CompactRange } from "../merkle/compact-range.js";
import { type Release, releaseOf } from "../policy/release.js";
import type { ReceiptId } from "../receipt/identifiers.js";
import type { Receipt } from "../receipt/receipt.js";

/** Where a ledger stands: all that the next entry and the next checkpoint need. */
export class LedgerState {
  readonly #sha3: HashFunction;
  /** The entries' leaves, from 0. */
  readonly range: CompactRange;
  /** Leaf hash of the last entry; 32 zero bytes where there is none. */
  prev: Uint8Array = new Uint8Array(32);
  receiptId: ReceiptId | undefined;
  issuedAt: Time | undefined;
  /** The bundle that was released last. */
  release: Release | undefined;
  /** The size that the last checkpoint covers; undefined before the first. */
  covered: number | undefined;
  /** The note of that checkpoint. */
  note: string | undefined;

  constructor(range: CompactRange, sha3: HashFunction) {
    this.range = range;
    this.#sha3 = sha3;
  }

  /** A ledger without entries. */
  static empty(sha3: HashFunction): LedgerState {
    return new LedgerState(CompactRange.empty(sha3, 0), sha3);
  }

  get size(): number {
    return this.range.end;
  }

  /** Takes the next entry in. */
  append(receipt: Receipt, leaf: Uint8Array): void {
    this.release = releaseOf(receipt, this.#sha3) ?? this.release;
    this.range.append(leaf);
    this.prev = leaf;
    this.receiptId = receipt.receipt_id;
    this.issuedAt = receipt.issued_at;
  }
}
