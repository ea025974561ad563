/** Powers of field elements whose exponents are nearly all ones: squarings, and few products. */
import { elementBytes, mul } from "./field";

const a: usize = memory.data(160, 16);
const b: usize = memory.data(160, 16);
const c: usize = memory.data(160, 16);
const eleventh: usize = memory.data(160, 16);

/** r = x^(p-2) = 1/x (mod p), and 0 for 0. */
export function invert(r: usize, x: usize): void {
  ones250(x);
  squareTimes(a, a, 5);
  mul(r, a, eleventh); // (2^250 - 1) 2^5 + 11 = 2^255 - 21
}

/** r = x^((p-5)/8), for square roots (RFC 8032 section 5.1.3). */
export function pow22523(r: usize, x: usize): void {
  ones250(x);
  squareTimes(a, a, 2);
  mul(r, a, x); // (2^250 - 1) 2^2 + 1 = 2^252 - 3
}

/** a = x^(2^250 - 1) and eleventh = x^11. */
function ones250(x: usize): void {
  mul(a, x, x);
  squareTimes(b, a, 2);
  mul(b, b, x); // 9
  mul(eleventh, b, a);
  mul(a, eleventh, eleventh);
  mul(a, a, b); // 2^5 - 1
  double(b, a, 5); // 2^10 - 1
  double(c, b, 10); // 2^20 - 1
  double(c, c, 20); // 2^40 - 1
  squareTimes(c, c, 10);
  mul(b, c, b); // 2^50 - 1
  double(c, b, 50); // 2^100 - 1
  double(c, c, 100); // 2^200 - 1
  squareTimes(c, c, 50);
  mul(a, c, b); // 2^250 - 1
}

const before: usize = memory.data(160, 16);

/** r = x^(2^n + 1): twice as many ones in the exponent, where x has n of them. */
function double(r: usize, x: usize, n: i32): void {
  memory.copy(before, x, elementBytes);
  squareTimes(r, x, n);
  mul(r, r, before);
}

/** r = x^(2^n), n ≥ 1. */
function squareTimes(r: usize, x: usize, n: i32): void {
  mul(r, x, x);
  for (let i = 1; i < n; i++) mul(r, r, r);
}
