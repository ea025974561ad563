import fc from "fast-check";
import { expect, it } from "vitest";
import { isTime, millisecondsOf, packTime, type Time, unpackTime } from "../../src/json/time.js";

it("accepts every millisecond of four-digit years as JavaScript writes it", () => {
  const day = {
    min: new Date("0000-01-01T00:00:00.000Z"),
    max: new Date("9999-12-31T23:59:59.999Z"),
    noInvalidDate: true,
  };
  fc.assert(
    fc.property(fc.date(day), (date) => isTime(date.toISOString())),
    { numRuns: 2000 },
  );
});

it("accepts exactly the days that there are", () => {
  for (const year of ["1900", "2000", "2023", "2024", "2100"]) {
    for (let month = 0; month <= 13; month++) {
      for (let day = 0; day <= 32; day++) {
        const date = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
        const parsed = new Date(`${date}T00:00:00.000Z`);
        const exists = !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date);
        expect(isTime(`${date}T00:00:00.000Z`), date).toBe(exists);
      }
    }
  }
});

it("compares as text", () => {
  const times = fc.date({ min: new Date(0), max: new Date("9999-01-01T00:00:00.000Z"), noInvalidDate: true });
  fc.assert(fc.property(times, times, (a, b) => a < b === a.toISOString() < b.toISOString()));
});

it("packs into a number that compares as the time does, and comes back", () => {
  const times = fc.date({
    min: new Date("0000-01-01T00:00:00.000Z"),
    max: new Date("9999-12-31T23:59:59.999Z"),
    noInvalidDate: true,
  });
  const textOf = (date: Date) => date.toISOString() as Time;
  fc.assert(
    fc.property(times, times, (a, b) => {
      const [first, second] = [packTime(textOf(a)), packTime(textOf(b))];
      expect(first < second).toBe(a < b);
      expect(unpackTime(first)).toBe(textOf(a));
      if (isTime(textOf(a))) expect(millisecondsOf(first)).toBe(Date.parse(textOf(a)));
      expect(Number.isSafeInteger(first) && first > 0).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

it("packs by the layout that records have", () => {
  const packed =
    2026 * 2 ** 36 + 6 * 2 ** 32 + 31 * 2 ** 27 + 23 * 2 ** 22 + 59 * 2 ** 16 + 58 * 2 ** 10 + 999;
  expect(packTime("2026-06-31T23:59:58.999Z" as Time)).toBe(packed);
  expect(packTime("9999-12-31T23:59:59.999Z" as Time)).toBeLessThan(2 ** 50);
});

it("has the milliseconds that Date.parse gives, in every month of every year", () => {
  for (let year = 0; year <= 9999; year++) {
    const month = 1 + ((year * 7) % 12);
    const padded = (value: number, width: number) => String(value).padStart(width, "0");
    for (const day of [1, 28]) {
      const text = `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}T23:59:58.999Z`;
      if (millisecondsOf(packTime(text as Time)) !== Date.parse(text)) throw new Error(text);
    }
  }
});
