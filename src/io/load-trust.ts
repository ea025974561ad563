import { engine } from "#engine";
import { readTrustFile, type TrustFile } from "../keys/trust-file.js";
import type { Located } from "./locate.js";
import { readSmallFile } from "./read-file.js";
import { CannotDo } from "./refusal.js";

/**
 * Reads the trust file that was located, and holds it against the fingerprint that the
 * reader expects. Throws a refusal with every reason why it cannot be used.
 */
export function loadTrust(located: Located, expectedFingerprint: string | undefined): TrustFile {
  const result = readTrustFile(readSmallFile(located.path, "trust file"), engine);
  if (!result.ok) {
    const reasons = result.reasons.map(
      ({ pointer, expected, actual }) => `${pointer || "the file"}: expected ${expected}, found ${actual}`,
    );
    throw new CannotDo(
      `the trust file ${located.path} is refused: ${reasons.join("; ")}`,
      "nothing in it is used until all of it is right",
    );
  }
  const { fingerprint } = result.trust;
  if (expectedFingerprint !== undefined && fingerprint !== expectedFingerprint) {
    throw new CannotDo(
      `expected keys with the fingerprint ${expectedFingerprint}, found ${fingerprint} in ${located.path}`,
      "name the trust file that you have from a source of your own with --keys",
    );
  }
  return result.trust;
}
