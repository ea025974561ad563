import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { achievedConfidence, extensionRisk } from "../../src/statistics/confidence.js";
import { upperLimit } from "../../src/statistics/limit.js";
import { discoverySize, planSample } from "../../src/statistics/plan.js";
import { ceilOfRate } from "../../src/statistics/rate.js";
import { isAtMost, tail } from "../../src/statistics/tail.js";

describe("plans", () => {
  it.each([
    [95, 5, 0, 59, 0],
    [95, 5, 1.25, 124, 2],
    [95, 5, 2, 181, 4],
    [95, 5, 3.5, 624, 22],
    [95, 10, 0, 29, 0],
    [95, 2, 0, 149, 0],
    [95, 7, 1, 66, 1],
    [95, 10, 5, 116, 6],
    [90, 5, 0, 45, 0],
    [90, 5, 3.5, 400, 14],
    [90, 8, 7, 1300, 91],
    [90, 10, 2.25, 38, 1],
  ])(
    "at %d %%, tolerable %d %%, expected %d %%: %i items, %i may deviate",
    (confidence, tolerable, expected, n, allowed) => {
      const bp = (percent: number) => Math.round(percent * 100);
      expect(
        planSample({ confidenceBp: bp(confidence), tolerableBp: bp(tolerable), expectedBp: bp(expected) }),
      ).toEqual({
        kind: "planned",
        n,
        allowed,
      });
    },
  );

  it.each([
    [100, 5, 45],
    [100, 8, 31],
    [100, 10, 25],
    [500, 5, 56],
    [500, 8, 35],
    [500, 10, 28],
  ])("of %i items at 95 %%, tolerable %d %%: %i", (population, tolerable, n) => {
    const plan = planSample({ confidenceBp: 9500, tolerableBp: tolerable * 100, expectedBp: 0, population });
    expect(plan).toEqual({ kind: "planned", n, allowed: 0 });
  });

  it.each([
    [1000, 10, 258],
    [500, 5, 225],
  ])("find one of %2$i in %1$i with %3$i items", (population, deviating, n) => {
    expect(discoverySize({ population, deviating, confidenceBp: 9500 })).toBe(n);
  });

  it("say that there is none where the rates cannot be told apart", () => {
    expect(planSample({ confidenceBp: 9500, tolerableBp: 500, expectedBp: 500 }).kind).toBe("none");
    expect(planSample({ confidenceBp: 9500, tolerableBp: 500, expectedBp: 499 }).kind).toBe("none");
  });

  it("say that all items have to be tested where nothing less is enough", () => {
    expect(planSample({ confidenceBp: 9900, tolerableBp: 100, expectedBp: 0, population: 10 })).toEqual({
      kind: "planned",
      n: 10,
      allowed: 0,
    });
  });

  it("are the smallest: one item less is not enough", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 3000 }),
        fc.constantFrom(8000, 9000, 9500, 9900),
        (tolerableBp, confidenceBp) => {
          const plan = planSample({ confidenceBp, tolerableBp, expectedBp: 0 });
          if (plan.kind !== "planned") throw new Error(plan.kind);
          expect(isAtMost({ kind: "binomial", rateBp: tolerableBp }, plan.n, 0, 10_000 - confidenceBp)).toBe(
            true,
          );
          expect(
            isAtMost({ kind: "binomial", rateBp: tolerableBp }, plan.n - 1, 0, 10_000 - confidenceBp),
          ).toBe(false);
        },
      ),
    );
  });

  it("of a large population need as many items as of one that is not known", () => {
    const known = planSample({
      confidenceBp: 9500,
      tolerableBp: 500,
      expectedBp: 200,
      population: 10_000_000,
    });
    expect(known).toEqual(planSample({ confidenceBp: 9500, tolerableBp: 500, expectedBp: 200 }));
  });

  it("take ceilings of integers: 3.5 % of 400 is 14, and not 15", () => {
    expect(ceilOfRate(400, 350)).toBe(14);
    expect(ceilOfRate(1300, 700)).toBe(91);
    expect(ceilOfRate(1, 1)).toBe(1);
    expect(ceilOfRate(5, 0)).toBe(0);
  });
});

