import { packTime } from "../json/time.js";
import type { TrustedKey, TrustFile } from "../keys/trust-file.js";

/** When each key of a trust file is valid, in packed times: what `validAt` says, for records, which name keys by number. */
export class KeyTimes {
  readonly #keys: readonly TrustedKey[];
  readonly #from: readonly number[];
  readonly #until: readonly number[];

  constructor(trust: TrustFile) {
    this.#keys = [...trust.keys.values()];
    this.#from = this.#keys.map((key) => (key.validFrom === undefined ? 0 : packTime(key.validFrom)));
    this.#until = this.#keys.map(({ validUntil, revokedAt }) => {
      const ends = [validUntil, revokedAt].filter((time) => time !== undefined);
      return Math.min(...ends.map(packTime));
    });
  }

  /** A key by its number. Throws where there is none of that number. */
  key(index: number): TrustedKey {
    const key = this.#keys[index];
    if (key === undefined) throw new RangeError(`expected one of ${this.#keys.length} keys, found ${index}`);
    return key;
  }

  /** Whether a key is valid at a packed time. */
  isValidAt(index: number, time: number): boolean {
    return time >= this.#from[index]! && time < this.#until[index]!;
  }
}
