import type { HashFunction } from "../bytes/digest.js";
import { CompactRange } from "../merkle/compact-range.js";
import { hashLength } from "../merkle/hasher.js";
import type { Run } from "./recognizer.js";

/**
 * The Merkle tree as far as the pass has come. Its root is unknown from the first entry on
 * whose leaf cannot be computed, or where a range's frontier is unusable; its size is
 * always the start and the entries that were read.
 */
export class Tree {
  #range: CompactRange | undefined;
  #size: number;
  readonly #hash: HashFunction;

  private constructor(hash: HashFunction, range: CompactRange | undefined, size: number) {
    this.#hash = hash;
    this.#range = range;
    this.#size = size;
  }

  /** The empty tree. */
  static empty(hash: HashFunction): Tree {
    return new Tree(hash, CompactRange.empty(hash, 0), 0);
  }

  /** The tree of a range export's first `start` entries; without a usable frontier its root is unknown. */
  static startingAt(hash: HashFunction, start: number, frontier: readonly Uint8Array[] | undefined): Tree {
    const range = frontier === undefined ? undefined : CompactRange.fromFrontier(hash, start, frontier);
    return new Tree(hash, range, start);
  }

  get size(): number {
    return this.#size;
  }

  append(leaf: Uint8Array | undefined): void {
    this.#size++;
    if (leaf === undefined || this.#size > Number.MAX_SAFE_INTEGER) this.#range = undefined;
    else this.#range?.append(leaf);
  }

  /**
   * Takes the entries of a run together, by the roots of the subtrees over them. Returns whether it
   * did: not where the run begins at another place, or has another number of subtrees than it needs.
   */
  appendRun(run: Run): boolean {
    const { start, count } = run;
    if (start !== this.#size || !Number.isSafeInteger(start + count)) return false;
    const hashes: Uint8Array[] = [];
    for (let at = 0; at < run.hashes.length; at += hashLength)
      hashes.push(run.hashes.slice(at, at + hashLength));
    const others = CompactRange.fromHashes(this.#hash, start, start + count, hashes);
    if (others === undefined) return false;
    this.#range?.merge(others);
    this.#size += count;
    return true;
  }

  root(): Uint8Array | undefined {
    return this.#range?.root();
  }
}
