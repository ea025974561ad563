import type { Brand } from "../bytes/brand.js";

/**
 * A time as the format writes it: RFC 3339 UTC with exactly three decimals
 * (`2026-06-01T12:00:00.000Z`, section 1). All have one width, so that two of them compare
 * as strings.
 */
export type Time = Brand<string, "Time">;

const form = /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const daysOf = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Whether a text is such a time, and a real one: days that the month has, no leap second
 * (section 4), no hour 24.
 */
export function isTime(text: string): text is Time {
  if (!form.test(text)) return false;
  const day = Number(text.slice(8, 10));
  const month = Number(text.slice(5, 7));
  if (day >= 1 && day <= 28) return month >= 1 && month <= 12;
  return day >= 1 && day <= daysIn(Number(text.slice(0, 4)), month);
}

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : (daysOf[month - 1] ?? 0);
}

/**
 * A time as one number that compares as the time does: year·2^36 + month·2^32 + day·2^27 + hour·2^22 +
 * minute·2^16 + second·2^10 + millisecond. An integer below 2^50, and never 0, as no month is.
 */
export function packTime(time: Time): number {
  const high = 16 * digitsOf(time, 0, 4) + digitsOf(time, 5, 7);
  const low =
    (digitsOf(time, 8, 10) << 27) |
    (digitsOf(time, 11, 13) << 22) |
    (digitsOf(time, 14, 16) << 16) |
    (digitsOf(time, 17, 19) << 10) |
    digitsOf(time, 20, 23);
  // Of 2^32 and more, 32-bit operators keep nothing; the day's highest bit is their sign.
  return high * 2 ** 32 + (low >>> 0);
}

/** The time that `packTime` packed; of any other number, a text that may be no time. */
export function unpackTime(packed: number): Time {
  const high = Math.floor(packed / 2 ** 32);
  const low = packed >>> 0;
  const date = `${padded(high >> 4, 4)}-${padded(high & 15, 2)}-${padded(low >>> 27, 2)}`;
  const minute = `${padded((low >>> 22) & 31, 2)}:${padded((low >>> 16) & 63, 2)}`;
  return `${date}T${minute}:${padded((low >>> 10) & 63, 2)}.${padded(low & 1023, 3)}Z` as Time;
}

/** What a packed time is to be divided by for its year and month alone. */
export const packedMonth = 2 ** 32;

/** The milliseconds of a packed time since 1970-01-01T00:00:00.000Z, as `Date.parse` counts them. */
export function millisecondsOf(packed: number): number {
  const high = Math.floor(packed / packedMonth);
  const low = packed >>> 0;
  const days = daysBefore(high >> 4, high & 15) + (low >>> 27) - 1;
  const minutes = ((low >>> 22) & 31) * 60 + ((low >>> 16) & 63);
  return ((days * 1440 + minutes) * 60 + ((low >>> 10) & 63)) * 1000 + (low & 1023);
}

/** Days from 1970-01-01 to the first of a month. Years are counted from March, so that the leap day is their last. */
function daysBefore(year: number, month: number): number {
  const from = month > 2 ? year : year - 1;
  const months = (month + 9) % 12;
  const leapDays = Math.floor(from / 4) - Math.floor(from / 100) + Math.floor(from / 400);
  return from * 365 + leapDays + Math.floor((153 * months + 2) / 5) - 719468;
}

function digitsOf(text: string, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) value = 10 * value + text.charCodeAt(i) - 0x30;
  return value;
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, "0");
}
