import { concatBytes } from "../bytes/bytes.js";
import type { HashFunction } from "../bytes/digest.js";

/** Bytes of every hash in the tree: SHA3-256 by the format, SHA-256 in published vectors. */
export const hashLength = 32;

const leafPrefix = Uint8Array.of(0x00);
const nodePrefix = 0x01;
const noBytes = new Uint8Array(0);

// A node is hashed once an entry, and V8 puts arrays above 64 bytes off its heap: one buffer serves all.
const pair = new Uint8Array(1 + 2 * hashLength);
pair[0] = nodePrefix;

/** The leaf hash `H(0x00 || data)` of any bytes (RFC 6962 section 2.1). */
export function leafHash(hash: HashFunction, data: Uint8Array): Uint8Array {
  return hash(concatBytes(leafPrefix, data));
}

/**
 * The hash `H(0x01 || left || right)` of an inner node (RFC 6962 section 2.1).
 * Takes two hashes of 32 bytes and a hash function that does not keep its argument.
 * Throws RangeError for hashes of another length, which would make the halves ambiguous.
 */
export function nodeHash(hash: HashFunction, left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.length !== hashLength || right.length !== hashLength) {
    throw new RangeError(
      `expected two hashes of ${hashLength} bytes, found ${left.length} and ${right.length}`,
    );
  }
  pair.set(left, 1);
  pair.set(right, 1 + hashLength);
  return hash(pair);
}

/** The root `H("")` of the tree without leaves (RFC 6962 section 2.1). */
export function emptyRoot(hash: HashFunction): Uint8Array {
  return hash(noBytes);
}
