/** The point of an encoded public key (RFC 8032 section 5.1.3). */
import { d, fill, one, rootOfMinusOne } from "./curve";
import { add, elementBytes, mul, setSmall, sub, toBytes } from "./field";
import { pow22523 } from "./power";

const u: usize = memory.data(160, 16);
const v: usize = memory.data(160, 16);
const v3: usize = memory.data(160, 16);
const t: usize = memory.data(160, 16);
const bytes: usize = memory.data(32, 8);

/**
 * Reads the point of 32 bytes into all lanes of `p`, with Z = 1, or the point's negative. Refuses, with
 * false, what is not the canonical encoding of a point: y from p on, y of no point, a sign bit where x is 0.
 */
export function decode(p: usize, encoded: usize, negate: bool): bool {
  const x = p;
  const y = p + elementBytes;
  const sign = load<u8>(encoded, 31) >> 7;
  fill(y, encoded);
  toBytes(bytes, y, 0);
  store<u8>(bytes, load<u8>(bytes, 31) | (sign << 7), 31);
  if (!same(bytes, encoded)) return false;

  // x^2 = u / v, with u = y^2 - 1 and v = d y^2 + 1.
  mul(t, y, y);
  sub(u, t, one);
  mul(u, u, one);
  mul(v, t, d);
  add(v, v, one);
  mul(v, v, one);
  // x = u v^3 (u v^7)^((p-5)/8) is the root, up to a factor of sqrt(-1), if there is one.
  mul(v3, v, v);
  mul(v3, v3, v);
  mul(t, v3, v3);
  mul(t, t, v);
  mul(t, t, u);
  pow22523(t, t);
  mul(t, t, v3);
  mul(x, t, u);
  mul(t, x, x);
  mul(t, t, v);
  sub(v3, t, u);
  if (!isZero(v3)) {
    add(v3, t, u);
    if (!isZero(v3)) return false;
    mul(x, x, rootOfMinusOne);
  }

  toBytes(bytes, x, 0);
  if (sign && isZero(x)) return false;
  if ((load<u8>(bytes) & 1) ^ sign ^ u8(negate)) {
    setSmall(t, 0);
    sub(x, t, x);
    mul(x, x, one);
  }
  setSmall(p + 2 * elementBytes, 1);
  mul(p + 3 * elementBytes, x, y);
  return true;
}

const digits: usize = memory.data(32, 8);

/** Whether an element, loose and the same in all lanes, is 0. */
function isZero(a: usize): bool {
  toBytes(digits, a, 0);
  return (load<u64>(digits) | load<u64>(digits, 8) | load<u64>(digits, 16) | load<u64>(digits, 24)) == 0;
}

/** Whether two strings of 32 bytes are the same. */
export function same(a: usize, b: usize): bool {
  return (
    load<u64>(a) == load<u64>(b) &&
    load<u64>(a, 8) == load<u64>(b, 8) &&
    load<u64>(a, 16) == load<u64>(b, 16) &&
    load<u64>(a, 24) == load<u64>(b, 24)
  );
}
