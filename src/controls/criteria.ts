/** How many criteria each series of the Trust Services Criteria has: `CC6` is CC6.1 to CC6.8. */
const series: { readonly [name: string]: number } = {
  CC1: 5,
  CC2: 3,
  CC3: 4,
  CC4: 2,
  CC5: 3,
  CC6: 8,
  CC7: 5,
  CC8: 1,
  CC9: 2,
  A1: 3,
  C1: 2,
  PI1: 5,
  P1: 1,
  P2: 1,
  P3: 2,
  P4: 3,
  P5: 2,
  P6: 7,
  P7: 1,
  P8: 1,
};

/**
 * The identifiers of the Trust Services Criteria (AICPA TSP section 100), in their order.
 * Identifiers only: the text of the criteria is the AICPA's and is not reproduced.
 */
export const criteria: readonly string[] = Object.entries(series).flatMap(([name, count]) =>
  Array.from({ length: count }, (_, i) => `${name}.${i + 1}`),
);

/** What a category of criteria is called where all of it is asked for. */
const categories: { readonly [name: string]: RegExp } = {
  all: /./,
  CC: /^CC/,
  A: /^A/,
  C: /^C1/,
  PI: /^PI/,
  P: /^P[0-9]/,
};

/**
 * Reads one word of `--criteria`: a criterion (`CC6.1`), a series (`CC6`), a category (`CC`,
 * `A`, `C`, `PI`, `P`) or `all`. Returns the criteria that it names, none where it names none.
 */
export function criteriaNamed(word: string): readonly string[] {
  const category = Object.hasOwn(categories, word) ? categories[word] : undefined;
  if (category !== undefined) return criteria.filter((criterion) => category.test(criterion));
  return criteria.filter((criterion) => criterion === word || criterion.startsWith(`${word}.`));
}
