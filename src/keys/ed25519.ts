import type { Engine } from "./engine.js";
import { type PublicKey, readPublicKey } from "./public-key.js";

/** L = 2^252 + 27742317777372353535851937790883648493, its bytes least significant first. */
const groupOrder = Uint8Array.of(
  ...[0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14],
  ...[0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10],
);

/**
 * Whether an Ed25519 signature is accepted: the one rule of the format (section 7), whatever
 * engine computes it. The key's part of the rule is in its type.
 * Takes the signature and message as bytes of any length; everything but a signature that
 * the rule accepts is false. Never throws.
 */
export function verifySignature(
  engine: Engine,
  signature: Uint8Array,
  message: Uint8Array,
  key: PublicKey,
): boolean {
  if (signature.length !== 64) return false;
  if (!isReduced(signature.subarray(32))) return false;
  if (isIdentity(signature.subarray(0, 32))) return false;
  return engine.equationHolds(signature, message, key);
}

/**
 * The whole rule, for callers that hold the key as bytes: it is read first, and refused
 * unless it is the canonical encoding of a point of prime order.
 * Returns false for anything that is not bytes, too. Never throws.
 */
export function verifyEd25519With(
  engine: Engine,
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
): boolean {
  if (![signature, message, publicKey].every((part) => part instanceof Uint8Array)) return false;
  const read = readPublicKey(engine.sha3_256, publicKey);
  return read.ok && verifySignature(engine, signature, message, read.key);
}

/** S < L: otherwise S + L would sign the same message again (RFC 8032 section 8.4). */
function isReduced(s: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) if (s[i] !== groupOrder[i]) return s[i]! < groupOrder[i]!;
  return false;
}

/** R = 01 00 … 00: a small-order R that some engines refuse and others accept. */
function isIdentity(r: Uint8Array): boolean {
  return r[0] === 1 && r.every((byte, i) => i === 0 || byte === 0);
}
