import { sha3_256 } from "@noble/hashes/sha3.js";
import { equalBytes } from "../bytes/bytes.js";
import type { HashFunction } from "../bytes/digest.js";
import { hashLength, nodeHash } from "./hasher.js";
import { isPlace, isPowerOfTwo } from "./subtrees.js";

/** That the leaf at `index` is in the tree of `size` leaves with this `root`. */
export interface InclusionClaim {
  readonly index: number;
  readonly size: number;
  /** The leaf's hash, 32 bytes, not its data. */
  readonly leaf: Uint8Array;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
  /** SHA3-256 if absent. */
  readonly hash?: HashFunction;
}

/** That the tree of `size2` leaves begins with the tree of `size1` leaves. */
export interface ConsistencyClaim {
  readonly size1: number;
  readonly size2: number;
  readonly root1: Uint8Array;
  readonly root2: Uint8Array;
  readonly proof: readonly Uint8Array[];
  /** SHA3-256 if absent. */
  readonly hash?: HashFunction;
}

/**
 * Whether an inclusion proof holds (RFC 9162 section 2.1.3.2; its names).
 * Returns false for anything malformed too: an index that is not below the size, no
 * integers, hashes of another length, hashes too few or too many. Never throws.
 *
 * Sizes that give the leaf one path share its proof: take size and root from one signed note.
 */
export function verifyInclusion(claim: InclusionClaim): boolean {
  const { index, size, leaf, proof, root, hash = sha3_256 } = claim;
  if (!isPlace(index) || !isPlace(size) || index >= size) return false;
  if (!isHash(leaf) || !isHash(root) || !areHashes(proof)) return false;
  let fn = index;
  let sn = size - 1;
  let r = leaf;
  for (const p of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      // Here fn is not 0, since sn is not: the loop ends.
      r = nodeHash(hash, p, r);
      while (fn % 2 === 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      r = nodeHash(hash, r, p);
    }
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && equalBytes(r, root);
}

/**
 * Whether a consistency proof holds (RFC 9162 section 2.1.4.2; its names). Equal sizes
 * need equal roots and an empty proof.
 * Returns false for anything malformed too, and for `size1` 0: everything begins with the
 * empty tree, so that there is nothing to prove. Never throws.
 *
 * As with inclusion, a size is only as good as the note that signs it with its root.
 */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { size1, size2, root1, root2, proof, hash = sha3_256 } = claim;
  if (!isPlace(size1) || !isPlace(size2) || size1 === 0 || size1 > size2) return false;
  if (!isHash(root1) || !isHash(root2) || !areHashes(proof)) return false;
  if (size1 === size2) return proof.length === 0 && equalBytes(root1, root2);
  const [first, ...rest] = isPowerOfTwo(size1) ? [root1, ...proof] : proof;
  if (first === undefined) return false;
  let fn = size1 - 1;
  let sn = size2 - 1;
  while (fn % 2 === 1) {
    fn = half(fn);
    sn = half(sn);
  }
  let fr = first;
  let sr = first;
  for (const c of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      fr = nodeHash(hash, c, fr);
      sr = nodeHash(hash, c, sr);
      while (fn % 2 === 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      sr = nodeHash(hash, sr, c);
    }
    fn = half(fn);
    sn = half(sn);
  }
  return equalBytes(fr, root1) && equalBytes(sr, root2) && sn === 0;
}

/** A shift to the right by one that holds up to 2^53-1. */
function half(n: number): number {
  return Math.floor(n / 2);
}

function isHash(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && value.length === hashLength;
}

function areHashes(value: unknown): value is readonly Uint8Array[] {
  return Array.isArray(value) && value.every(isHash);
}
