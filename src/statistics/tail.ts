import { margin, whole } from "./rate.js";

/** A distribution of the deviations in a sample. */
export type Model =
  /** Each item deviates with one probability, in basis points: a population that is large or not known. */
  | { readonly kind: "binomial"; readonly rateBp: number }
  /** `deviating` of `population` items deviate, and no item is drawn twice. */
  | { readonly kind: "hypergeometric"; readonly population: number; readonly deviating: number };

/**
 * Whether at most `deviations` in a sample of `n` are as improbable as `riskBp` or less:
 * P(X ≤ k) ≤ risk. Decided exactly: in doubles where the two lie well apart, in integers
 * where they do not.
 */
export function isAtMost(model: Model, n: number, deviations: number, riskBp: number): boolean {
  const difference = logTail(model, n, deviations) - Math.log(riskBp / whole);
  if (Math.abs(difference) > margin || Number.isNaN(difference)) return difference <= 0;
  const { part, all } = exactTail(model, n, deviations);
  return part * BigInt(whole) <= all * BigInt(riskBp);
}

/** P(X ≤ k), to about ten digits. */
export function tail(model: Model, n: number, deviations: number): number {
  return Math.min(1, Math.exp(logTail(model, n, deviations)));
}

/** ln P(X ≤ k), term by term in logarithms, so that nothing underflows. */
function logTail(model: Model, n: number, deviations: number): number {
  if (deviations >= n) return 0;
  const { first, lowest, ratio } = terms(model, n);
  if (deviations < lowest) return Number.NEGATIVE_INFINITY;
  let term = first;
  let largest = first;
  let sum = 1;
  for (let i = lowest; i < deviations; i++) {
    term += Math.log(ratio(i));
    if (term === Number.NEGATIVE_INFINITY) break;
    if (term > largest) {
      sum = sum * Math.exp(largest - term) + 1;
      largest = term;
    } else sum += Math.exp(term - largest);
  }
  return Math.min(0, largest + Math.log(sum));
}

interface Terms {
  /** The least number of deviations that there can be. */
  readonly lowest: number;
  /** ln P(X = lowest). */
  readonly first: number;
  /** P(X = i + 1) / P(X = i). */
  readonly ratio: (i: number) => number;
}

function terms(model: Model, n: number): Terms {
  switch (model.kind) {
    case "binomial": {
      const p = model.rateBp / whole;
      return { lowest: 0, first: n * Math.log1p(-p), ratio: (i) => ((n - i) * p) / ((i + 1) * (1 - p)) };
    }
    case "hypergeometric": {
      const { population: all, deviating } = model;
      const good = all - deviating;
      const lowest = Math.max(0, n - good);
      // Where fewer good items than draws remain, the draws that are left are deviations for certain.
      const first = lowest === 0 ? logDraws(good, all, n) : logDraws(deviating, all, all - n);
      return {
        lowest,
        first,
        ratio: (i) => ((deviating - i) * (n - i)) / ((i + 1) * (good - n + i + 1)),
      };
    }
  }
}

/** ln of the probability that `n` draws without replacement from `all` are all among `good`. */
function logDraws(good: number, all: number, n: number): number {
  let sum = 0;
  for (let j = 0; j < n; j++) sum += Math.log((good - j) / (all - j));
  return sum;
}

/** P(X ≤ k) as a fraction of integers. */
function exactTail(
  model: Model,
  n: number,
  deviations: number,
): { readonly part: bigint; readonly all: bigint } {
  const most = Math.min(n, deviations);
  let part = 0n;
  switch (model.kind) {
    case "binomial": {
      const [p, q] = [BigInt(model.rateBp), BigInt(whole - model.rateBp)];
      for (let i = 0; i <= most; i++) part += choose(n, i) * p ** BigInt(i) * q ** BigInt(n - i);
      return { part, all: BigInt(whole) ** BigInt(n) };
    }
    case "hypergeometric": {
      const { population, deviating } = model;
      for (let i = 0; i <= most; i++) part += choose(deviating, i) * choose(population - deviating, n - i);
      return { part, all: choose(population, n) };
    }
  }
}

/** How many ways there are to choose `k` of `n`; none where `k` is more. */
function choose(n: number, k: number): bigint {
  if (k > n) return 0n;
  let ways = 1n;
  for (let i = 1; i <= Math.min(k, n - k); i++) ways = (ways * BigInt(n - i + 1)) / BigInt(i);
  return ways;
}
