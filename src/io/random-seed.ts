import { encodeHex } from "../bytes/hex.js";

/** A fresh seed of 128 bits from the system's random source, in hex. */
export function freshSeed(): string {
  return encodeHex(crypto.getRandomValues(new Uint8Array(16)));
}
