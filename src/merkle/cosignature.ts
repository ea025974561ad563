import { concatBytes } from "../bytes/bytes.js";
import { encodeUtf8 } from "../bytes/utf8.js";
import { type Refusal, refusal } from "./refusal.js";
import { isPlace } from "./subtrees.js";

/** What a witness's signature line holds behind the key hash (C2SP tlog-cosignature, Ed25519). */
export interface Cosignature {
  /** When the witness signed, seconds since 1970-01-01T00:00:00Z. */
  readonly seconds: number;
  /** 64 bytes of Ed25519 over `cosignedMessage`. Not verified. */
  readonly signature: Uint8Array;
}

const timeLength = 8;
const signatureLength = 64;

/**
 * Reads the blob of a `cosignature/v1` line: 8 bytes of big-endian seconds, 64 of signature.
 * Refuses another length, and seconds above 2^53-1.
 */
export function parseCosignature(blob: Uint8Array): Cosignature | Refusal {
  if (blob.length !== timeLength + signatureLength) {
    return refusal(`${timeLength} bytes of time and ${signatureLength} of signature`, `${blob.length} bytes`);
  }
  const seconds = new DataView(blob.buffer, blob.byteOffset, timeLength).getBigUint64(0);
  if (seconds > BigInt(Number.MAX_SAFE_INTEGER)) {
    return refusal("a time of at most 2^53-1 seconds", String(seconds));
  }
  return { seconds: Number(seconds), signature: blob.slice(timeLength) };
}

/**
 * Writes the blob of a `cosignature/v1` line.
 * Throws RangeError where the seconds are no integer from 0 to 2^53-1 or the signature has not 64 bytes.
 */
export function formatCosignature(cosignature: Cosignature): Uint8Array {
  const { seconds, signature } = cosignature;
  if (!isPlace(seconds) || signature.length !== signatureLength) {
    throw new RangeError(
      `expected seconds and ${signatureLength} bytes, found ${seconds}, ${signature.length}`,
    );
  }
  const time = new Uint8Array(timeLength);
  new DataView(time.buffer).setBigUint64(0, BigInt(seconds));
  return concatBytes(time, signature);
}

/**
 * The bytes that a witness signs: a header line, a time line, and the text of the note.
 * Throws RangeError where the seconds are no integer from 0 to 2^53-1.
 */
export function cosignedMessage(seconds: number, text: string): Uint8Array {
  if (!isPlace(seconds)) throw new RangeError(`expected seconds from 0 to 2^53-1, found ${seconds}`);
  return encodeUtf8(`cosignature/v1\ntime ${seconds}\n${text}`);
}
