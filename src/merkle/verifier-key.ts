import { decodeBase64, encodeBase64 } from "../bytes/base64.js";
import { concatBytes, equalBytes } from "../bytes/bytes.js";
import type { HashFunction } from "../bytes/digest.js";
import { decodeHex, encodeHex } from "../bytes/hex.js";
import { isNoteName } from "../json/names.js";
import { keyHashLength, noteKeyHash } from "./note.js";
import { excerpt, type Refusal, refusal } from "./refusal.js";

/** The signature types of C2SP signed-note that this format uses, by their byte. */
export const noteAlgorithms = { ed25519: 0x01, "cosignature/v1": 0x04 } as const;

/** The byte of a signature type. */
export type NoteAlgorithm = (typeof noteAlgorithms)[keyof typeof noteAlgorithms];

/** What a verifier key string holds. The key is 32 bytes; whether it is a good point is not tested here. */
export interface VerifierKey {
  readonly name: string;
  readonly algorithm: NoteAlgorithm;
  readonly publicKey: Uint8Array;
}

const publicKeyLength = 32;

/**
 * Reads `name+hexhash+base64(algorithm || key)` (C2SP signed-note, "Verifier keys") and
 * computes its key hash anew; takes SHA-256.
 * Refuses a name that cannot be one, hex that is not 8 lower-case digits, base64 that is not
 * strict, other algorithms than Ed25519 and cosignature/v1, a key of another length, and a
 * key hash that is not that of the name and key.
 */
export function parseVerifierKey(
  sha256: HashFunction,
  text: string,
): (VerifierKey & { readonly keyHash: Uint8Array }) | Refusal {
  // Base64 has plus signs too: only the first two divide.
  const [, name, hex, base64] = /^([^+]*)\+([^+]*)\+(.*)$/s.exec(text) ?? [];
  if (name === undefined || hex === undefined || base64 === undefined) {
    return refusal("a name, a key hash and a key with plus signs between", excerpt(text));
  }
  if (!isNoteName(name)) return refusal("a name without spaces", excerpt(name));
  const keyHash = decodeHex(hex);
  if (keyHash?.length !== keyHashLength)
    return refusal("a key hash of 8 lower-case hex digits", excerpt(hex));
  const key = decodeBase64(base64);
  if (key?.length !== 1 + publicKeyLength) {
    return refusal(`base64 of an algorithm byte and ${publicKeyLength} bytes of key`, excerpt(base64));
  }
  const algorithm = key[0]!;
  if (!isNoteAlgorithm(algorithm)) return refusal("algorithm 1 or 4", String(algorithm));
  const publicKey = key.slice(1);
  const computed = noteKeyHash(sha256, name, algorithm, publicKey);
  if (!equalBytes(keyHash, computed)) return refusal(`the key hash ${encodeHex(computed)}`, hex);
  return { name, algorithm, publicKey, keyHash };
}

/**
 * Writes a verifier key string; takes SHA-256.
 * Throws RangeError where `parseVerifierKey` would refuse it.
 */
export function formatVerifierKey(sha256: HashFunction, key: VerifierKey): string {
  const { name, algorithm, publicKey } = key;
  const hex = encodeHex(noteKeyHash(sha256, name, algorithm, publicKey));
  const text = `${name}+${hex}+${encodeBase64(concatBytes(Uint8Array.of(algorithm), publicKey))}`;
  const read = parseVerifierKey(sha256, text);
  if ("reason" in read) throw new RangeError(read.reason);
  return text;
}

function isNoteAlgorithm(byte: number): byte is NoteAlgorithm {
  return Object.values<number>(noteAlgorithms).includes(byte);
}
