/**
 * Rates and confidences are integers in basis points (1 % = 100, the whole = 10,000): 3.5 % is
 * 350 exactly, where a floating 0.035 is not, and a ceiling taken of it is one too high.
 */
export const whole = 10_000;

/** The smallest integer that is not below `count × rate`. */
export function ceilOfRate(count: number, rateBp: number): number {
  return Number((BigInt(count) * BigInt(rateBp) + BigInt(whole - 1)) / BigInt(whole));
}

/** How far two logarithms may lie apart for doubles to decide which is greater; nearer ones are decided exactly. */
export const margin = 1e-7;
