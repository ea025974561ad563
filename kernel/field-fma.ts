/**
 * GF(p), p = 2^255 - 19, by fused multiply-add: two elements side by side, a lane each.
 *
 * Representation. An element is v0 + v1 2^51 + … + v4 2^204, each limb a whole number of either sign
 * in a 64-bit float, the same limb of both lanes in one vector: 5 vectors, 80 bytes.
 *
 *   tight   |v| ≤ 2^50: what mul, fromBytes and setSmall give.
 *   loose   |v| ≤ 2^51: what add and sub give, of two tight elements.
 *
 * mul takes loose elements, add and sub take tight ones (a float holds whole numbers to 2^53).
 *
 * A product without an error. Of two loose limbs it has at most 102 bits, a float 53; so it is taken
 * in two halves, each exact. In the range 2^103 … 2^104 floats lie 2^51 apart:
 *
 *   high = x y + 1.5 2^103, rounded once, is 1.5 2^103 + q 2^51, q the whole number nearest to
 *          x y / 2^51. As |x y| ≤ 2^102 it stays within the range, ends included.
 *   low  = x y + (1.5 2^103 + 1.5 2^52 - high), is x y - q 2^51 + 1.5 2^52. The difference is
 *          1.5 2^52 - q 2^51: a multiple of 2^51 below 2^103, exact. The rest x y - q 2^51 is at most
 *          2^50 and sums in 2^52 … 2^53, where floats are the whole numbers: exact too.
 *
 * Read as 64-bit integers, floats of one range count up by one from one to the next: the bits of
 * `high` are those of 1.5 2^103 plus q, the bits of `low` those of 1.5 2^52 plus the rest. So columns
 * of products are added as integers, modulo 2^64, and what all the constants come to is taken off at
 * the end. This rests on the fused form: where relaxed_madd rounds twice, results are wrong, which the
 * host finds out by a test with a known answer before it uses this module.
 *
 * Carries. Column k has k + 1 rests, each at most 2^50, and k numbers q, each at most 2^51; column k + 5
 * has 4 - k and 5 - k of them, and counts 19 times (2^255 = 19). Column 0 is the fullest: at most
 * 2^51 (1/2 + 19 (4/2 + 5)) < 2^51 134 in magnitude; column 4 is at most 2^51 (5/2 + 4 + 19) < 2^51 26.
 * To each is added 2^50, so that 0 … 2^51 - 1 stand for limbs from -2^50 to 2^50 - 1, and 2^62, so that
 * it is not negative. That 2^62 is 2048 in the next column and is taken off there, and 19 2048 in column
 * 0. So the carry out of column 4 is from 2020 to 2076, and 19 times that goes to column 0, which holds
 * less than 2^51: the carry from there to column 1 is 0 or 1 and never -1, and v1 at most 2^50, within
 * "tight". (With both signs possible it could be -2^50 - 1, and the product of two sums beyond 2^102.)
 *
 * Speed. The multiply is a loop of five rows: its state is 5 columns, 5 limbs, 2 constants and three
 * temporaries, which is what registers hold; written out in full it spills, and takes 1.6 times as long.
 * Constants come from memory, since an engine builds a vector constant anew wherever it stands: 5 %. Each is
 * loaded once, since an engine loads again behind a store, and columns start at their bias, which spares an
 * addition: 8 %. 19 x is two shifts and two additions, since a 64-bit vector multiply is emulated by nine
 * instructions. `mul` is never inlined: point addition with seven copies of it does not fit the
 * decoded-instruction cache.
 */
import { limbs51, pack, unpack } from "./packing";

/** Elements that are worked on at once. */
export const lanes: i32 = 2;

/** Bytes of an element, all lanes of it. */
export const elementBytes: i32 = 80;

/** Bytes of a limb; the limbs of one lane stand `lanes` limbs apart. */
const limbBytes: i32 = 8;

const limbs: i32 = 5;

