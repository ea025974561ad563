import type { OwnProblems } from "./own-check.js";

/**
 * What a recognizer claims of a line that is to be read whole. Another engine reads it, and the two
 * have to agree: a fault of the recognizer then costs time, and no verdict.
 */
export const claims = {
  none: 0,
  /** One of its signatures does not hold, and nothing else is wrong with it by itself. */
  signature: 1,
  /** It is ordinary: a sample, handed over to see whether that is so. */
  ordinary: 2,
} as const;

/** Whether a claim agrees with what was found wrong with the line's entry; undefined where the line is none. */
export function agrees(claim: number, own: OwnProblems | undefined): boolean {
  if (claim === claims.none) return true;
  if (own === undefined) return false;
  const found = new Set([own.form, own.name, own.forgeries, own.content].flat().map(({ code }) => code));
  if (claim === claims.signature) return found.has("signature.invalid") || found.has("approval.signature");
  // Whether a withheld entry's key was valid then, its line does not say.
  found.delete("key.not-valid");
  return found.size === 0;
}
