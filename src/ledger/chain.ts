import { formatDigest } from "../bytes/digest.js";
import type { Problem } from "../findings/finding.js";
import { type Time, unpackTime } from "../json/time.js";
import { type EntryFacts, followedBy, none, receiptIdAt } from "./facts.js";
import { RecordCursor, recordAt, recordBytes } from "./record.js";

const hashWords = 8;
/** A ULID has 26 bytes. */
const idWords = 6;
const idTail = recordAt.receiptId + 4 * idWords;

/**
 * What links an entry to those before it: number, hash, time and id. Each test looks at what
 * the line says, so that one damaged entry explains its neighbour and no more.
 */
export class Chain {
  #expectedSeq: number;
  #previousSeq: number | undefined;
  #previousLine = 0;
  /** A record of which only the leaf counts, that of the entry before, and the id, that of the last whole receipt. */
  readonly #before = new RecordCursor(new Uint8Array(recordBytes));
  /** Whether the leaf of the entry before can be computed. */
  #isLeafKnown: boolean;
  #isIdKnown = false;
  /** Packed; undefined where no receipt was disclosed yet. */
  #issuedAt: number | undefined;

  private constructor(start: number, previousLeaf: Uint8Array | undefined) {
    this.#expectedSeq = start;
    this.#isLeafKnown = previousLeaf !== undefined;
    if (previousLeaf !== undefined) this.#before.set(recordAt.leaf, previousLeaf);
  }

  /** From the ledger's first entry, whose `prev` is 64 zeros. */
  static fromStart(): Chain {
    return new Chain(0, new Uint8Array(4 * hashWords));
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
    if (facts.hasLeaf) this.#copy(record, recordAt.leaf, hashWords);
    if (facts.hasIssuedAt) this.#issuedAt = record.issuedAt;
    if (!facts.isWhole) return;
    this.#isIdKnown = true;
    this.#copy(record, recordAt.receiptId, idWords);
    this.#before.setHalfWord(idTail, record.halfWord(idTail));
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
    const { record } = facts;
    if (this.#isLeafAt(record, recordAt.prev)) return none;
    const [before, prev] = [recordAt.leaf, record.at + recordAt.prev];
    const expected = formatDigest(this.#before.bytes.subarray(before, before + 4 * hashWords));
    const actual = formatDigest(record.bytes.subarray(prev, prev + 4 * hashWords));
    return [{ code: "chain.prev", expected, actual }];
  }

  #isLeafAt(record: RecordCursor, where: number): boolean {
    for (let i = 0; i < 4 * hashWords; i += 4)
      if (record.word(where + i) !== this.#before.word(recordAt.leaf + i)) return false;
    return true;
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
    const { record } = facts;
    if (this.#isAfterId(record)) return none;
    const expected = `greater than ${receiptIdAt(this.#before.bytes, recordAt.receiptId)}`;
    const actual = receiptIdAt(record.bytes, record.at + recordAt.receiptId);
    return [{ code: "receipt.id-order", expected, actual }];
  }

  /** ULIDs compare as strings, and these are ASCII. */
  #isAfterId(record: RecordCursor): boolean {
    for (let i = 0; i < idWords; i++) {
      const difference =
        record.word(recordAt.receiptId + 4 * i) - this.#before.word(recordAt.receiptId + 4 * i);
      if (difference !== 0) return difference > 0;
    }
    return record.halfWord(idTail) > this.#before.halfWord(idTail);
  }

  /** Copies so many words; `set` would need a view of the record for each entry. */
  #copy(record: RecordCursor, where: number, words: number): void {
    for (let i = 0; i < 4 * words; i += 4) this.#before.setWord(where + i, record.word(where + i));
  }
}
