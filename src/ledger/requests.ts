import { equalRanges } from "../bytes/bytes.js";
import type { Problem } from "../findings/finding.js";
import { followedBy, none } from "./facts.js";
import { growTo } from "./grow.js";
import { agreedNames } from "./lineage.js";
import type { Nonce } from "./nonce.js";
import { NonceIndex } from "./nonce-index.js";
import { approvalStates, type RecordCursor, recordAt, recordFlags } from "./record.js";

const hashBytes = 32;

/**
 * Follows nonces through the ledger: one nonce runs once, and the receipts of one request
 * tell one story. Memory is some 100 bytes a request and 25 an execution, whatever their
 * size: what has to agree is kept as a hash, and as a short sum for each member that only
 * serves the message. What was forgotten is as if it had not been.
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

  /** How many requests and executions are remembered. */
  get size(): number {
    return this.#requests.size + this.#executions.size;
  }

  /** All nonces of which something is remembered, one after another in the same object. */
  *nonces(): Generator<Nonce> {
    yield* this.#requests.nonces();
    for (const nonce of this.#executions.nonces()) if (this.#requests.find(nonce) === undefined) yield nonce;
  }

  /** Whether anything is remembered of a nonce. */
  remembers(nonce: Nonce): boolean {
    return this.#requests.find(nonce) !== undefined || this.#executions.find(nonce) !== undefined;
  }

  /** Whether the story of a remembered nonce is over: a sound ledger says nothing more of it. */
  isOver(nonce: Nonce): boolean {
    const request = this.#requests.find(nonce);
    return request === undefined || (this.#flags[request]! & recordFlags.closed) !== 0;
  }

  /** Forgets all of a nonce. */
  forget(nonce: Nonce): void {
    this.#requests.remove(nonce);
    this.#executions.remove(nonce);
  }

  /** Takes the next genuine receipt, which is of this nonce. */
  check(nonce: Nonce, record: RecordCursor, line: number): readonly Problem[] {
    const { flags } = record;
    const reused = (flags & recordFlags.ran) === 0 ? none : this.#checkExecution(nonce, line);
    if ((flags & recordFlags.request) === 0) return reused;
    return followedBy(reused, this.#checkRequest(nonce, record, line));
  }

  #checkExecution(nonce: Nonce, line: number): readonly Problem[] {
    const before = this.#executions.find(nonce);
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
    const number = this.#executions.add(nonce);
    this.#executionLines = growTo(this.#executionLines, number + 1);
    this.#executionLines[number] = line;
    return none;
  }

  #checkRequest(nonce: Nonce, record: RecordCursor, line: number): readonly Problem[] {
    const known = this.#requests.find(nonce);
    if (known === undefined) {
      this.#open(nonce, record, line);
      return none;
    }
    const problems = this.#compare(known, record);
    this.#flags[known]! |= record.flags;
    return problems;
  }

  #open(nonce: Nonce, record: RecordCursor, line: number): void {
    const { bytes, at } = record;
    const number = this.#requests.add(nonce);
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
