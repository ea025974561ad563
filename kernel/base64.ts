/** Standard base64 with padding and zero spare bits, as src/bytes/base64.ts reads it (RFC 4648). */
import { areAmong } from "./characters";

/**
 * Reads 88 characters to 64 bytes: a signature. Returns false where they are not the base64 of 64
 * bytes; what `out` holds then is undefined.
 */
export function decode64(out: usize, text: usize): bool {
  return decode(out, text, 80);
}

/** Reads 24 characters to 16 bytes: a nonce. Returns false as `decode64` does. */
export function decode16(out: usize, text: usize): bool {
  return decode(out, text, 16);
}

/** Reads `most` characters, a multiple of 16, and a last eight that end with "==". */
// @ts-ignore: decorator
@inline function decode(out: usize, text: usize, most: usize): bool {
  const last = text + most;
  let seen = i64x2.splat(0);
  for (; text < last; text += 16) {
    const values = valuesOf(v128.load(text));
    seen = v128.or(seen, values);
    // 16 bytes are written, over the last of which the next ones are.
    v128.store(out, packed(values));
    out += 12;
  }
  // Six characters are left, 36 bits: with "A", which is zero, in the place of the padding, the
  // fifth byte is the four spare bits. If they were not zero, this would be a second text for the
  // same bytes (section 3.5).
  const end = load<u64>(last);
  if (end >>> 48 != 0x3d3d) return false;
  const values = valuesOf(i64x2.splat((end & 0x0000ffffffffffff) | 0x4141000000000000));
  const bytes = packed(values);
  store<u32>(out, i32x4.extract_lane(bytes, 0));
  const isEach = i8x16.all_true(i8x16.lt_u(v128.or(seen, values), i8x16.splat(64)));
  return isEach && i8x16.extract_lane_u(bytes, 4) == 0;
}

/** The value of each character (section 4, table 1), and 255 where it has none. */
// @ts-ignore: decorator
@inline function valuesOf(text: v128): v128 {
  const upper = areAmong(text, 0x41, 26);
  const lower = areAmong(text, 0x61, 26);
  const digit = areAmong(text, 0x30, 10);
  const plus = i8x16.eq(text, i8x16.splat(0x2b));
  const slash = i8x16.eq(text, i8x16.splat(0x2f));
  let distance = v128.and(upper, i8x16.splat(0 - 0x41));
  distance = v128.or(distance, v128.and(lower, i8x16.splat(26 - 0x61)));
  distance = v128.or(distance, v128.and(digit, i8x16.splat(52 - 0x30)));
  distance = v128.or(distance, v128.and(plus, i8x16.splat(62 - 0x2b)));
  distance = v128.or(distance, v128.and(slash, i8x16.splat(63 - 0x2f)));
  const known = v128.or(v128.or(v128.or(upper, lower), v128.or(digit, plus)), slash);
  return v128.or(i8x16.add(text, distance), v128.not(known));
}

/** The 12 bytes that 16 values of six bits are, and four zeroes. */
// @ts-ignore: decorator
@inline function packed(values: v128): v128 {
  // The first of two has the higher bits, but stands in the lower byte: two to 12 bits, four to 24.
  const twelves = v128.or(v128.and(i16x8.shl(values, 6), i16x8.splat(0xfc0)), i16x8.shr_u(values, 8));
  const all = v128.or(v128.and(i32x4.shl(twelves, 12), i32x4.splat(0xfff000)), i32x4.shr_u(twelves, 16));
  const zeroes = i64x2.splat(0);
  return i8x16.shuffle(all, zeroes, 2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 16, 16, 16, 16);
}
