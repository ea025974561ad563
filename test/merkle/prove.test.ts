import { describe, expect, it } from "vitest";
import { encodeHex } from "../../src/bytes/hex.js";
import { CompactRange } from "../../src/merkle/compact-range.js";
import { consistencyRanges, inclusionRanges, ProofBuilder } from "../../src/merkle/prove.js";
import { alignedSubtrees, type Subtree } from "../../src/merkle/subtrees.js";
import { path, sha256, someLeaves, subproof, treeHash } from "./reference.js";

const leaves = someLeaves(sha256, 40);
const known = new Map<number, Uint8Array>();

function rootOf({ lo, hi }: Subtree): Uint8Array {
  const root = known.get(lo * 100 + hi) ?? treeHash(sha256, leaves.slice(lo, hi));
  known.set(lo * 100 + hi, root);
  return root;
}

const write = (proof: readonly Uint8Array[] | undefined) => proof?.map(encodeHex).join(" ");

/** What a range export from `start` up to `size` gives: the frontier, then leaves. */
function build(ranges: readonly Subtree[], start: number, size: number) {
  const builder = new ProofBuilder(ranges, sha256);
  for (const piece of alignedSubtrees(0, start)) builder.addSubtree(piece.lo, piece.hi, rootOf(piece));
  for (const leaf of leaves.slice(start, size)) builder.addLeaf(leaf);
  return builder.proof();
}

/** Whether the frontier of `start` tells every root asked for: none lies inside one of its pieces. */
function isTold(ranges: readonly Subtree[], start: number): boolean {
  const pieces = alignedSubtrees(0, start);
  return ranges.every((range) =>
    pieces.every((p) => p.hi <= range.lo || p.lo >= range.hi || (p.lo >= range.lo && p.hi <= range.hi)),
  );
}

describe("making proofs", () => {
  it("inclusion: the definition's, from a whole ledger and from a range export of any start", () => {
    const wrong: string[] = [];
    for (let size = 1; size <= 40; size++) {
      for (let index = 0; index < size; index++) {
        const ranges = inclusionRanges(index, size);
        const expected = write(path(sha256, index, leaves.slice(0, size)));
        for (let start = 0; start <= size; start++) {
          const told = isTold(ranges, start);
          const made = write(build(ranges, start, size));
          if (made !== (told ? expected : undefined)) wrong.push(`${index} of ${size} from ${start}`);
          if (start <= index && !told) wrong.push(`${index} not told from ${start}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it("consistency: the definition's, from a whole ledger and from a range export of any start", () => {
    const wrong: string[] = [];
    for (let size2 = 1; size2 <= 40; size2++) {
      for (let size1 = 1; size1 <= size2; size1++) {
        const ranges = consistencyRanges(size1, size2);
        const expected = write(subproof(sha256, size1, leaves.slice(0, size2)));
        for (let start = 0; start <= size2; start++) {
          const told = isTold(ranges, start);
          const made = write(build(ranges, start, size2));
          if (made !== (told ? expected : undefined)) wrong.push(`${size1} to ${size2} from ${start}`);
          if (start <= size1 && !told) wrong.push(`${size1} not told from ${start}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it("a frontier may be taken up from a compact range", () => {
    const range = CompactRange.empty(sha256, 0);
    for (const leaf of leaves.slice(0, 21)) range.append(leaf);
    const builder = new ProofBuilder(inclusionRanges(30, 40), sha256);
    const { hashes } = range;
    for (const [i, { lo, hi }] of alignedSubtrees(0, 21).entries()) builder.addSubtree(lo, hi, hashes[i]!);
    for (const leaf of leaves.slice(21)) builder.addLeaf(leaf);
    expect(builder.proof()).toEqual(path(sha256, 30, leaves));
  });

  it("a piece that is missing leaves no proof", () => {
    const ranges = inclusionRanges(11, 20);
    for (let missing = 0; missing < 20; missing++) {
      const builder = new ProofBuilder(ranges, sha256);
      for (let i = 0; i < 20; i++) if (i !== missing) builder.addSubtree(i, i + 1, leaves[i]!);
      expect(builder.proof()).toEqual(missing === 11 ? path(sha256, 11, leaves.slice(0, 20)) : undefined);
    }
    expect(build(ranges, 0, 19)).toBeUndefined();
    expect(build(ranges, 0, 0)).toBeUndefined();
  });

  it("leaves behind the tree change nothing, and the proof is a copy", () => {
    const builder = new ProofBuilder(inclusionRanges(3, 7), sha256);
    for (const leaf of leaves) builder.addLeaf(leaf);
    (builder.proof() as Uint8Array[]).pop();
    expect(builder.proof()).toEqual(path(sha256, 3, leaves.slice(0, 7)));
  });

  it("pieces come in order and aligned", () => {
    const builder = new ProofBuilder(inclusionRanges(3, 20), sha256);
    builder.addSubtree(4, 8, leaves[0]!);
    const wrong = [
      [0, 4],
      [6, 8],
      [8, 8],
      [10, 8],
      [9, 11],
      [8, 11],
      [8.5, 9.5],
      [8.5, 9],
      [8, 8.5],
      [Number.NaN, 9],
      [8, 2 ** 53],
    ] as const;
    for (const [lo, hi] of wrong) {
      expect(() => builder.addSubtree(lo, hi, leaves[0]!)).toThrow(
        `expected an aligned subtree from 8 on, found ${lo} to ${hi}`,
      );
    }
  });

  it("refuses what has no proof", () => {
    for (const [index, size] of [
      [0, 0],
      [1, 1],
      [-1, 1],
      [0.5, 1],
      [0, 1.5],
      [0, 2 ** 53],
    ] as const) {
      expect(() => inclusionRanges(index, size)).toThrow(
        `an index below the size, found ${index} and ${size}`,
      );
    }
    for (const [size1, size2] of [
      [0, 0],
      [0, 1],
      [2, 1],
      [-1, 1],
      [0.5, 1],
      [1, 1.5],
      [1, 2 ** 53],
    ] as const) {
      expect(() => consistencyRanges(size1, size2)).toThrow(`the smaller first, found ${size1} and ${size2}`);
    }
    expect(inclusionRanges(0, 1)).toEqual([]);
    expect(consistencyRanges(7, 7)).toEqual([]);
  });
});
