/**
 * GF(p), p = 2^255 - 19, by 32-bit integer multiplication: four elements side by side, a lane each.
 *
 * Representation. An element is the sum of ten limbs, limb i times 2^(25.5 i rounded up): limbs of 26
 * and 25 bits in turn, unsigned, the same limb of the four lanes in one vector: 10 vectors, 160 bytes.
 *
 *   tight   even limbs < 2^26, odd ones < 2^25 + 2^11: what mul, fromBytes and setSmall give.
 *   loose   even limbs < 3 2^26, odd ones < 3 2^25 + 2^12: what add and sub give, of two tight elements.
 *
 * mul takes loose elements, add and sub take tight ones. sub adds 2 p, whose limbs are 2^27 - 38, then
 * 2^26 - 2 and 2^27 - 2 in turn: more than any tight limb, so no limb becomes negative.
 *
 * Columns. Limb i times limb j belongs to column i + j, doubled where both are odd, since their weights
 * are rounded up twice. Column k + 10 counts 19 times in column k: 2^255 = 19. A product of two loose
 * even limbs is below 9 2^52, one of two odd ones, doubled, about half of it. Column 0 is the fullest:
 * one product of even limbs, and 19 times four of those and five of odd ones, 124.5 9 2^52 < 2^62.2.
 * A doubled odd limb is below 2^28, and so are all factors: they fit 32 bits.
 *
 * Carries run in two chains at once, 0 to 4 and 4 to 9, so that they wait less for each other. A carry
 * is below 2^38; the one out of column 9, into which nothing is folded, is below 2^33. Times 19 it goes to
 * column 0, and from there less than 2^11 to column 1.
 *
 * Speed. There is no 32 by 32 multiply on lanes as they lie: extmul takes the lower or the upper two
 * of four lanes apart and gives 64-bit products, so a multiply is done for either half. Each half is a
 * loop over pairs of rows: its state is nine columns and one limb, which 16 registers hold; written out
 * in full, two hundred products spill. 19 x is two shifts and two additions; a 64-bit vector multiply is
 * emulated by nine instructions. `mul` is never inlined: point addition with seven copies of it does not
 * fit the decoded-instruction cache.
 */
import { limbs51, pack, unpack } from "./packing";

/** Elements that are worked on at once. */
export const lanes: i32 = 4;

/** Bytes of an element, all lanes of it. */
export const elementBytes: i32 = 160;

/** Bytes of a limb; the limbs of one lane stand `lanes` limbs apart. */
const limbBytes: i32 = 4;

const limbs: i32 = 10;

const twiceP: usize = memory.data(160, 16);
for (let at: usize = 0; at < 160; at += 32) {
  v128.store(twiceP + at, i32x4.splat((1 << 27) - (at == 0 ? 38 : 2)));
  v128.store(twiceP + at, i32x4.splat((1 << 26) - 2), 16);
}

export function add(r: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < 160; i += 32) {
    v128.store(r + i, i32x4.add(v128.load(a + i), v128.load(b + i)));
    v128.store(r + i, i32x4.add(v128.load(a + i, 16), v128.load(b + i, 16)), 16);
  }
}

export function sub(r: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < 160; i += 32) {
    v128.store(r + i, less(v128.load(a + i), v128.load(b + i), v128.load(twiceP + i)));
    v128.store(r + i, less(v128.load(a + i, 16), v128.load(b + i, 16), v128.load(twiceP + i, 16)), 16);
  }
}

@inline
function less(a: v128, b: v128, twice: v128): v128 {
  return i32x4.sub(i32x4.add(a, twice), b);
}

/** The second factor for odd rows: its odd limbs doubled, in the odd places. */
const doubled: usize = memory.data(160, 16);

/** Columns 0 … 9 of one half while `mul` runs, then its limbs. */
const columns: usize = memory.data(160, 16);

/** The limbs of the lower half, until those of the upper one are there too. */
const lower: usize = memory.data(160, 16);

export function mul(r: usize, a: usize, b: usize): void {
  for (let i: usize = 16; i < 160; i += 32) {
    const limb = v128.load(b + i);
    v128.store(doubled + i, i32x4.add(limb, limb));
  }
  half(lower, a, b, false);
  half(columns, a, b, true);
  for (let i: usize = 0; i < 160; i += 32) {
    v128.store(r + i, narrow(v128.load(lower + i), v128.load(columns + i)));
    v128.store(r + i, narrow(v128.load(lower + i, 16), v128.load(columns + i, 16)), 16);
  }
}

/** The lower halves of 64-bit lanes, side by side again. */
@inline
function narrow(low: v128, high: v128): v128 {
  return i32x4.shuffle(low, high, 0, 2, 4, 6);
}

