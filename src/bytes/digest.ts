import type { Brand } from "./brand.js";
import { decodeHex, encodeHex } from "./hex.js";

/** A hash function over bytes; `H` of the format is SHA3-256 (FIPS 202). */
export type HashFunction = (data: Uint8Array) => Uint8Array;

/** A SHA3-256 digest as the format writes it: `sha3-256:` and 64 lower-case hex digits. */
export type DigestText = Brand<string, "DigestText">;

const prefix = "sha3-256:";
const form = /^sha3-256:[0-9a-f]{64}$/;

/** Whether a text is a digest as the format writes it. */
export function isDigestText(text: string): text is DigestText {
  return form.test(text);
}

/** Writes the 32 bytes of a SHA3-256 digest. */
export function formatDigest(digest: Uint8Array): DigestText {
  return (prefix + encodeHex(digest)) as DigestText;
}

/** The 32 bytes of a digest text. Returns undefined where the text is none. */
export function parseDigest(text: string): Uint8Array | undefined {
  if (text.length !== prefix.length + 64 || !text.startsWith(prefix)) return undefined;
  return decodeHex(text.slice(prefix.length));
}
