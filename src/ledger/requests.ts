import { equalRanges } from "../bytes/bytes.js";
import type { Problem } from "../findings/finding.js";
import { type EntryFacts, followedBy, none } from "./facts.js";
import { growTo } from "./grow.js";
import { agreedNames } from "./lineage.js";
import { NonceIndex } from "./nonce-index.js";
import { approvalStates, type RecordCursor, recordAt, recordFlags } from "./record.js";

const hashBytes = 32;

/**
 * Follows nonces through the ledger: one nonce runs once, and the receipts of one request
 * tell one story. Memory is some 100 bytes a request and 25 an execution, whatever their
 * size: what has to agree is kept as a hash, and as a short sum for each member that only
 * serves the message.
 */
export class Requests {
  readonly #executions: NonceIndex;
  #executionLines = new Uint32Array(1024);
  readonly #requests: NonceIndex;
  #lines = new Uint32Array(256);
  /** Whether a receipt of the request closed it, and whether a `reject` counted: as `recordFlags`. */
  #flags = new Uint8Array(256);
  #hashes = new Uint8Array(256 * hashBytes);
  #sums = new Uint16Array(256 * agreedNames.length);

  constructor(seed: number) {
    this.#executions = new NonceIndex(seed);
    this.#requests = new NonceIndex(seed);
  }

  /** Takes the next genuine receipt. */
  check(facts: EntryFacts, line: number): readonly Problem[] {
    const { record } = facts;
    const reused = facts.has(recordFlags.ran) ? this.#checkExecution(record, line) : none;
    if (!facts.has(recordFlags.request)) return reused;
    return followedBy(reused, this.#checkRequest(record, line));
  }

  #checkExecution({ bytes, at }: RecordCursor, line: number): readonly Problem[] {
    const before = this.#executions.find(bytes, at + recordAt.nonce);
    if (before !== undefined) {
      const first = this.#executionLines[before]!;
      return [
        {
          code: "nonce.reused",
          expected: "one execution a nonce",
          actual: `another; the first is at line ${first}`,
        },
      ];
    }
    const number = this.#executions.add(bytes, at + recordAt.nonce);
    this.#executionLines = growTo(this.#executionLines, number + 1);
    this.#executionLines[number] = line;
    return none;
  }

  #checkRequest(record: RecordCursor, line: number): readonly Problem[] {
    const known = this.#requests.find(record.bytes, record.at + recordAt.nonce);
    if (known === undefined) {
      this.#open(record, line);
      return none;
    }
    const problems = this.#compare(known, record);
    this.#flags[known]! |= record.flags;
    return problems;
  }

  #open(record: RecordCursor, line: number): void {
    const { bytes, at } = record;
    const number = this.#requests.add(bytes, at + recordAt.nonce);
    this.#lines = growTo(this.#lines, number + 1);
    this.#flags = growTo(this.#flags, number + 1);
    this.#hashes = growTo(this.#hashes, (number + 1) * hashBytes);
    this.#sums = growTo(this.#sums, (number + 1) * agreedNames.length);
    this.#lines[number] = line;
    this.#flags[number] = record.flags;
    const [hash, sums] = [number * hashBytes, number * agreedNames.length];
    for (let i = 0; i < hashBytes; i++) this.#hashes[hash + i] = bytes[at + recordAt.requestHash + i]!;
    for (let i = 0; i < agreedNames.length; i++) this.#sums[sums + i] = record.sum(i);
  }

  #compare(known: number, record: RecordCursor): readonly Problem[] {
    const flags = this.#flags[known]!;
    const isSame = equalRanges(
      this.#hashes,
      known * hashBytes,
      record.bytes,
      record.at + recordAt.requestHash,
      hashBytes,
    );
    if (isSame && (flags & (recordFlags.closed | recordFlags.rejected)) === 0) return none;

    const problems: Problem[] = [];
    const first = `the receipt at line ${this.#lines[known]}`;
    const lineage = (expected: string, actual: string) => {
      problems.push({ code: "approval.lineage", expected, actual });
    };
    if (!isSame) {
      const offset = known * agreedNames.length;
      const differing = agreedNames.filter((_, i) => this.#sums[offset + i] !== record.sum(i));
      lineage(`what ${first} says of this request`, `another ${differing.join(", ") || "content"}`);
    }
    if ((flags & recordFlags.closed) !== 0) {
      const state = approvalStates[record.approvalState]!;
      lineage(`nothing after the end of the request that began with ${first}`, state);
    }
    if ((flags & recordFlags.rejected) !== 0 && (record.flags & recordFlags.granted) !== 0) {
      lineage("no grant after a rejection that counted", `granted; ${first} began this request`);
    }
    return problems;
  }
}
