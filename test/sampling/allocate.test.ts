import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocateSeats, type Stratum } from "../../src/sampling/allocate.js";

const strata = [
  { name: "a", size: 900 },
  { name: "b", size: 80 },
  { name: "c", size: 20 },
];
const counts = (n: number, of: readonly Stratum[] = strata) => {
  const seats = allocateSeats(of, n);
  return of.map(({ name }) => seats.filter((seat) => seat === name).length);
};

const anyStrata = fc
  .array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 8 })
  .map((sizes) => sizes.map((size, i) => ({ name: `s${i}`, size })));

describe("allocation by Sainte-Laguë", () => {
  it.each([
    [25, [22, 2, 1]],
    [40, [36, 3, 1]],
    [60, [54, 5, 1]],
  ])("gives of 900, 80 and 20 the published shares of %i", (n, shares) => {
    expect(counts(n)).toEqual(shares);
  });

  it("gives 40 as the first 25 and more, whatever the strata", () => {
    fc.assert(
      fc.property(
        anyStrata,
        fc.integer({ min: 8, max: 60 }),
        fc.integer({ min: 0, max: 60 }),
        (of, n, more) => {
          expect(allocateSeats(of, n + more).slice(0, n)).toEqual(
            allocateSeats(of, n).slice(0, Math.min(n, n + more)),
          );
        },
      ),
    );
  });

  it("gives each stratum at least one and none more than it has, and all seats that there are", () => {
    fc.assert(
      fc.property(anyStrata, fc.integer({ min: 8, max: 400 }), (of, n) => {
        const shares = counts(n, of);
        shares.forEach((share, i) => {
          expect(share).toBeGreaterThanOrEqual(1);
          expect(share).toBeLessThanOrEqual(of[i]!.size);
        });
        const total = of.reduce((sum, { size }) => sum + size, 0);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(Math.min(n, total));
      }),
    );
  });

  it("does not depend on the order in which strata are met", () => {
    fc.assert(
      fc.property(anyStrata, fc.integer({ min: 8, max: 60 }), (of, n) => {
        expect(allocateSeats([...of].reverse(), n)).toEqual(allocateSeats(of, n));
      }),
    );
  });

  it("gives no stratum of larger size fewer seats", () => {
    fc.assert(
      fc.property(anyStrata, fc.integer({ min: 8, max: 200 }), (of, n) => {
        const shares = counts(n, of);
        const bySize = of.map(({ size }, i) => ({ size, share: shares[i]! })).sort((a, b) => a.size - b.size);
        for (const larger of bySize)
          for (const smaller of bySize)
            if (larger.size > smaller.size) expect(larger.share).toBeGreaterThanOrEqual(smaller.share);
      }),
    );
  });
});
