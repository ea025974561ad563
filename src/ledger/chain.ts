import { equalRanges } from "../bytes/bytes.js";
import { formatDigest } from "../bytes/digest.js";
import type { Problem } from "../findings/finding.js";
import { type Time, unpackTime } from "../json/time.js";
import { type EntryFacts, followedBy, none, receiptIdAt, ulidLength } from "./facts.js";
import { recordAt } from "./record.js";

const hashBytes = 32;

/**
 * What links an entry to those before it: number, hash, time and id. Each test looks at what
 * the line says, so that one damaged entry explains its neighbour and no more.
 */
export class Chain {
  #expectedSeq: number;
  #previousSeq: number | undefined;
  #previousLine = 0;
  /** The leaf of the entry before, unless it cannot be computed. */
  readonly #previousLeaf = new Uint8Array(hashBytes);
  #isLeafKnown: boolean;
  /** Packed; undefined where no receipt was disclosed yet. */
  #issuedAt: number | undefined;
  /** The ULID of the last whole receipt. */
  readonly #receiptId = new Uint8Array(ulidLength);
  #isIdKnown = false;

  private constructor(start: number, previousLeaf: Uint8Array | undefined) {
    this.#expectedSeq = start;
    this.#isLeafKnown = previousLeaf !== undefined;
    if (previousLeaf !== undefined) this.#previousLeaf.set(previousLeaf);
  }

  /** From the ledger's first entry, whose `prev` is 64 zeros. */
  static fromStart(): Chain {
    return new Chain(0, new Uint8Array(hashBytes));
  }

  /**
   * From a range's start. Where that is odd, the last hash of the frontier is the leaf of
   * the entry before; where it is even, that leaf is not in the export.
   */
  static fromRange(start: number, frontier: readonly Uint8Array[] | undefined): Chain {
    return new Chain(start, start % 2 === 1 ? frontier?.at(-1) : undefined);
  }

  /** The line of the entry before, 0 where there is none. */
  get previousLine(): number {
    return this.#previousLine;
  }

  /** The `issued_at` of the last receipt that was disclosed. */
  get issuedAt(): Time | undefined {
    return this.#issuedAt === undefined ? undefined : unpackTime(this.#issuedAt);
  }

  /** The same, packed. */
  get packedIssuedAt(): number | undefined {
    return this.#issuedAt;
  }

  /** Tests one entry against those before, and takes it as the one before the next. */
  check(facts: EntryFacts, line: number): readonly Problem[] {
    let problems = this.#checkSeq(facts);
    problems = followedBy(problems, this.#checkPrev(facts));
    problems = followedBy(problems, this.#checkTime(facts));
    problems = followedBy(problems, this.#checkId(facts));
    this.#follow(facts, line);
    return problems;
  }

  #follow(facts: EntryFacts, line: number): void {
    const { record } = facts;
    if (facts.hasSeq) this.#expectedSeq = Math.max(this.#expectedSeq, record.seq + 1);
    this.#previousSeq = facts.seq;
    this.#previousLine = line;
    this.#isLeafKnown = facts.hasLeaf;
    if (facts.hasLeaf) copy(this.#previousLeaf, record.bytes, record.at + recordAt.leaf);
    if (facts.hasIssuedAt) this.#issuedAt = record.issuedAt;
    if (!facts.isWhole) return;
    this.#isIdKnown = true;
    copy(this.#receiptId, record.bytes, record.at + recordAt.receiptId);
  }

  #checkSeq(facts: EntryFacts): readonly Problem[] {
    if (!facts.hasSeq) return none;
    const { seq } = facts.record;
    if (seq === this.#expectedSeq) return none;
    const texts = { expected: `seq ${this.#expectedSeq}`, actual: `seq ${seq}` };
    if (seq > this.#expectedSeq) return [{ code: "seq.gap", ...texts, missing: seq - this.#expectedSeq }];
    return [{ code: seq === this.#previousSeq ? "seq.repeated" : "seq.order", ...texts }];
  }

  /** A withheld entry has no `prev` to test; its own leaf is tested by the entry after it. */
  #checkPrev(facts: EntryFacts): readonly Problem[] {
    if (!facts.hasPrev || !this.#isLeafKnown) return none;
    const { bytes, at } = facts.record;
    const prev = at + recordAt.prev;
    if (equalRanges(this.#previousLeaf, 0, bytes, prev, hashBytes)) return none;
    const actual = formatDigest(bytes.subarray(prev, prev + hashBytes));
    return [{ code: "chain.prev", expected: formatDigest(this.#previousLeaf), actual }];
  }

  #checkTime(facts: EntryFacts): readonly Problem[] {
    if (!facts.hasIssuedAt || this.#issuedAt === undefined) return none;
    const { issuedAt } = facts.record;
    if (issuedAt >= this.#issuedAt) return none;
    const expected = `issued_at not before ${unpackTime(this.#issuedAt)}`;
    return [{ code: "chain.time", expected, actual: unpackTime(issuedAt) }];
  }

  #checkId(facts: EntryFacts): readonly Problem[] {
    if (!facts.isWhole || !this.#isIdKnown) return none;
    const { bytes, at } = facts.record;
    const id = at + recordAt.receiptId;
    // ULIDs compare as strings, and these are ASCII.
    for (let i = 0; i < ulidLength; i++) {
      const difference = bytes[id + i]! - this.#receiptId[i]!;
      if (difference > 0) return none;
      if (difference < 0) break;
    }
    const expected = `greater than ${receiptIdAt(this.#receiptId, 0)}`;
    return [{ code: "receipt.id-order", expected, actual: receiptIdAt(bytes, id) }];
  }
}

/** Copies as many bytes as the target has; `set` would need a view of the source for each entry. */
function copy(target: Uint8Array, source: Uint8Array, from: number): void {
  for (let i = 0; i < target.length; i++) target[i] = source[from + i]!;
}