const highBits: u64 = 0x4668_0000_0000_0000; // of 1.5 2^103
const lowBits: u64 = 0x4338_0000_0000_0000; // of 1.5 2^52

const constants: usize = memory.data(16 * 10, 16);
const split: usize = constants; // 1.5 2^103
const splitBoth: usize = constants + 16; // 1.5 2^103 + 1.5 2^52
const mask: usize = constants + 32;
const toFloat: usize = constants + 48; // the bits of 1.5 2^52: added to a limb, they make 1.5 2^52 + limb
const center: usize = constants + 64; // 1.5 2^52 + 2^50
const bias: usize = constants + 80; // of columns 0 … 4

v128.store(split, i64x2.splat(highBits));
v128.store(splitBoth, f64x2.add(v128.load(split), i64x2.splat(lowBits)));
v128.store(mask, i64x2.splat((1 << 51) - 1));
v128.store(toFloat, i64x2.splat(lowBits));
v128.store(center, i64x2.splat(lowBits + (1 << 50)));
for (let k: u64 = 0; k < 5; k++) {
  // Halves in column k: low ones of k + 1 products, high ones of k; in column k + 5, which counts
  // 19 times: low ones of 4 - k, high ones of 5 - k.
  const lows = k + 1 + 19 * (4 - k);
  const highs = k + 19 * (5 - k);
  const fromBelow: u64 = k > 0 ? 2048 : 19 * 2048;
  const added: u64 = (1 << 62) + (1 << 50) - fromBelow;
  v128.store(bias + 16 * <usize>k, i64x2.splat(added - lows * lowBits - highs * highBits));
}

export function add(r: usize, a: usize, b: usize): void {
  v128.store(r, f64x2.add(v128.load(a), v128.load(b)));
  v128.store(r, f64x2.add(v128.load(a, 16), v128.load(b, 16)), 16);
  v128.store(r, f64x2.add(v128.load(a, 32), v128.load(b, 32)), 32);
  v128.store(r, f64x2.add(v128.load(a, 48), v128.load(b, 48)), 48);
  v128.store(r, f64x2.add(v128.load(a, 64), v128.load(b, 64)), 64);
}

export function sub(r: usize, a: usize, b: usize): void {
  v128.store(r, f64x2.sub(v128.load(a), v128.load(b)));
  v128.store(r, f64x2.sub(v128.load(a, 16), v128.load(b, 16)), 16);
  v128.store(r, f64x2.sub(v128.load(a, 32), v128.load(b, 32)), 32);
  v128.store(r, f64x2.sub(v128.load(a, 48), v128.load(b, 48)), 48);
  v128.store(r, f64x2.sub(v128.load(a, 64), v128.load(b, 64)), 64);
}

/** Columns 0 … 4 while `mul` runs. */
const lowColumns: usize = memory.data(16 * 5, 16);

