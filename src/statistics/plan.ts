import { ceilOfRate, whole } from "./rate.js";
import { isAtMost, type Model } from "./tail.js";

/** What a plan is computed from; rates and confidence in basis points. */
export interface PlanInput {
  readonly confidenceBp: number;
  /** The rate of deviation that the examiner would still accept. */
  readonly tolerableBp: number;
  /** The rate of deviation that is expected. */
  readonly expectedBp: number;
  /** Items in the population, where they are known: sampling without replacement. */
  readonly population?: number | undefined;
}

/** A sample size, and how many deviations it may show. */
export type Plan =
  | { readonly kind: "planned"; readonly n: number; readonly allowed: number }
  /** No sample of the population is enough but all of it. */
  | { readonly kind: "all"; readonly n: number; readonly allowed: number }
  | { readonly kind: "none"; readonly reason: string };

/** A sample larger than this is no sample: the expected and the tolerable rate lie too close. */
const mostItems = 100_000;

/**
 * The smallest n with P(X ≤ k; n, tolerable) ≤ 1 − confidence, where k = ⌈n × expected⌉.
 * Binomial, or hypergeometric with ⌈tolerable × N⌉ deviating items where the population N is
 * given. Refuses (`none`) rates for which no sample is enough.
 */
export function planSample(input: PlanInput): Plan {
  const { confidenceBp, tolerableBp, expectedBp, population } = input;
  if (expectedBp >= tolerableBp)
    return {
      kind: "none",
      reason: "the expected rate is not below the tolerable rate: no sample could tell them apart",
    };
  const model = modelAt(tolerableBp, population);
  const most = Math.min(mostItems, population ?? mostItems);
  const isEnough = (n: number, allowed: number) => isAtMost(model, n, allowed, whole - confidenceBp);
  // Sizes that allow equally many deviations are one range; in it more items are never worse.
  for (let low = 1; low <= most; ) {
    const allowed = ceilOfRate(low, expectedBp);
    const high = Math.min(most, lastAllowing(allowed, expectedBp));
    if (isEnough(high, allowed))
      return { kind: "planned", n: firstEnough(low, high, (n) => isEnough(n, allowed)), allowed };
    low = high + 1;
  }
  if (population !== undefined && population <= mostItems)
    return { kind: "all", n: population, allowed: ceilOfRate(population, tolerableBp) - 1 };
  return {
    kind: "none",
    reason: `no sample of at most ${mostItems} items is enough: the rates lie too close`,
  };
}

/** The largest n with ⌈n × expected⌉ = allowed. */
function lastAllowing(allowed: number, expectedBp: number): number {
  return expectedBp === 0 ? Number.MAX_SAFE_INTEGER - 1 : Math.floor((allowed * whole) / expectedBp);
}

/** The first number from `low` on that is enough; `high` is, and so is all above the first. */
function firstEnough(low: number, high: number, isEnough: (n: number) => boolean): number {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (isEnough(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** The distribution of deviations at a rate, in a population that may be known. */
export function modelAt(rateBp: number, population: number | undefined): Model {
  if (population === undefined) return { kind: "binomial", rateBp };
  return { kind: "hypergeometric", population, deviating: ceilOfRate(population, rateBp) };
}

/**
 * The smallest n that finds at least one of `deviating` items in a population with the
 * confidence: discovery sampling. All of the population where nothing less is enough.
 */
export function discoverySize(input: {
  readonly population: number;
  readonly deviating: number;
  readonly confidenceBp: number;
}): number {
  const { population, deviating, confidenceBp } = input;
  const model: Model = { kind: "hypergeometric", population, deviating };
  return firstEnough(1, population, (n) => n === population || isAtMost(model, n, 0, whole - confidenceBp));
}
