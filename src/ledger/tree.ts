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
   * The leaves of a run, by the roots of the subtrees over them; undefined where the tree cannot take
   * them: the run begins at another place, or has another number of subtrees than it needs.
   */
  leavesOf({ start, count, hashes }: Run): CompactRange | undefined {
    if (start !== this.#size) return undefined;
    const roots: Uint8Array[] = [];
    for (let at = 0; at < hashes.length; at += hashLength) roots.push(hashes.slice(at, at + hashLength));
    return CompactRange.fromHashes(this.#hash, start, start + count, roots);
  }

  /** Takes leaves together that begin at its size. */
  merge(leaves: CompactRange): void {
    this.#range?.merge(leaves);
    this.#size = leaves.end;
  }

  root(): Uint8Array | undefined {
    return this.#range?.root();
  }
}