describe("upper limits", () => {
  it.each([
    [25, [11.2928, 17.6121, 23.104]],
    [60, [4.8703, 7.664, 10.1236]],
    [100, [2.9513, 4.656, 6.1619]],
  ])("of %i items at 95 %% are the published ones", (n, limits) => {
    limits.forEach((percent, deviations) => {
      expect(upperLimit({ n, deviations, confidenceBp: 9500 }).rate * 100).toBeCloseTo(percent, 4);
    });
  });

  it("are shown rounded up, never down", () => {
    expect(upperLimit({ n: 25, deviations: 0, confidenceBp: 9500 }).tenthsOfPercent).toBe(113);
    expect(upperLimit({ n: 60, deviations: 0, confidenceBp: 9500 }).tenthsOfPercent).toBe(49);
    // 1 - 0.5^(1/1) is 50 % exactly.
    expect(upperLimit({ n: 1, deviations: 0, confidenceBp: 5000 }).tenthsOfPercent).toBe(500);
  });

  it("are the whole where every item deviates", () => {
    expect(upperLimit({ n: 25, deviations: 25, confidenceBp: 9500 })).toEqual({
      rate: 1,
      tenthsOfPercent: 1000,
      items: undefined,
    });
  });

  it("of a population that was tested whole are what was found", () => {
    expect(upperLimit({ n: 40, deviations: 3, confidenceBp: 9500, population: 40 })).toMatchObject({
      items: 3,
      rate: 0.075,
    });
  });

  const tested = fc
    .tuple(fc.integer({ min: 1, max: 25 }), fc.integer({ min: 0, max: 25 }), fc.integer({ min: 0, max: 25 }))
    .map(([population, n, k]) => ({ population, n: Math.max(1, n % (population + 1)), k }))
    .map(({ population, n, k }) => ({ population, n, deviations: k % (n + 1) }));

  it("of a known population are what counting all samples gives", () => {
    fc.assert(
      fc.property(
        tested,
        fc.constantFrom(8000, 9500, 9900),
        ({ population, n, deviations }, confidenceBp) => {
          const { items } = upperLimit({ n, deviations, confidenceBp, population });
          const possible = Array.from({ length: population + 1 }, (_, deviating) => deviating)
            .filter((deviating) => deviating >= deviations && population - deviating >= n - deviations)
            .filter(
              (deviating) =>
                countTail(population, deviating, n, deviations) * 10_000n >
                ways(population, n) * BigInt(10_000 - confidenceBp),
            );
          expect(items).toBe(Math.max(...possible));
        },
      ),
    );
  });

  it("rise with deviations and fall with items", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 200 }), fc.nat(), (n, k) => {
        const deviations = k % (n - 1);
        const of = (size: number, found: number) =>
          upperLimit({ n: size, deviations: found, confidenceBp: 9500 }).rate;
        expect(of(n, deviations + 1)).toBeGreaterThan(of(n, deviations));
        expect(of(n + 1, deviations)).toBeLessThan(of(n, deviations));
      }),
      { numRuns: 50 },
    );
  });
});

describe("tails", () => {
  const ofBinomial = fc.record({
    n: fc.integer({ min: 1, max: 60 }),
    k: fc.integer({ min: 0, max: 60 }),
    rateBp: fc.integer({ min: 1, max: 9999 }),
  });

  it("are what exact integers give", () => {
    fc.assert(
      fc.property(ofBinomial, ({ n, k, rateBp }) => {
        let sum = 0n;
        for (let i = 0; i <= Math.min(n, k); i++)
          sum += ways(n, i) * BigInt(rateBp) ** BigInt(i) * BigInt(10_000 - rateBp) ** BigInt(n - i);
        const scaled = Number((sum * 10n ** 15n) / 10_000n ** BigInt(n)) / 1e15;
        expect(tail({ kind: "binomial", rateBp }, n, k)).toBeCloseTo(scaled, 10);
      }),
    );
  });

  it("that equal the risk exactly are decided in integers", () => {
    // One item, a rate of 95 %: P(X = 0) is 5 % exactly.
    expect(isAtMost({ kind: "binomial", rateBp: 9500 }, 1, 0, 500)).toBe(true);
    expect(isAtMost({ kind: "binomial", rateBp: 9500 }, 1, 0, 499)).toBe(false);
    // 1 of 20 deviates, 19 are drawn: P(X = 0) is 1/20.
    expect(isAtMost({ kind: "hypergeometric", population: 20, deviating: 1 }, 19, 0, 500)).toBe(true);
    expect(isAtMost({ kind: "hypergeometric", population: 20, deviating: 1 }, 19, 0, 499)).toBe(false);
  });
});

describe("what a size is worth", () => {
  it("25 with no deviation is 92.8 % at 10 % tolerable and 72.3 % at 5 %", () => {
    expect(achievedConfidence({ n: 25, deviations: 0, tolerableBp: 1000 })).toBeCloseTo(0.928, 3);
    expect(achievedConfidence({ n: 25, deviations: 0, tolerableBp: 500 })).toBeCloseTo(0.723, 3);
  });

  it("25 and 15 more after a deviation accept at 10 % with 11.28 %, 25 alone with 7.18 %", () => {
    const { firstAlone, extended } = extensionRisk({ first: 25, more: 15, tolerableBp: 1000 });
    expect(firstAlone).toBeCloseTo(0.0718, 4);
    expect(extended).toBeCloseTo(0.1128, 4);
  });
});

function ways(n: number, k: number): bigint {
  if (k < 0 || k > n) return 0n;
  let product = 1n;
  for (let i = 1; i <= k; i++) product = (product * BigInt(n - i + 1)) / BigInt(i);
  return product;
}

function countTail(population: number, deviating: number, n: number, most: number): bigint {
  let sum = 0n;
  for (let i = 0; i <= most; i++) sum += ways(deviating, i) * ways(population - deviating, n - i);
  return sum;
}
