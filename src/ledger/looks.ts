import type { HashFunction } from "../bytes/digest.js";
import type { Problem } from "../findings/finding.js";
import { type EntryFacts, none } from "./facts.js";
import { FingerprintLog, Fingerprints } from "./fingerprints.js";
import { Nonce, wordsPerNonce } from "./nonce.js";
import { type RecordCursor, recordAt, recordFlags } from "./record.js";
import { Requests } from "./requests.js";

/*
 * Ten million receipts have millions of nonces, and to remember all of each takes more memory than
 * anything else. So a ledger that can be read twice is given two looks. The first remembers stories
 * that are not over, and of those that are, a fingerprint. If in the end no two stories have the same,
 * which is so for every sound ledger, all has been said. Else a nonce came again when its story was
 * over, or two look alike: a second look, from the start, remembers all of these and finds what there is.
 */

/** Holds each receipt against those before it that have its nonce. */
export interface NonceWatch {
  /** Takes the next genuine receipt, which is at this line; returns what is wrong with it beside the earlier ones. */
  check(facts: EntryFacts, line: number): readonly Problem[];
}

/** What a story is made of: which nonces are remembered depends on these flags alone. */
const storyFlags = recordFlags.ran | recordFlags.request | recordFlags.closed;

/** The only look at a ledger: remembers all. */
export class OneLook implements NonceWatch {
  readonly #nonce: Nonce;
  readonly #requests: Requests;

  constructor(seed: number) {
    this.#nonce = new Nonce(seed);
    this.#requests = new Requests(seed);
  }

  check({ record }: EntryFacts, line: number): readonly Problem[] {
    return this.#requests.check(this.#nonce.take(record.bytes, record.at + recordAt.nonce), record, line);
  }
}

/** Nonces that are hashed at once. */
const traceBatch = 4096;
/** A nonce, and the flags of its story that it came with. */
const traceItem = wordsPerNonce + 1;
const hashBytes = 32;

/** A hash of all that a look was given, in order: that the second look was given what the first was. */
class Trace {
  readonly #sha3: HashFunction;
  /** The hash so far, then what is not hashed yet. */
  readonly #words = new Uint32Array(hashBytes / 4 + traceBatch * traceItem);
  readonly #bytes = new Uint8Array(this.#words.buffer);
  #filled = hashBytes / 4;

  constructor(sha3: HashFunction) {
    this.#sha3 = sha3;
  }

  add({ words }: Nonce, story: number): void {
    if (this.#filled === this.#words.length) this.end();
    this.#words.set(words, this.#filled);
    this.#words[this.#filled + wordsPerNonce] = story;
    this.#filled += traceItem;
  }

  end(): Uint8Array {
    const hash = this.#sha3(this.#bytes.subarray(0, 4 * this.#filled));
    this.#bytes.set(hash);
    this.#filled = hashBytes / 4;
    return hash;
  }
}

/** What two looks at one ledger have in common. */
abstract class Look implements NonceWatch {
  readonly nonce: Nonce;
  readonly requests: Requests;
  readonly #trace: Trace;

  constructor(seed: number, sha3: HashFunction) {
    this.nonce = new Nonce(seed);
    this.requests = new Requests(seed);
    this.#trace = new Trace(sha3);
  }

  check({ record }: EntryFacts, line: number): readonly Problem[] {
    const story = record.flags & storyFlags;
    if (story === 0) return none;
    this.nonce.take(record.bytes, record.at + recordAt.nonce);
    this.#trace.add(this.nonce, story);
    return this.judge(record, line);
  }

  /** Ends the look; returns a hash of all that it was given: the second look has to come to that of the first. */
  end(): Uint8Array {
    return this.#trace.end();
  }

  /** Judges a receipt of `nonce`. */
  protected abstract judge(record: RecordCursor, line: number): readonly Problem[];
}

/** The first look at a ledger. What it finds wrong counts where it is not doubtful. */
export class FirstLook extends Look {
  readonly #most: number;
  /** One of each story that is not remembered any more. */
  readonly #forgotten = new FingerprintLog();
  /** Nonces that came again when their story was over. */
  readonly #again = new Fingerprints();

  /** `most` requests and executions are remembered before any is forgotten. */
  constructor(seed: number, sha3: HashFunction, most: number) {
    super(seed, sha3);
    this.#most = most;
  }

  /** At the end: what takes a second look, or undefined where nothing does. */
  suspects(): Fingerprints | undefined {
    if (this.#forgotten.size === 0) return undefined;
    for (const nonce of this.requests.nonces()) this.#forgotten.add(nonce);
    return this.#forgotten.addRepeated(this.#again) ? this.#again : undefined;
  }

  protected judge(record: RecordCursor, line: number): readonly Problem[] {
    const { nonce, requests } = this;
    const isFull = requests.size >= this.#most;
    if (requests.remembers(nonce)) {
      if (requests.isOver(nonce)) this.#again.add(nonce);
    } else if (isFull && (record.flags & recordFlags.request) === 0) {
      // An execution that nobody was asked about is over at once.
      this.#forgotten.add(nonce);
      return none;
    }
    const problems = requests.check(nonce, record, line);
    if (isFull && requests.isOver(nonce)) {
      requests.forget(nonce);
      this.#forgotten.add(nonce);
    }
    return problems;
  }
}

/** The second look at a ledger: remembers what the first one suspected. */
export class SecondLook extends Look {
  readonly #suspects: Fingerprints;

  /** Takes the seed of the first look, too. */
  constructor(seed: number, sha3: HashFunction, suspects: Fingerprints) {
    super(seed, sha3);
    this.#suspects = suspects;
  }

  protected judge(record: RecordCursor, line: number): readonly Problem[] {
    const { nonce, requests } = this;
    const problems = requests.check(nonce, record, line);
    if (!this.#suspects.has(nonce) && requests.isOver(nonce)) requests.forget(nonce);
    return problems;
  }
}
