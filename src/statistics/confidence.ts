import { modelAt } from "./plan.js";
import { tail } from "./tail.js";

/**
 * The confidence, as a part of 1, with which a sample of `n` with so many deviations says that
 * the rate is at most the tolerable one (in basis points). A confidence means nothing without
 * that rate.
 */
export function achievedConfidence(input: {
  readonly n: number;
  readonly deviations: number;
  readonly tolerableBp: number;
  readonly population?: number | undefined;
}): number {
  return 1 - tail(modelAt(input.tolerableBp, input.population), input.n, input.deviations);
}

/** What extending a sample after a deviation does to its claim. */
export interface ExtensionRisk {
  /** The probability of accepting at the tolerable rate with the first sample alone. */
  readonly firstAlone: number;
  /** The same with the extension. */
  readonly extended: number;
}

/**
 * The risk of a plan that takes `first` items and allows none to deviate, and on one deviation
 * takes `more` and allows that one in all: P(0 of first) + P(1 of first) × P(0 of more), at
 * the tolerable rate (in basis points, binomial). It is always greater than that of the first
 * sample alone: the second chance weakens the claim.
 */
export function extensionRisk(input: {
  readonly first: number;
  readonly more: number;
  readonly tolerableBp: number;
}): ExtensionRisk {
  const { first, more, tolerableBp } = input;
  const model = modelAt(tolerableBp, undefined);
  const firstAlone = tail(model, first, 0);
  const exactlyOne = tail(model, first, 1) - firstAlone;
  return { firstAlone, extended: firstAlone + exactlyOne * tail(model, more, 0) };
}

/** Sample sizes that firms use by policy. They are no statistics: what each is worth depends on the rate. */
export const firmPresets = [5, 10, 15, 20, 25, 40, 45, 60] as const;
