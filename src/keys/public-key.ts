import { Point } from "@noble/ed25519";
import type { Brand } from "../bytes/brand.js";
import type { HashFunction } from "../bytes/digest.js";
import { encodeHex } from "../bytes/hex.js";

/** `ed25519:` and the first 32 hex digits of SHA3-256(public key) (section 4). */
export type KeyId = Brand<string, "KeyId">;

/** An Ed25519 public key that `readPublicKey` accepted: canonical, and of prime order. */
export type PublicKey = Brand<{ readonly bytes: Uint8Array; readonly id: KeyId }, "PublicKey">;

/** A public key, or why the bytes are none. */
export type PublicKeyResult =
  | { readonly ok: true; readonly key: PublicKey }
  | { readonly ok: false; readonly expected: string; readonly actual: string };

const fieldPrime = 2n ** 255n - 19n;
const idForm = /^ed25519:[0-9a-f]{32}$/;

/** Whether a text has the form of a key id. */
export function isKeyId(text: string): text is KeyId {
  return idForm.test(text);
}

/** The id of a public key of 32 bytes. Takes SHA3-256. */
export function keyIdOf(sha3_256: HashFunction, bytes: Uint8Array): KeyId {
  return `ed25519:${encodeHex(sha3_256(bytes)).slice(0, 32)}` as KeyId;
}

/**
 * The only way to a `PublicKey` (section 7): the canonical encoding of a point of prime
 * order. On any other key engines disagree about signatures, and some of those keys
 * verify any message.
 * Takes SHA3-256 and the bytes, which it copies; refuses with what was expected and found.
 * Never throws.
 */
export function readPublicKey(sha3_256: HashFunction, bytes: Uint8Array): PublicKeyResult {
  if (bytes.length !== 32) return refuse("32 bytes", `${bytes.length} bytes`);
  const signBit = bytes[31]! >> 7 === 1;
  const y = littleEndian(bytes) & (2n ** 255n - 1n);
  if (y >= fieldPrime) return refuse("a y coordinate below 2^255-19", "a y coordinate that is not reduced");
  // x is 0 for y = 1 and y = -1 alone (RFC 8032 section 5.1.3, step 4).
  if (signBit && (y === 1n || y === fieldPrime - 1n)) return refuse("no sign bit where x is 0", "a sign bit");
  const point = decodePoint(bytes);
  if (point === undefined) return refuse("a point of the curve", "a y coordinate that no point has");
  if (point.isSmallOrder()) return refuse("a point of prime order", "a point of small order");
  if (!point.isTorsionFree()) {
    return refuse("a point of prime order", "a point with a component of small order");
  }
  const copy = Uint8Array.from(bytes);
  return { ok: true, key: Object.freeze({ bytes: copy, id: keyIdOf(sha3_256, copy) }) as PublicKey };
}

function decodePoint(bytes: Uint8Array): Point | undefined {
  try {
    return Point.fromBytes(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${encodeHex(Uint8Array.from(bytes).reverse())}`);
}

function refuse(expected: string, actual: string): PublicKeyResult {
  return { ok: false, expected, actual };
}
