/**
 * Points of edwards25519, -x^2 + y^2 = 1 + d x^2 y^2 (RFC 8032 section 5.1), one in each lane of the field.
 *
 * A point is four elements, tight: X, Y, Z, T with x = X/Z, y = Y/Z and x y = T/Z. The formulas are those
 * of RFC 8032 section 5.1.4. As -1 is a square and d is not, they hold for any two points of the curve, the
 * identity and twice the same one included, and Z is never 0: there are no cases, and no doubling of
 * its own, which would save nothing once its sums are carried.
 */
import { add, elementBytes, fromBytes, lanes, mul, setSmall, sub } from "./field";

export const pointBytes: i32 = 4 * elementBytes;

const Y: i32 = elementBytes;
const Z: i32 = 2 * elementBytes;
const T: i32 = 3 * elementBytes;

/** Constants, the same number in all lanes. */
export const one: usize = memory.data(160, 16);
export const half: usize = memory.data(160, 16);
export const d: usize = memory.data(160, 16);
export const fourD: usize = memory.data(160, 16);
export const rootOfMinusOne: usize = memory.data(160, 16);
const twoD: usize = memory.data(160, 16);

setSmall(one, 1);
fill(
  half,
  memory.data<u64>([0xfffffffffffffff7, 0xffffffffffffffff, 0xffffffffffffffff, 0x3fffffffffffffff]),
);
fill(
  d,
  memory.data<u64>([0x75eb4dca135978a3, 0x00700a4d4141d8ab, 0x8cc740797779e898, 0x52036cee2b6ffe73]),
);
fill(
  rootOfMinusOne,
  memory.data<u64>([0xc4ee1b274a0ea0b0, 0x2f431806ad2fe478, 0x2b4d00993dfbd7a7, 0x2b8324804fc1df0b]),
);
add(twoD, d, d);
mul(twoD, twoD, one);
add(fourD, twoD, twoD);
mul(fourD, fourD, one);

/** Reads 32 bytes into all lanes. */
export function fill(r: usize, bytes: usize): void {
  for (let lane = 0; lane < lanes; lane++) fromBytes(r, lane, bytes);
}

/** p = (0, 1) in all lanes. */
export function setIdentity(p: usize): void {
  setSmall(p, 0);
  setSmall(p + Y, 1);
  setSmall(p + Z, 1);
  setSmall(p + T, 0);
}

const a: usize = memory.data(160, 16);
const b: usize = memory.data(160, 16);
const c: usize = memory.data(160, 16);
const e: usize = memory.data(160, 16);
const f: usize = memory.data(160, 16);
const g: usize = memory.data(160, 16);
const h: usize = memory.data(160, 16);

/**
 * p += q, where q is three elements: (y+x)/2 and (y-x)/2, loose, and d x y. Halved, they spare the
 * doubling of Z, and so every sum here is of two tight elements.
 */
export function addEntry(p: usize, q: usize): void {
  sub(e, p + Y, p);
  mul(a, e, q + elementBytes);
  add(e, p + Y, p);
  mul(b, e, q);
  mul(c, p + T, q + 2 * elementBytes);
  sub(e, b, a);
  sub(f, p + Z, c);
  add(g, p + Z, c);
  add(h, b, a);
  mul(p, e, f);
  mul(p + Y, g, h);
  mul(p + Z, f, g);
  mul(p + T, e, h);
}

/** r = p + q; any of them may be the same. */
export function addPoints(r: usize, p: usize, q: usize): void {
  sub(e, p + Y, p);
  sub(f, q + Y, q);
  mul(a, e, f);
  add(e, p + Y, p);
  add(f, q + Y, q);
  mul(b, e, f);
  mul(c, p + T, twoD);
  mul(c, c, q + T);
  add(e, p + Z, p + Z);
  mul(g, e, q + Z);
  sub(e, b, a);
  sub(f, g, c);
  add(g, g, c);
  add(h, b, a);
  mul(r, e, f);
  mul(r + Y, g, h);
  mul(r + Z, f, g);
  mul(r + T, e, h);
}
