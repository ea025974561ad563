import { whole } from "./rate.js";
import { isAtMost, type Model, tail } from "./tail.js";

/** A sample that was tested. */
export interface SampleResult {
  readonly n: number;
  readonly deviations: number;
  readonly confidenceBp: number;
  readonly population?: number | undefined;
}

/** The one-sided upper limit of the rate of deviation. */
export interface UpperLimit {
  /** As a part of 1, to about ten digits. */
  readonly rate: number;
  /** In tenths of a percent, rounded up, exactly: 113 is 11.3 %. */
  readonly tenthsOfPercent: number;
  /** Deviating items, where the population is known. */
  readonly items: number | undefined;
}

/**
 * The upper deviation limit: the largest rate under which a sample as good as this one is not
 * less probable than 1 − confidence. Clopper–Pearson (1 where all items deviate), or the
 * hypergeometric limit where the population is given.
 * Takes 0 ≤ deviations ≤ n ≤ population, n ≥ 1.
 */
export function upperLimit(result: SampleResult): UpperLimit {
  return result.population === undefined
    ? binomialLimit(result)
    : hypergeometricLimit(result, result.population);
}

function binomialLimit({ n, deviations, confidenceBp }: SampleResult): UpperLimit {
  if (deviations >= n) return { rate: 1, tenthsOfPercent: 1000, items: undefined };
  const riskBp = whole - confidenceBp;
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (tail({ kind: "binomial", rateBp: middle * whole }, n, deviations) > riskBp / whole) low = middle;
    else high = middle;
  }
  const isAbove = (tenths: number) => {
    return !isAtMost({ kind: "binomial", rateBp: tenths * 10 }, n, deviations, riskBp);
  };
  const tenthsOfPercent = firstNot(isAbove, 1, 1000);
  return { rate: high, tenthsOfPercent, items: undefined };
}

function hypergeometricLimit({ n, deviations, confidenceBp }: SampleResult, population: number): UpperLimit {
  const riskBp = whole - confidenceBp;
  const isCompatible = (deviating: number) => {
    const model: Model = { kind: "hypergeometric", population, deviating };
    return !isAtMost(model, n, deviations, riskBp);
  };
  // What was not drawn may deviate altogether; more cannot.
  const items = firstNot(isCompatible, deviations, population - n + deviations + 1) - 1;
  const tenthsOfPercent = Number((BigInt(items) * 1000n + BigInt(population) - 1n) / BigInt(population));
  return { rate: items / population, tenthsOfPercent, items };
}

/** The first number from `low` on of which `holds` is not true; `holds` is true up to some number only. */
function firstNot(holds: (value: number) => boolean, low: number, high: number): number {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (holds(middle)) from = middle + 1;
    else to = middle;
  }
  return from;
}
