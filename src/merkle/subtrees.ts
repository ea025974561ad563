// Places and sizes go up to 2^53-1: everything here is division, never 32-bit operators.

/** The leaves from `lo` up to, not including, `hi`. */
export interface Subtree {
  readonly lo: number;
  readonly hi: number;
}

/**
 * The maximal subtrees that cover `[begin, end)`, left to right: each has a power of two of
 * leaves and starts at a multiple of its size (RFC 9162 section 2.1.2, with any begin). For
 * `begin` 0 they are as many as `end` has one bits, largest first.
 * Takes 0 <= begin <= end <= 2^53-1; returns at most about 2 log2(end) of them.
 */
export function alignedSubtrees(begin: number, end: number): readonly Subtree[] {
  const subtrees: Subtree[] = [];
  let lo = begin;
  while (lo < end) {
    let size = 1;
    while (lo % (2 * size) === 0 && lo + 2 * size <= end) size *= 2;
    subtrees.push({ lo, hi: lo + size });
    lo += size;
  }
  return subtrees;
}

/** The largest power of two below `n`, where a tree of `n` >= 2 leaves is split (RFC 6962 section 2.1). */
export function splitPoint(n: number): number {
  let power = 1;
  while (2 * power < n) power *= 2;
  return power;
}

/** Whether `n` >= 1 is a power of two. */
export function isPowerOfTwo(n: number): boolean {
  let odd = n;
  while (odd % 2 === 0) odd /= 2;
  return odd === 1;
}

/** Whether a value can be a place or size: an integer between 0 and 2^53-1. */
export function isPlace(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
