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

/** A beacon as papers write it: a round or its value may be digits alone, like a seed. */
export function writeBeacon(beacon: string): string {
  return `beacon:${beacon}`;
}

/** Reads a beacon as papers or a person give it. Returns undefined for an empty one. */
export function readBeacon(text: string): string | undefined {
  const beacon = text.startsWith("beacon:") ? text.slice("beacon:".length) : text;
  return beacon === "" ? undefined : beacon;
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
