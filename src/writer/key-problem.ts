import type { Time } from "../json/time.js";
import type { KeyId } from "../keys/public-key.js";
import type { TrustFile } from "../keys/trust-file.js";
import { validAt, validAtPlace } from "../keys/validity.js";

/**
 * Why a key may not sign the entry at a place, made at a time (docs/format.md, "Trust file"), in
 * words; undefined where it may. The time is left out where nothing was made yet.
 */
export function keyProblem(
  trust: TrustFile,
  id: KeyId,
  at: Time | undefined,
  place: number,
): string | undefined {
  const key = trust.keys.get(id);
  if (key === undefined) return "a key that the trust file does not have";
  if (key.role !== "ledger") return `a key of role ${key.role}`;
  if ((at === undefined || validAt(key, at)) && validAtPlace(key, place)) return undefined;
  return `a key that is not valid at ${at === undefined ? "" : `${at}, `}place ${place}`;
}
