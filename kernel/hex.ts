/** Lower-case hexadecimal, as src/bytes/hex.ts reads it. */
import { areAmong } from "./characters";

/** Reads 64 digits to 32 bytes. Returns false where another character is among them. */
export function digestOf(out: usize, text: usize): bool {
  return hexOf16(out, text) && hexOf16(out + 16, text + 32);
}

/** Reads 32 digits to 16 bytes. Returns false where another character is among them. */
export function hexOf16(out: usize, text: usize): bool {
  const first = v128.load(text);
  const second = v128.load(text, 16);
  if (!i8x16.all_true(v128.and(areDigits(first), areDigits(second)))) return false;
  v128.store(out, i8x16.narrow_i16x8_u(pairs(first), pairs(second)));
  return true;
}

// @ts-ignore: decorator
@inline function areDigits(text: v128): v128 {
  return v128.or(areAmong(text, 0x30, 10), areAmong(text, 0x61, 6)); // 0 to 9, a to f
}

/** Of 16 digits, the value of each two, in the eight halves of 16 bits. */
// @ts-ignore: decorator
@inline function pairs(digits: v128): v128 {
  // The low four bits of a digit are its value, of a letter its value less nine.
  const nine = v128.and(i8x16.gt_u(digits, i8x16.splat(0x39)), i8x16.splat(9));
  const values = i8x16.add(v128.and(digits, i8x16.splat(15)), nine);
  // The first digit of two is the high one, and in the low byte of the half.
  return v128.and(v128.or(i16x8.shl(values, 4), i16x8.shr_u(values, 8)), i16x8.splat(255));
}
