import { equalBytes } from "../bytes/bytes.js";
import { formatDigest } from "../bytes/digest.js";
import type { Problem } from "../findings/finding.js";
import type { Time } from "../json/time.js";
import type { Entry } from "./entry.js";

const zeros = new Uint8Array(32);

/**
 * What links an entry to those before it: number, hash, time and id. Each test looks at what
 * the line says, so that one damaged entry explains its neighbour and no more.
 */
export class Chain {
  #expectedSeq: number;
  #previousSeq: number | undefined;
  #previousLine = 0;
  /** The leaf of the entry before; "unknown" where it cannot be computed. */
  #previousLeaf: Uint8Array | "unknown";
  #issuedAt: Time | undefined;
  #receiptId: string | undefined;

  private constructor(start: number, previousLeaf: Uint8Array | "unknown") {
    this.#expectedSeq = start;
    this.#previousLeaf = previousLeaf;
  }

  /** From the ledger's first entry, whose `prev` is 64 zeros. */
  static fromStart(): Chain {
    return new Chain(0, zeros);
  }

  /**
   * From a range's start. Where that is odd, the last hash of the frontier is the leaf of
   * the entry before; where it is even, that leaf is not in the export.
   */
  static fromRange(start: number, frontier: readonly Uint8Array[] | undefined): Chain {
    const last = frontier?.at(-1);
    return new Chain(start, start % 2 === 1 && last !== undefined ? last : "unknown");
  }

  /** The line of the entry before, 0 where there is none. */
  get previousLine(): number {
    return this.#previousLine;
  }

  /** The `issued_at` of the last receipt that was disclosed. */
  get issuedAt(): Time | undefined {
    return this.#issuedAt;
  }

  /** Tests one entry against those before, and takes it as the one before the next. */
  check(entry: Entry, line: number): Problem[] {
    const problems = [
      this.#checkSeq(entry),
      this.#checkPrev(entry),
      this.#checkTime(entry),
      this.#checkId(entry),
    ].filter((problem) => problem !== undefined);
    if (entry.seq !== undefined) this.#expectedSeq = Math.max(this.#expectedSeq, entry.seq + 1);
    this.#previousSeq = entry.seq;
    this.#previousLine = line;
    this.#previousLeaf = entry.leaf ?? "unknown";
    if (entry.issuedAt !== undefined) this.#issuedAt = entry.issuedAt;
    if (entry.receipt !== undefined) this.#receiptId = entry.receipt.receipt_id;
    return problems;
  }

  #checkSeq({ seq }: Entry): Problem | undefined {
    if (seq === undefined || seq === this.#expectedSeq) return undefined;
    const facts = { expected: `seq ${this.#expectedSeq}`, actual: `seq ${seq}` };
    if (seq > this.#expectedSeq) return { code: "seq.gap", ...facts, missing: seq - this.#expectedSeq };
    return { code: seq === this.#previousSeq ? "seq.repeated" : "seq.order", ...facts };
  }

  /** A withheld entry has no `prev` to test; its own leaf is tested by the entry after it. */
  #checkPrev({ prev }: Entry): Problem | undefined {
    if (prev === undefined || this.#previousLeaf === "unknown") return undefined;
    if (equalBytes(prev, this.#previousLeaf)) return undefined;
    return { code: "chain.prev", expected: formatDigest(this.#previousLeaf), actual: formatDigest(prev) };
  }

  #checkTime({ issuedAt }: Entry): Problem | undefined {
    if (issuedAt === undefined || this.#issuedAt === undefined || issuedAt >= this.#issuedAt)
      return undefined;
    return { code: "chain.time", expected: `issued_at not before ${this.#issuedAt}`, actual: issuedAt };
  }

  #checkId({ receipt }: Entry): Problem | undefined {
    if (receipt === undefined || this.#receiptId === undefined) return undefined;
    if (receipt.receipt_id > this.#receiptId) return undefined;
    return {
      code: "receipt.id-order",
      expected: `greater than ${this.#receiptId}`,
      actual: receipt.receipt_id,
    };
  }
}
