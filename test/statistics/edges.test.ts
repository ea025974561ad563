import { expect, it } from "vitest";
import { upperLimit } from "../../src/statistics/limit.js";
import { planSample } from "../../src/statistics/plan.js";

const plan = (tolerableBp: number, expectedBp: number, population?: number) =>
  planSample({ confidenceBp: 9500, tolerableBp, expectedBp, population });

it("no sample tells rates apart that are equal, or the wrong way round", () => {
  for (const [tolerable, expected] of [
    [500, 500],
    [500, 501],
  ] as const)
    expect(plan(tolerable, expected)).toMatchObject({
      kind: "none",
      reason: expect.stringContaining("not below"),
    });
});

it("rates that lie too close need all, or more than any sample", () => {
  expect(plan(501, 500)).toMatchObject({ kind: "none", reason: expect.stringContaining("100000 items") });
  expect(plan(501, 500, 100)).toMatchObject({ kind: "planned", n: 100, allowed: 5 });
  expect(plan(501, 500, 10)).toEqual({ kind: "all", n: 10, allowed: 0 });
});

it("a population of one is all of it", () => {
  expect(plan(1000, 0, 1)).toMatchObject({ kind: "planned", n: 1 });
});

it("where every item deviates nothing limits the rate", () => {
  expect(upperLimit({ n: 5, deviations: 5, confidenceBp: 9500, population: undefined })).toEqual({
    rate: 1,
    tenthsOfPercent: 1000,
    items: undefined,
  });
});
