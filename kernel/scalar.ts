/**
 * Scalars modulo L = 2^252 + c, the order of the base point (RFC 8032 section 5.1),
 * c = 27742317777372353535851937790883648493.
 */

/** L, least significant word first. */
const order: usize = memory.data<u64>([0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000], 8);

/** Whether 32 bytes are a number below L. */
export function isReduced(scalar: usize): bool {
  for (let at: isize = 24; at >= 0; at -= 8) {
    const word = load<u64>(scalar + at);
    const limit = load<u64>(order + at);
    if (word != limit) return word < limit;
  }
  return false;
}

/** 24 signed digits of 21 bits, and one more for a carry. */
const digits: usize = memory.data(8 * 25, 8);

const digitBits = 21;
const digitMask = (1 << digitBits) - 1;

/**
 * Writes the 32 bytes of a number of 64 bytes modulo L. As 2^252 = -c (mod L), digit i from 12 on goes,
 * times the six digits of -c, to the digits from i - 12 to i - 7.
 *
 * Bounds, of magnitudes. Digit 23 has 29 bits, the others 21, those of c at most 20: six products come to
 * less than 2^50. After a round of carries digits are at most 2^20, but for the highest, which a carry of
 * less than 2^29 reaches; so the second time, too, sums stay below 2^50. Rounded carries leave digits 0 to
 * 11 together at V ≤ 2^251 (1 + 2^-20), and digit 12 below 2^29: folded, it changes V by less than 2^154.
 * So V / 2^252, rounded down, is 0 or -1, and the last fold, which adds L where it is -1, gives a number
 * from 0 to L - 1.
 */
export function reduce(out: usize, wide: usize): void {
  for (let i = 0; i < 24; i++) {
    const bit = digitBits * i;
    const digit = load<u32>(wide + (bit >> 3)) >> (bit & 7);
    setDigit(i, i < 23 ? digit & digitMask : digit);
  }
  for (let i = 23; i >= 18; i--) fold(i);
  carryRounded(6, 17);
  for (let i = 17; i >= 12; i--) fold(i);
  carryRounded(0, 12);
  fold(12);
  carryDown(0, 12);
  fold(12);
  carryDown(0, 11);
  memory.fill(out, 0, 32);
  for (let i = 0; i < 12; i++) {
    const at = out + ((digitBits * i) >> 3);
    store<u32>(at, load<u32>(at) | (<u32>digit(i) << ((digitBits * i) & 7)));
  }
}

/** Replaces digit i by what it comes to at lower places. */
@inline
function fold(i: i32): void {
  const top = digit(i);
  setDigit(i, 0);
  setDigit(i - 12, digit(i - 12) + top * 666643);
  setDigit(i - 11, digit(i - 11) + top * 470296);
  setDigit(i - 10, digit(i - 10) + top * 654183);
  setDigit(i - 9, digit(i - 9) - top * 997805);
  setDigit(i - 8, digit(i - 8) + top * 136657);
  setDigit(i - 7, digit(i - 7) - top * 683901);
}

/** Leaves digits from `from` to `end` - 1 from -2^20 to 2^20 - 1, and carries into `end`. */
@inline
function carryRounded(from: i32, end: i32): void {
  carry(from, end, 1 << (digitBits - 1));
}

/** Leaves digits from `from` to `end` - 1 from 0 to 2^21 - 1, and carries into `end`. */
@inline
function carryDown(from: i32, end: i32): void {
  carry(from, end, 0);
}

@inline
function carry(from: i32, end: i32, rounding: i64): void {
  let over: i64 = 0;
  for (let i = from; i < end; i++) {
    const sum = digit(i) + over;
    over = (sum + rounding) >> digitBits;
    setDigit(i, sum - (over << digitBits));
  }
  setDigit(end, digit(end) + over);
}

@inline
function digit(i: i32): i64 {
  return load<i64>(digits + 8 * i);
}

@inline
function setDigit(i: i32, value: i64): void {
  store<i64>(digits + 8 * i, value);
}
