import type { HashFunction } from "../bytes/digest.js";
import { CompactRange } from "../merkle/compact-range.js";

/**
 * The Merkle tree as far as the pass has come. Its root is unknown from the first entry on
 * whose leaf cannot be computed, or where a range's frontier is unusable; its size is
 * always the start and the entries that were read.
 */
export class Tree {
  #range: CompactRange | undefined;
  #size: number;

  private constructor(range: CompactRange | undefined, size: number) {
    this.#range = range;
    this.#size = size;
  }

  /** The empty tree. */
  static empty(hash: HashFunction): Tree {
    return new Tree(CompactRange.empty(hash, 0), 0);
  }

  /** The tree of a range export's first `start` entries; without a usable frontier its root is unknown. */
  static startingAt(hash: HashFunction, start: number, frontier: readonly Uint8Array[] | undefined): Tree {
    const range = frontier === undefined ? undefined : CompactRange.fromFrontier(hash, start, frontier);
    return new Tree(range, start);
  }

  get size(): number {
    return this.#size;
  }

  append(leaf: Uint8Array | undefined): void {
    this.#size++;
    if (leaf === undefined || this.#size > Number.MAX_SAFE_INTEGER) this.#range = undefined;
    else this.#range?.append(leaf);
  }

  root(): Uint8Array | undefined {
    return this.#range?.root();
  }
}
