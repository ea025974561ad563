/** The times of the format, as src/json/time.ts accepts them: `2026-06-01T12:00:00.000Z`. */

/** The text with the least digits, and how much more each byte may be: 9999-19-39T29:59:59.999Z. */
const form: usize = memory.data<u8>([
  0x30, 0x30, 0x30, 0x30, 0x2d, 0x30, 0x30, 0x2d, 0x30, 0x30, 0x54, // 0000-00-00T
  0x30, 0x30, 0x3a, 0x30, 0x30, 0x3a, 0x30, 0x30, 0x2e, 0x30, 0x30, 0x30, 0x5a, // 00:00:00.000Z
  0, 0, 0, 0, 0, 0, 0, 0,
], 16);
const most: usize = memory.data<u8>([
  9, 9, 9, 9, 0, 1, 9, 0, 3, 9, 0,
  2, 9, 0, 5, 9, 0, 5, 9, 0, 9, 9, 9, 0,
  0, 0, 0, 0, 0, 0, 0, 0,
], 16);

const daysOf: usize = memory.data<u8>([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);

/**
 * Reads the 24 bytes of a time to one number that is larger for a later time: year * 2^36 +
 * month * 2^32 + day * 2^27 + hour * 2^22 + minute * 2^16 + second * 2^10 + millisecond. Returns -1
 * where they are no time, or none that there is.
 */
export function readTime(text: usize): f64 {
  const first = i8x16.sub(v128.load(text), v128.load(form));
  const second = i8x16.sub(v128.load64_zero(text, 16), v128.load(form, 16));
  const firstFits = i8x16.le_u(first, v128.load(most));
  const secondFits = i8x16.le_u(second, v128.load(most, 16));
  if (!i8x16.all_true(v128.and(firstFits, secondFits))) return -1;

  // Each digit is its value now: ten times the one that begins a number of two, and the other.
  const tens = i8x16.shuffle(first, second, 0, 2, 5, 8, 11, 14, 17, 20, 0, 0, 0, 0, 0, 0, 0, 0);
  const ones = i8x16.shuffle(first, second, 1, 3, 6, 9, 12, 15, 18, 21, 0, 0, 0, 0, 0, 0, 0, 0);
  const twos = i16x8.add(
    i16x8.extmul_low_i8x16_u(tens, i8x16.splat(10)),
    i16x8.extend_low_i8x16_u(ones),
  );
  const year: i32 = 100 * i16x8.extract_lane_u(twos, 0) + i16x8.extract_lane_u(twos, 1);
  const month: i32 = i16x8.extract_lane_u(twos, 2);
  const day: i32 = i16x8.extract_lane_u(twos, 3);
  const hour: i32 = i16x8.extract_lane_u(twos, 4);
  if (month == 0 || month > 12 || day == 0 || day > daysIn(year, month) || hour > 23) return -1;
  const minute: i32 = i16x8.extract_lane_u(twos, 5);
  const secondOfMinute: i32 = i16x8.extract_lane_u(twos, 6);
  const millisecond: i32 = 10 * i16x8.extract_lane_u(twos, 7) + i8x16.extract_lane_u(second, 6);
  const date = <i64>((year << 9) | (month << 5) | day) << 27;
  return <f64>(date | <i64>((hour << 22) | (minute << 16) | (secondOfMinute << 10) | millisecond));
}

function daysIn(year: i32, month: i32): i32 {
  const isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && isLeap ? 29 : load<u8>(daysOf + month - 1);
}
