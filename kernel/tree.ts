/** The Merkle tree of RFC 6962 section 2.1 over SHA3-256. */
import { permute, state } from "./keccak";
import { copyDigest } from "./sha3";

const hashBytes: usize = 32;

/** Bytes of a subtree as `subtrees` gives it: how many leaves it has f64 | its root, 32 bytes. */
export const subtreeBytes: i32 = 40;

/** More than a count of leaves has bits. */
const mostLevels = 32;

/** Subtrees at the right edge: they are found smallest first, and stand in the list largest first. */
const right: usize = memory.data(mostLevels * 40, 8);

/**
 * Reduces `count` leaf hashes, 32 bytes each in a row, of which the first stands at place `start` of
 * the whole tree, to the roots of the maximal aligned subtrees that cover [start, start + count): they
 * are written to `out`, left to right, 40 bytes each. The leaf hashes are written over.
 * Takes 0 <= start <= start + count <= 2^53 - 1. Returns how many subtrees there are, at most 62.
 */
export function subtrees(leaves: usize, count: i32, start: f64, out: usize): i32 {
  // One level of the tree after the other: `row` holds the roots of the subtrees of `size` leaves
  // that are whole in the range and not in the list, of which the first has `place` before it.
  let row = leaves;
  let place = <u64>start;
  let size: f64 = 1;
  let at = out;
  let rightEdge = right;
  while (count > 0) {
    // A right child whose sibling is outside is joined with nothing.
    if (place & 1) {
      keep(at, size, row);
      at += subtreeBytes;
      row += hashBytes;
      place++;
      count--;
    }
    // Nor is a left child.
    if (count & 1) {
      count--;
      keep(rightEdge, size, row + <usize>count * hashBytes);
      rightEdge += subtreeBytes;
    }
    count >>= 1;
    nodes(leaves, row, count);
    row = leaves;
    place >>= 1;
    size *= 2;
  }
  while (rightEdge != right) {
    rightEdge -= subtreeBytes;
    keep(at, load<f64>(rightEdge), rightEdge + 8);
    at += subtreeBytes;
  }
  return <i32>((at - out) / subtreeBytes);
}

function keep(out: usize, size: f64, root: usize): void {
  store<f64>(out, size);
  copyDigest(out + 8, root, 8);
}

/**
 * Hashes `count` pairs of neighbours in a row of hashes to the row of their parents. `out` may be
 * `pairs` or before it: two pairs are read before their parents are written.
 */
export function nodes(out: usize, pairs: usize, count: i32): void {
  for (; count > 1; count -= 2) {
    twoNodes(pairs, pairs + 2 * hashBytes);
    copyDigest(out, state, 16);
    copyDigest(out + hashBytes, state + 8, 16);
    pairs += 4 * hashBytes;
    out += 2 * hashBytes;
  }
  if (count == 1) {
    twoNodes(pairs, pairs);
    copyDigest(out, state, 16);
  }
}

/**
 * H(0x01 || left || right), where `a` and `b` are the addresses of left || right. These are 65
 * bytes, so one block: its words are the message shifted by the byte in front, and the padding of
 * FIPS 202 (06 behind the message, 80 in the last byte of the block).
 */
function twoNodes(a: usize, b: usize): void {
  const zeroes = i64x2.splat(0);
  v128.store(state, v128.or(i64x2.shl(twoWords(a, b), 8), i64x2.splat(0x01)));
  for (let i: usize = 1; i < 8; i++) v128.store(state + 16 * i, twoWords(a + 8 * i - 1, b + 8 * i - 1));
  v128.store(state, v128.or(i64x2.shr_u(twoWords(a + 56, b + 56), 56), i64x2.splat(0x0600)), 16 * 8);
  for (let i: usize = 9; i < 25; i++) v128.store(state + 16 * i, zeroes);
  v128.store(state, i64x2.splat(0x8000000000000000), 16 * 16);
  permute();
}

// @ts-ignore: decorator
@inline function twoWords(a: usize, b: usize): v128 {
  return v128.load64_lane(b, v128.load64_zero(a), 1);
}
