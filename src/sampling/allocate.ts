/** One group of a population from which a part of the sample is drawn. */
export interface Stratum {
  readonly name: string;
  /** Items in it. */
  readonly size: number;
}

/**
 * Shares out a sample over strata by Sainte-Laguë's method on their sizes, with at least one
 * each: seat after seat goes to the largest `size / (2 × seats + 1)`. Seats are given one
 * after the other, so that a sample of 40 begins with that of 25; the method of largest
 * remainders would break that.
 *
 * Takes strata of at least one item, and `n` of at least their number. Returns the name of
 * the stratum of each seat in order, at most as many as there are items. Ties go to the
 * larger stratum, then to the name that sorts first.
 */
export function allocateSeats(strata: readonly Stratum[], n: number): readonly string[] {
  const order = [...strata].sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1));
  const seats = order.map(() => 1);
  const given = order.slice(0, n).map(({ name }) => name);
  const total = order.reduce((sum, { size }) => sum + size, 0);
  while (given.length < Math.min(n, total)) {
    let next = -1;
    for (let i = 0; i < order.length; i++) {
      if (seats[i]! >= order[i]!.size) continue;
      if (next < 0 || hasLargerQuotient(order[i]!.size, seats[i]!, order[next]!.size, seats[next]!)) next = i;
    }
    seats[next]!++;
    given.push(order[next]!.name);
  }
  return given;
}

/** Whether sizeA / (2 × seatsA + 1) > sizeB / (2 × seatsB + 1), exactly. */
function hasLargerQuotient(sizeA: number, seatsA: number, sizeB: number, seatsB: number): boolean {
  return BigInt(sizeA) * BigInt(2 * seatsB + 1) > BigInt(sizeB) * BigInt(2 * seatsA + 1);
}
