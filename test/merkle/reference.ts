// Definitions of RFC 6962 section 2.1 as they stand there, recursive and slow: what the
// streaming code is held against.
import { createHash } from "node:crypto";
import { concatBytes } from "../../src/bytes/bytes.js";
import type { HashFunction } from "../../src/bytes/digest.js";
import { decodeHex } from "../../src/bytes/hex.js";

export const sha256: HashFunction = (data) => new Uint8Array(createHash("sha256").update(data).digest());
export const sha3: HashFunction = (data) => new Uint8Array(createHash("sha3-256").update(data).digest());

export const hex = (text: string): Uint8Array => decodeHex(text)!;

/** The eight leaves of the certificate-transparency tests. */
export const ctLeaves: readonly Uint8Array[] = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
].map(hex);

/** The largest power of two smaller than n. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** MTH over leaf hashes. */
export function treeHash(hash: HashFunction, d: readonly Uint8Array[]): Uint8Array {
  if (d.length === 0) return hash(new Uint8Array(0));
  if (d.length === 1) return d[0]!;
  const k = split(d.length);
  return hash(concatBytes(Uint8Array.of(1), treeHash(hash, d.slice(0, k)), treeHash(hash, d.slice(k))));
}

/** PATH(m, D[n]). */
export function path(hash: HashFunction, m: number, d: readonly Uint8Array[]): Uint8Array[] {
  if (d.length === 1) return [];
  const k = split(d.length);
  return m < k
    ? [...path(hash, m, d.slice(0, k)), treeHash(hash, d.slice(k))]
    : [...path(hash, m - k, d.slice(k)), treeHash(hash, d.slice(0, k))];
}

/** SUBPROOF(m, D[n], b); PROOF(m, D[n]) is the one with b true. */
export function subproof(hash: HashFunction, m: number, d: readonly Uint8Array[], b = true): Uint8Array[] {
  if (m === d.length) return b ? [] : [treeHash(hash, d)];
  const k = split(d.length);
  return m <= k
    ? [...subproof(hash, m, d.slice(0, k), b), treeHash(hash, d.slice(k))]
    : [...subproof(hash, m - k, d.slice(k), false), treeHash(hash, d.slice(0, k))];
}

/** n different leaf hashes, always the same. */
export function someLeaves(hash: HashFunction, n: number): Uint8Array[] {
  return Array.from({ length: n }, (_, i) => hash(Uint8Array.of(0, i & 255, i >> 8)));
}

export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}