/** The product's limbs in two of four lanes, the upper or the lower two. */
@inline
function half(r: usize, a: usize, b: usize, upper: bool): void {
  let c0 = i64x2.splat(0);
  let c1 = c0;
  let c2 = c0;
  let c3 = c0;
  let c4 = c0;
  let c5 = c0;
  let c6 = c0;
  let c7 = c0;
  let c8 = c0;
  // Row i: c0 … c8 are columns i … i + 8. The first is complete with it; the others move down by one.
  for (let i: usize = 0; i < 160; i += 32) {
    const x = v128.load(a + i);
    v128.store(columns + i, i64x2.add(c0, product(x, v128.load(b), upper)));
    c0 = i64x2.add(c1, product(x, v128.load(b, 16), upper));
    c1 = i64x2.add(c2, product(x, v128.load(b, 32), upper));
    c2 = i64x2.add(c3, product(x, v128.load(b, 48), upper));
    c3 = i64x2.add(c4, product(x, v128.load(b, 64), upper));
    c4 = i64x2.add(c5, product(x, v128.load(b, 80), upper));
    c5 = i64x2.add(c6, product(x, v128.load(b, 96), upper));
    c6 = i64x2.add(c7, product(x, v128.load(b, 112), upper));
    c7 = i64x2.add(c8, product(x, v128.load(b, 128), upper));
    c8 = product(x, v128.load(b, 144), upper);
    const y = v128.load(a + i, 16);
    v128.store(columns + i, i64x2.add(c0, product(y, v128.load(b), upper)), 16);
    c0 = i64x2.add(c1, product(y, v128.load(doubled, 16), upper));
    c1 = i64x2.add(c2, product(y, v128.load(b, 32), upper));
    c2 = i64x2.add(c3, product(y, v128.load(doubled, 48), upper));
    c3 = i64x2.add(c4, product(y, v128.load(b, 64), upper));
    c4 = i64x2.add(c5, product(y, v128.load(doubled, 80), upper));
    c5 = i64x2.add(c6, product(y, v128.load(b, 96), upper));
    c6 = i64x2.add(c7, product(y, v128.load(doubled, 112), upper));
    c7 = i64x2.add(c8, product(y, v128.load(b, 128), upper));
    c8 = product(y, v128.load(doubled, 144), upper);
  }
  c0 = i64x2.add(v128.load(columns), times19(c0));
  c1 = i64x2.add(v128.load(columns, 16), times19(c1));
  c2 = i64x2.add(v128.load(columns, 32), times19(c2));
  c3 = i64x2.add(v128.load(columns, 48), times19(c3));
  c4 = i64x2.add(v128.load(columns, 64), times19(c4));
  c5 = i64x2.add(v128.load(columns, 80), times19(c5));
  c6 = i64x2.add(v128.load(columns, 96), times19(c6));
  c7 = i64x2.add(v128.load(columns, 112), times19(c7));
  c8 = i64x2.add(v128.load(columns, 128), times19(c8));
  let c9 = v128.load(columns, 144);

  const mask26 = i64x2.splat((1 << 26) - 1);
  const mask25 = i64x2.splat((1 << 25) - 1);
  c1 = i64x2.add(c1, i64x2.shr_u(c0, 26));
  c0 = v128.and(c0, mask26);
  c5 = i64x2.add(c5, i64x2.shr_u(c4, 26));
  c4 = v128.and(c4, mask26);
  c2 = i64x2.add(c2, i64x2.shr_u(c1, 25));
  c1 = v128.and(c1, mask25);
  c6 = i64x2.add(c6, i64x2.shr_u(c5, 25));
  c5 = v128.and(c5, mask25);
  c3 = i64x2.add(c3, i64x2.shr_u(c2, 26));
  c7 = i64x2.add(c7, i64x2.shr_u(c6, 26));
  c4 = i64x2.add(c4, i64x2.shr_u(c3, 25));
  c8 = i64x2.add(c8, i64x2.shr_u(c7, 25));
  c5 = i64x2.add(c5, i64x2.shr_u(c4, 26));
  c9 = i64x2.add(c9, i64x2.shr_u(c8, 26));
  c0 = i64x2.add(c0, times19(i64x2.shr_u(c9, 25)));
  c1 = i64x2.add(c1, i64x2.shr_u(c0, 26));

  v128.store(r, v128.and(c0, mask26));
  v128.store(r, c1, 16);
  v128.store(r, v128.and(c2, mask26), 32);
  v128.store(r, v128.and(c3, mask25), 48);
  v128.store(r, v128.and(c4, mask26), 64);
  v128.store(r, c5, 80);
  v128.store(r, v128.and(c6, mask26), 96);
  v128.store(r, v128.and(c7, mask25), 112);
  v128.store(r, v128.and(c8, mask26), 128);
  v128.store(r, v128.and(c9, mask25), 144);
}