export function mul(r: usize, a: usize, b: usize): void {
  const s = v128.load(split);
  const s2 = v128.load(splitBoth);
  const b0 = v128.load(b);
  const b1 = v128.load(b, 16);
  const b2 = v128.load(b, 32);
  const b3 = v128.load(b, 48);
  const b4 = v128.load(b, 64);
  let c0 = v128.load(bias);
  let c1 = v128.load(bias, 16);
  let c2 = v128.load(bias, 32);
  let c3 = v128.load(bias, 48);
  let c4 = v128.load(bias, 64);
  // Row i: c0 … c4 are columns i … i + 4. The first is complete with it; the others move down by one.
  for (let i: usize = 0; i < 80; i += 16) {
    const x = v128.load(a + i);
    let high = f64x2.relaxed_madd(x, b0, s);
    c1 = i64x2.add(c1, high);
    v128.store(lowColumns + i, i64x2.add(c0, f64x2.relaxed_madd(x, b0, f64x2.sub(s2, high))));
    high = f64x2.relaxed_madd(x, b1, s);
    c2 = i64x2.add(c2, high);
    c0 = i64x2.add(c1, f64x2.relaxed_madd(x, b1, f64x2.sub(s2, high)));
    high = f64x2.relaxed_madd(x, b2, s);
    c3 = i64x2.add(c3, high);
    c1 = i64x2.add(c2, f64x2.relaxed_madd(x, b2, f64x2.sub(s2, high)));
    high = f64x2.relaxed_madd(x, b3, s);
    c4 = i64x2.add(c4, high);
    c2 = i64x2.add(c3, f64x2.relaxed_madd(x, b3, f64x2.sub(s2, high)));
    high = f64x2.relaxed_madd(x, b4, s);
    c3 = i64x2.add(c4, f64x2.relaxed_madd(x, b4, f64x2.sub(s2, high)));
    c4 = high;
  }
  c0 = column(0, c0);
  c1 = column(16, c1);
  c2 = column(32, c2);
  c3 = column(48, c3);
  c4 = column(64, c4);

  const m = v128.load(mask);
  c1 = i64x2.add(c1, i64x2.shr_u(c0, 51));
  c2 = i64x2.add(c2, i64x2.shr_u(c1, 51));
  c3 = i64x2.add(c3, i64x2.shr_u(c2, 51));
  c4 = i64x2.add(c4, i64x2.shr_u(c3, 51));
  c0 = i64x2.add(v128.and(c0, m), times19(i64x2.shr_u(c4, 51)));
  c1 = i64x2.add(v128.and(c1, m), i64x2.shr_u(c0, 51));

  const bits = v128.load(toFloat);
  const middle = v128.load(center);
  v128.store(r, limb(v128.and(c0, m), bits, middle));
  v128.store(r, limb(c1, bits, middle), 16);
  v128.store(r, limb(v128.and(c2, m), bits, middle), 32);
  v128.store(r, limb(v128.and(c3, m), bits, middle), 48);
  v128.store(r, limb(v128.and(c4, m), bits, middle), 64);
}

/** A column with the one five above it folded in. */
@inline
function column(at: usize, above: v128): v128 {
  return i64x2.add(v128.load(lowColumns + at), times19(above));
}

@inline
function times19(x: v128): v128 {
  return i64x2.add(x, i64x2.add(i64x2.shl(x, 1), i64x2.shl(x, 4)));
}

/** From 0 … 2^51 to the float of -2^50 … 2^50, by what `toFloat` and `center` hold. */
@inline
function limb(x: v128, bits: v128, middle: v128): v128 {
  return f64x2.sub(i64x2.add(x, bits), middle);
}

/** Reads 32 bytes into one lane. The highest bit is dropped; 2^255 - 19 … 2^255 - 1 are read as they are. */
export function fromBytes(r: usize, lane: i32, bytes: usize): void {
  unpack(bytes);
  let h0 = load<i64>(limbs51);
  let h4 = load<i64>(limbs51, 32);
  // From 2^254 on, p less: 19 more, 2^255 less.
  if (h4 >= 1 << 50) {
    h0 += 19;
    h4 -= 1 << 51;
  }
  let carry: i64 = 0;
  for (let i: usize = 0; i < 4; i++) {
    const h = carry + (i == 0 ? h0 : load<i64>(limbs51 + 8 * i));
    carry = (h + (1 << 50)) >> 51;
    store<f64>(r + 16 * i + 8 * lane, <f64>(h - (carry << 51)));
  }
  store<f64>(r + 64 + 8 * lane, <f64>(h4 + carry));
}

/** Writes the 32 bytes of one lane of a loose element, reduced modulo p. */
export function toBytes(bytes: usize, a: usize, lane: i32): void {
  a += 8 * lane;
  store<i64>(limbs51, <i64>load<f64>(a));
  store<i64>(limbs51, <i64>load<f64>(a, 16), 8);
  store<i64>(limbs51, <i64>load<f64>(a, 32), 16);
  store<i64>(limbs51, <i64>load<f64>(a, 48), 24);
  store<i64>(limbs51, <i64>load<f64>(a, 64), 32);
  pack(bytes);
}

