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
