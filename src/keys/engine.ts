import type { HashFunction } from "../bytes/digest.js";
import type { PublicKey } from "./public-key.js";

/**
 * What computes hashes and curve arithmetic. Every engine gives the same answers; they
 * differ in speed and in where they run. None keeps or changes the bytes that it is given.
 */
export interface Engine {
  readonly name: string;
  readonly sha3_256: HashFunction;
  readonly sha256: HashFunction;
  /**
   * Whether R equals `encode([S]B - [k]A)` byte for byte (RFC 8032 section 5.1.7, without
   * the cofactor), where `signature` is R || S. The caller has checked its 64 bytes and
   * that S < L: see `verifySignature`, which is the rule; this is only its arithmetic.
   * Never throws.
   */
  readonly equationHolds: (signature: Uint8Array, message: Uint8Array, key: PublicKey) => boolean;
}