/** Sets all lanes to a small number. */
export function setSmall(r: usize, n: i32): void {
  memory.fill(r, 0, elementBytes);
  v128.store(r, f64x2.splat(<f64>n));
}

/** Copies one lane into a lane of another element. */
export function copyLane(r: usize, toLane: i32, a: usize, fromLane: i32): void {
  for (let i = 0; i < limbs; i++) {
    store<f64>(r + 16 * i + limbBytes * toLane, load<f64>(a + 16 * i + limbBytes * fromLane));
  }
}

/**
 * Entries of a table are of 128 bytes: the limbs of three elements of one lane, (y+x)/2, (y-x)/2 and
 * d x y, one after the other, 15 floats. Writes one lane of an element into place `part` of an entry.
 */
export function storePart(entry: usize, part: i32, a: usize, lane: i32): void {
  for (let i = 0; i < limbs; i++) {
    store<f64>(entry + limbBytes * (limbs * part + i), load<f64>(a + 16 * i + limbBytes * lane));
  }
}

/**
 * Brings an entry of a table into each lane of three elements at `r`. `steps` holds one number a
 * lane: the entry's address, which is a multiple of 128, plus 1 where the point is to be negated. That
 * exchanges (y+x)/2 and (y-x)/2 and turns the sign of d x y, here without a branch.
 */
export function gather(r: usize, steps: usize): void {
  const step0 = load<u32>(steps);
  const step1 = load<u32>(steps, 4);
  const entry0 = step0 & ~127;
  const entry1 = step1 & ~127;
  const negative = i64x2.replace_lane(i64x2.splat(-(<i64>(step0 & 1))), 1, -(<i64>(step1 & 1)));
  const sign = i64x2.shl(negative, 63);
  const a0 = v128.load(entry0);
  const a1 = v128.load(entry0, 16);
  const a2 = v128.load(entry0, 32);
  const a3 = v128.load(entry0, 48);
  const a4 = v128.load(entry0, 64);
  const a5 = v128.load(entry0, 80);
  const a6 = v128.load(entry0, 96);
  const a7 = v128.load(entry0, 112);
  const b0 = v128.load(entry1);
  const b1 = v128.load(entry1, 16);
  const b2 = v128.load(entry1, 32);
  const b3 = v128.load(entry1, 48);
  const b4 = v128.load(entry1, 64);
  const b5 = v128.load(entry1, 80);
  const b6 = v128.load(entry1, 96);
  const b7 = v128.load(entry1, 112);
  exchange(r, even(a0, b0), odd(a2, b2), negative);
  exchange(r + 16, odd(a0, b0), even(a3, b3), negative);
  exchange(r + 32, even(a1, b1), odd(a3, b3), negative);
  exchange(r + 48, odd(a1, b1), even(a4, b4), negative);
  exchange(r + 64, even(a2, b2), odd(a4, b4), negative);
  v128.store(r, v128.xor(even(a5, b5), sign), 160);
  v128.store(r, v128.xor(odd(a5, b5), sign), 176);
  v128.store(r, v128.xor(even(a6, b6), sign), 192);
  v128.store(r, v128.xor(odd(a6, b6), sign), 208);
  v128.store(r, v128.xor(even(a7, b7), sign), 224);
}

@inline
function even(a: v128, b: v128): v128 {
  return i64x2.shuffle(a, b, 0, 2);
}

@inline
function odd(a: v128, b: v128): v128 {
  return i64x2.shuffle(a, b, 1, 3);
}

/** Stores limbs of the first two elements, in exchange where `negative` is set. */
@inline
function exchange(r: usize, sum: v128, difference: v128, negative: v128): void {
  const both = v128.and(v128.xor(sum, difference), negative);
  v128.store(r, v128.xor(sum, both));
  v128.store(r, v128.xor(difference, both), 80);
}
