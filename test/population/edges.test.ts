import { describe, expect, it } from "vitest";
import { packTime, type Time } from "../../src/json/time.js";
import type { Item } from "../../src/population/item.js";
import { ItemTally, SilenceWatch } from "../../src/population/tally.js";

const item = (seq: number, decided_at: string, held = 0) =>
  ({ outline: { seq, decidedAt: packTime(decided_at as Time) }, held: Array(held) }) as unknown as Item;

describe("a tally", () => {
  it("has the first and last number and time, in whatever order items come", () => {
    const tally = new ItemTally();
    tally.add(item(5, "2026-03-10T00:00:00.000Z", 1));
    expect([tally.firstSeq, tally.lastSeq, tally.from, tally.to]).toEqual([
      5,
      5,
      "2026-03-10T00:00:00.000Z",
      "2026-03-10T00:00:00.000Z",
    ]);
    tally.add(item(3, "2026-01-31T23:59:59.999Z"));
    tally.add(item(9, "2026-05-01T00:00:00.000Z", 2));
    tally.add(item(7, "2026-03-01T00:00:00.000Z"));
    expect(tally).toMatchObject({ count: 4, receipts: 7, firstSeq: 3, lastSeq: 9 });
    expect([tally.from, tally.to]).toEqual(["2026-01-31T23:59:59.999Z", "2026-05-01T00:00:00.000Z"]);
    expect(tally.byMonth).toEqual([
      { month: "2026-01", count: 1 },
      { month: "2026-02", count: 0 },
      { month: "2026-03", count: 2 },
      { month: "2026-04", count: 0 },
      { month: "2026-05", count: 1 },
    ]);
  });

  it("of nothing has no months", () => {
    expect(new ItemTally().byMonth).toEqual([]);
  });

  it("lists the months between up to a hundred years, and then only those that have items", () => {
    const over = (last: string) => {
      const tally = new ItemTally();
      tally.add(item(0, "1926-01-01T00:00:00.000Z"));
      tally.add(item(1, last));
      return tally.byMonth.length;
    };
    expect(over("2025-12-01T00:00:00.000Z")).toBe(1200);
    expect(over("2026-01-01T00:00:00.000Z")).toBe(2);
  });
});

describe("the longest silence", () => {
  const watch = (...times: readonly string[]) => {
    const silence = new SilenceWatch();
    for (const time of times) silence.add(packTime(`2026-01-01T00:${time}.000Z` as Time));
    return silence.longest;
  };
  it("is the first of those that are equally long", () => {
    expect(watch("00:00", "00:10", "00:20")).toMatchObject({ seconds: 10, from: "2026-01-01T00:00:00.000Z" });
    expect(watch("00:00", "00:10", "00:21")).toMatchObject({ seconds: 11, from: "2026-01-01T00:00:10.000Z" });
  });

  it("is not measured from a time that went back", () => {
    expect(watch("00:10", "00:00", "00:12")).toMatchObject({ seconds: 2 });
    expect(watch("00:10", "00:10")).toBeUndefined();
    expect(watch("00:10")).toBeUndefined();
  });
});
