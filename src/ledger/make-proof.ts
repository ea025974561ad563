import type { HashFunction } from "../bytes/digest.js";
import { consistencyRanges, inclusionRanges, ProofBuilder } from "../merkle/prove.js";
import { alignedSubtrees, type Subtree } from "../merkle/subtrees.js";
import { growTo } from "./grow.js";

const leafBytes = 32;

/** Keeps the leaf hashes of a ledger in the order of the tree, 32 bytes each. */
export class LeafStore {
  #bytes = new Uint8Array(1024 * leafBytes);
  #count = 0;

  /** Takes the next leaf. */
  add(leaf: Uint8Array): void {
    this.#bytes = growTo(this.#bytes, (this.#count + 1) * leafBytes);
    this.#bytes.set(leaf, this.#count * leafBytes);
    this.#count++;
  }

  get count(): number {
    return this.#count;
  }

  at(index: number): Uint8Array {
    return this.#bytes.slice(index * leafBytes, (index + 1) * leafBytes);
  }
}

/** A tree whose leaves from `start` on are known, and of what comes before only the frontier. */
export interface KnownTree {
  readonly start: number;
  readonly frontier: readonly Uint8Array[];
  readonly leaves: LeafStore;
}

/** The inclusion proof of the leaf at `index` in the tree of `size`, or undefined where the range lacks a piece. */
export function proveInclusion(
  tree: KnownTree,
  index: number,
  size: number,
  hash: HashFunction,
): readonly Uint8Array[] | undefined {
  return build(tree, inclusionRanges(index, size), size, hash);
}

/** The consistency proof between two sizes, or undefined where the range lacks a piece. */
export function proveConsistency(
  tree: KnownTree,
  size1: number,
  size2: number,
  hash: HashFunction,
): readonly Uint8Array[] | undefined {
  return build(tree, consistencyRanges(size1, size2), size2, hash);
}

function build(
  tree: KnownTree,
  ranges: readonly Subtree[],
  size: number,
  hash: HashFunction,
): readonly Uint8Array[] | undefined {
  const builder = new ProofBuilder(ranges, hash);
  alignedSubtrees(0, tree.start).forEach(({ lo, hi }, i) => {
    builder.addSubtree(lo, hi, tree.frontier[i]!);
  });
  for (let i = 0; tree.start + i < size; i++) builder.addLeaf(tree.leaves.at(i));
  return builder.proof();
}
