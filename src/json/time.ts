import type { Brand } from "../bytes/brand.js";

/**
 * A time as the format writes it: RFC 3339 UTC with exactly three decimals
 * (`2026-06-01T12:00:00.000Z`, section 1). All have one width, so that two of them compare
 * as strings.
 */
export type Time = Brand<string, "Time">;

const form = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const daysOf = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Whether a text is such a time, and a real one: days that the month has, no leap second
 * (section 4), no hour 24.
 */
export function isTime(text: string): text is Time {
  const parts = form.exec(text);
  if (parts === null) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  return day >= 1 && day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : (daysOf[month - 1] ?? 0);
}
