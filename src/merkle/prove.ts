import type { HashFunction } from "../bytes/digest.js";
import { CompactRange } from "./compact-range.js";
import { alignedSubtrees, isPlace, type Subtree, splitPoint } from "./subtrees.js";

/**
 * The subtrees whose roots are the inclusion proof of the leaf at `index`, in the proof's
 * order (RFC 6962 section 2.1.1, PATH). They and the leaf itself cover `[0, size)`.
 * Throws RangeError unless 0 <= index < size <= 2^53-1.
 */
export function inclusionRanges(index: number, size: number): readonly Subtree[] {
  if (!isPlace(index) || !isPlace(size) || index >= size) {
    throw new RangeError(`expected an index below the size, found ${index} and ${size}`);
  }
  const fromTop: Subtree[] = [];
  let lo = 0;
  let hi = size;
  while (hi - lo > 1) {
    const middle = lo + splitPoint(hi - lo);
    if (index < middle) {
      fromTop.push({ lo: middle, hi });
      hi = middle;
    } else {
      fromTop.push({ lo, hi: middle });
      lo = middle;
    }
  }
  return fromTop.reverse();
}

/**
 * The subtrees whose roots are the consistency proof between two sizes, in the proof's
 * order (RFC 6962 section 2.1.2, SUBPROOF); none where the sizes are equal.
 * Throws RangeError unless 1 <= size1 <= size2 <= 2^53-1.
 */
export function consistencyRanges(size1: number, size2: number): readonly Subtree[] {
  if (!isPlace(size1) || !isPlace(size2) || size1 === 0 || size1 > size2) {
    throw new RangeError(`expected sizes from 1 up, the smaller first, found ${size1} and ${size2}`);
  }
  const fromTop: Subtree[] = [];
  let lo = 0;
  let hi = size2;
  while (hi !== size1) {
    const middle = lo + splitPoint(hi - lo);
    if (size1 <= middle) {
      fromTop.push({ lo: middle, hi });
      hi = middle;
    } else {
      fromTop.push({ lo, hi: middle });
      lo = middle;
    }
  }
  // Where nothing was left out on the left, [0, size1) is the old tree: its root is known.
  if (lo !== 0) fromTop.push({ lo, hi });
  return fromTop.reverse();
}

/**
 * Makes one proof in one pass over a ledger, O(log n) memory: given the subtrees that
 * `inclusionRanges` or `consistencyRanges` name, it takes the leaves in order, the first of
 * them as a range export's frontier perhaps, and keeps the roots asked for.
 */
export class ProofBuilder {
  readonly #hash: HashFunction;
  readonly #ranges: readonly Subtree[];
  readonly #inOrder: readonly number[];
  readonly #roots: (Uint8Array | undefined)[];
  #next = 0;
  #open: CompactRange;
  #at = 0;

  constructor(ranges: readonly Subtree[], hash: HashFunction) {
    this.#hash = hash;
    this.#ranges = ranges;
    this.#inOrder = ranges.map((_, i) => i).sort((a, b) => ranges[a]!.lo - ranges[b]!.lo);
    this.#roots = ranges.map(() => undefined);
    this.#open = CompactRange.empty(hash, 0);
  }

  /** Takes the hash of the leaf behind the last piece. */
  addLeaf(leafHash: Uint8Array): void {
    this.#take(this.#at, this.#at + 1, leafHash);
  }

  /**
   * Takes the root of the aligned subtree `[lo, hi)`, one of a frontier say; places before
   * `lo` that no piece gave stay missing. Throws RangeError where it begins before the last
   * piece's end, or is not a power of two of leaves at a multiple of its size.
   */
  addSubtree(lo: number, hi: number, root: Uint8Array): void {
    const aligned = isPlace(lo) && isPlace(hi) && alignedSubtrees(lo, hi).length === 1;
    if (!aligned || lo < this.#at) {
      throw new RangeError(`expected an aligned subtree from ${this.#at} on, found ${lo} to ${hi}`);
    }
    this.#take(lo, hi, root);
  }

  #take(lo: number, hi: number, root: Uint8Array): void {
    this.#at = hi;
    const i = this.#inOrder[this.#next];
    if (i === undefined) return;
    const wanted = this.#ranges[i]!;
    // Only what follows on the pieces taken counts: behind a gap this never holds again, and
    // neither that root nor a later one is ever known.
    if (this.#open.end !== lo - wanted.lo) return;
    // A subtree of a proof is aligned to its own size, so that it is built as if it began at 0.
    this.#open.appendSubtree(root, hi - lo);
    if (hi !== wanted.hi) return;
    this.#roots[i] = this.#open.root();
    this.#open = CompactRange.empty(this.#hash, 0);
    this.#next++;
  }

  /** The proof. Returns undefined where a piece is missing, or lies within a larger piece given. */
  proof(): readonly Uint8Array[] | undefined {
    return this.#roots.every((root) => root !== undefined) ? this.#roots.slice() : undefined;
  }
}
