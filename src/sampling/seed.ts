/** The least entropy of a seed that nobody can search through. */
export const seedBits = 128;

/**
 * Reads a seed as a person gives it: `seed:` in front is how papers write it, so that no
 * spreadsheet takes it for a number. Returns undefined for an empty one.
 */
export function readSeed(text: string): string | undefined {
  const seed = text.startsWith("seed:") ? text.slice("seed:".length) : text;
  return seed === "" ? undefined : seed;
}

/** A seed as papers write it. */
export function writeSeed(seed: string): string {
  return `seed:${seed}`;
}

/**
 * The most bits that a text of this alphabet and length can hold. It can hold less (a word, a
 * date): that cannot be seen from the seed.
 */
export function mostBits(seed: string): number {
  const alphabet = /^[0-9]+$/.test(seed)
    ? 10
    : /^[0-9a-f]+$/.test(seed)
      ? 16
      : /^[0-9A-Za-z]+$/.test(seed)
        ? 62
        : 95;
  return Math.floor([...seed].length * Math.log2(alphabet));
}
