import type { HashFunction } from "../bytes/digest.js";
import type { PublicKey } from "./public-key.js";

/**
 * What computes hashes and curve arithmetic. Every engine gives the same answers; they
 * differ in speed and in where they run.
 */
export interface Engine {
  readonly name: string;
  readonly sha3_256: HashFunction;
  readonly sha256: HashFunction;
  /**
   * Whether R equals `encode([S]B - [k]A)` byte for byte (RFC 8032 section 5.1.7, without
   * the cofactor). The caller has checked the encodings: see `verifySignature`, which is
   * the rule; this is only its arithmetic. Never throws.
   */
  readonly equationHolds: (signature: Uint8Array, message: Uint8Array, key: PublicKey) => boolean;
}