@inline
function product(x: v128, y: v128, upper: bool): v128 {
  return upper ? i64x2.extmul_high_i32x4_u(x, y) : i64x2.extmul_low_i32x4_u(x, y);
}

@inline
function times19(x: v128): v128 {
  return i64x2.add(x, i64x2.add(i64x2.shl(x, 1), i64x2.shl(x, 4)));
}

/** Reads 32 bytes into one lane. The highest bit is dropped; 2^255 - 19 … 2^255 - 1 are read as they are. */
export function fromBytes(r: usize, lane: i32, bytes: usize): void {
  unpack(bytes);
  r += limbBytes * lane;
  for (let i: usize = 0; i < 5; i++) {
    const limb = load<i64>(limbs51 + 8 * i);
    store<u32>(r + 32 * i, <u32>limb & ((1 << 26) - 1));
    store<u32>(r + 32 * i, <u32>(limb >> 26), 16);
  }
}

/** Writes the 32 bytes of one lane of a loose element, reduced modulo p. */
export function toBytes(bytes: usize, a: usize, lane: i32): void {
  a += limbBytes * lane;
  for (let i: usize = 0; i < 5; i++) {
    store<i64>(limbs51 + 8 * i, <i64>load<u32>(a + 32 * i) + (<i64>load<u32>(a + 32 * i, 16) << 26));
  }
  pack(bytes);
}

/** Sets all lanes to a small number. */
export function setSmall(r: usize, n: i32): void {
  memory.fill(r, 0, elementBytes);
  v128.store(r, i32x4.splat(n));
}

/** Copies one lane into a lane of another element. */
export function copyLane(r: usize, toLane: i32, a: usize, fromLane: i32): void {
  for (let i = 0; i < limbs; i++) {
    store<u32>(r + 16 * i + limbBytes * toLane, load<u32>(a + 16 * i + limbBytes * fromLane));
  }
}

/**
 * Entries of a table are of 128 bytes: the limbs of three elements of one lane, (y+x)/2, (y-x)/2 and
 * d x y, one after the other, 30 numbers; the last is tight, since it may have to be subtracted.
 * Writes one lane of an element into place `part` of an entry.
 */
export function storePart(entry: usize, part: i32, a: usize, lane: i32): void {
  for (let i = 0; i < limbs; i++) {
    store<u32>(entry + limbBytes * (limbs * part + i), load<u32>(a + 16 * i + limbBytes * lane));
  }
}

/**
 * Brings an entry of a table into each lane of three elements at `r`, behind which two vectors are
 * overwritten. `steps` holds one number a lane: the entry's address, which is a multiple of 128, plus 1
 * where the point is to be negated. That exchanges (y+x)/2 and (y-x)/2 and subtracts d x y from 2 p,
 * here without a branch.
 */
export function gather(r: usize, steps: usize): void {
  const step = v128.load(steps);
  const entry0 = i32x4.extract_lane(step, 0) & ~127;
  const entry1 = i32x4.extract_lane(step, 1) & ~127;
  const entry2 = i32x4.extract_lane(step, 2) & ~127;
  const entry3 = i32x4.extract_lane(step, 3) & ~127;
  // Four limbs of four entries at a time become one limb of four lanes, four times.
  for (let i: usize = 0; i < 128; i += 16) {
    const a = v128.load(entry0 + i);
    const b = v128.load(entry1 + i);
    const c = v128.load(entry2 + i);
    const d = v128.load(entry3 + i);
    const ab = i32x4.shuffle(a, b, 0, 4, 1, 5);
    const cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
    const abUpper = i32x4.shuffle(a, b, 2, 6, 3, 7);
    const cdUpper = i32x4.shuffle(c, d, 2, 6, 3, 7);
    v128.store(r + 4 * i, i64x2.shuffle(ab, cd, 0, 2));
    v128.store(r + 4 * i, i64x2.shuffle(ab, cd, 1, 3), 16);
    v128.store(r + 4 * i, i64x2.shuffle(abUpper, cdUpper, 0, 2), 32);
    v128.store(r + 4 * i, i64x2.shuffle(abUpper, cdUpper, 1, 3), 48);
  }
  const negative = i32x4.neg(v128.and(step, i32x4.splat(1)));
  for (let i: usize = 0; i < 160; i += 16) {
    const sum = v128.load(r + i);
    const difference = v128.load(r + i, 160);
    const both = v128.and(v128.xor(sum, difference), negative);
    v128.store(r + i, v128.xor(sum, both));
    v128.store(r + i, v128.xor(difference, both), 160);
    const dxy = v128.load(r + i, 320);
    v128.store(r + i, v128.bitselect(i32x4.sub(v128.load(twiceP + i), dxy), dxy, negative), 320);
  }
}
