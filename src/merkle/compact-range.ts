import type { HashFunction } from "../bytes/digest.js";
import { emptyRoot, hashLength, nodeHash } from "./hasher.js";
import { alignedSubtrees, isPlace, isPowerOfTwo } from "./subtrees.js";

/**
 * The leaves `[begin, end)` of a tree, as the roots of the maximal aligned subtrees that
 * cover them: all that is needed to go on, to merge with a neighbour, or to say the root.
 * O(log n) memory; a leaf costs one node hash on the average. Any way of cutting a tree
 * into ranges merges to the same root (RFC 6962 section 2.1, RFC 9162 section 2.1.2).
 *
 * Hashes given are kept, not copied: do not write to them afterwards.
 */
export class CompactRange {
  readonly #hash: HashFunction;
  readonly #begin: number;
  readonly #hashes: Uint8Array[] = [];
  #end: number;

  private constructor(hash: HashFunction, begin: number) {
    this.#hash = hash;
    this.#begin = begin;
    this.#end = begin;
  }

  /** The range without leaves at `begin`. Throws RangeError where `begin` is no place (0 to 2^53-1). */
  static empty(hash: HashFunction, begin: number): CompactRange {
    if (!isPlace(begin)) throw new RangeError(`expected a place from 0 to 2^53-1, found ${begin}`);
    return new CompactRange(hash, begin);
  }

  /**
   * The range `[begin, end)` from what `hashes` of such a range gave, in another worker say.
   * Returns undefined where the places are none or in the wrong order, the count is not that
   * of the aligned subtrees, or a hash has not 32 bytes.
   */
  static fromHashes(
    hash: HashFunction,
    begin: number,
    end: number,
    hashes: readonly Uint8Array[],
  ): CompactRange | undefined {
    if (!isPlace(begin) || !isPlace(end) || end < begin) return undefined;
    if (hashes.length !== alignedSubtrees(begin, end).length) return undefined;
    if (hashes.some((root) => root.length !== hashLength)) return undefined;
    const range = new CompactRange(hash, begin);
    range.#hashes.push(...hashes);
    range.#end = end;
    return range;
  }

  /**
   * The range `[0, size)` from a range export's frontier: as many hashes as `size` has one
   * bits, largest subtree first. Returns undefined as `fromHashes` does.
   */
  static fromFrontier(
    hash: HashFunction,
    size: number,
    hashes: readonly Uint8Array[],
  ): CompactRange | undefined {
    return CompactRange.fromHashes(hash, 0, size, hashes);
  }

  /** The place of the first leaf. */
  get begin(): number {
    return this.#begin;
  }

  /** The place behind the last leaf. */
  get end(): number {
    return this.#end;
  }

  /** The roots of the maximal aligned subtrees, left to right: a copy of the list. */
  get hashes(): readonly Uint8Array[] {
    return this.#hashes.slice();
  }

  /** Adds the leaf at `end` by its leaf hash. Throws RangeError at 2^53-1 leaves. */
  append(leafHash: Uint8Array): void {
    if (this.#end === Number.MAX_SAFE_INTEGER) throw new RangeError("expected at most 2^53-1 leaves");
    this.#push(leafHash, 1);
  }

  /**
   * Adds the aligned subtree of `size` leaves at `end` by its root.
   * Throws RangeError where `size` is no power of two that divides `end`, or the range would
   * go beyond 2^53-1.
   */
  appendSubtree(root: Uint8Array, size: number): void {
    if (!isPlace(this.#end + size) || size === 0 || !isPowerOfTwo(size) || this.#end % size !== 0) {
      throw new RangeError(`expected an aligned subtree at ${this.#end}, found ${size} leaves`);
    }
    this.#push(root, size);
  }

  /**
   * Adds the leaves of the range that follows; `other` stays as it is.
   * Throws RangeError where `other` does not begin at this range's end.
   */
  merge(other: CompactRange): void {
    if (other.#begin !== this.#end) {
      throw new RangeError(`expected a range that begins at ${this.#end}, found ${other.#begin}`);
    }
    const hashes = other.hashes;
    alignedSubtrees(other.#begin, other.#end).forEach(({ lo, hi }, i) => {
      this.#push(hashes[i]!, hi - lo);
    });
  }

  /**
   * The RFC 6962 root of the tree with exactly these leaves. Throws RangeError where the
   * range does not begin at 0: a part of a tree has no root of its own.
   */
  root(): Uint8Array {
    if (this.#begin !== 0) throw new RangeError(`expected a range that begins at 0, found ${this.#begin}`);
    const last = this.#hashes.length - 1;
    if (last < 0) return emptyRoot(this.#hash);
    let root = this.#hashes[last]!;
    for (let i = last - 1; i >= 0; i--) root = nodeHash(this.#hash, this.#hashes[i]!, root);
    return root;
  }

  /** Adds an aligned subtree of `size` leaves, and joins whatever it completes. */
  #push(subtree: Uint8Array, size: number): void {
    this.#end += size;
    let root = subtree;
    let width = 2 * size;
    // Where `end` is a multiple of `width`, the left half is exactly the last hash kept.
    while (this.#end % width === 0 && this.#end - width >= this.#begin) {
      root = nodeHash(this.#hash, this.#hashes.pop()!, root);
      width *= 2;
    }
    this.#hashes.push(root);
  }
}
