import { decodeBase64, encodeBase64 } from "../bytes/base64.js";
import { concatBytes, equalBytes } from "../bytes/bytes.js";
import type { HashFunction } from "../bytes/digest.js";
import { encodeUtf8 } from "../bytes/utf8.js";
import { isNoteName } from "../json/names.js";
import { excerpt, type Refusal, refusal } from "./refusal.js";

// C2SP signed-note:
//
//     This is an example message.
//
//     — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

/** What stands on a signature line. Nothing here says that it verifies. */
export interface NoteSignature {
  readonly name: string;
  /** 4 bytes that say which key of that name. */
  readonly keyHash: Uint8Array;
  /** The bytes behind the key hash, at least one: for Ed25519, the 64-byte signature. */
  readonly blob: Uint8Array;
}

/** A signature as it was read, and the line it stood on, without its LF. */
export interface NoteSignatureLine extends NoteSignature {
  readonly line: string;
}

/** A note as it was read: its signatures are not verified. */
export interface Note {
  /** What the signatures cover, UTF-8 encoded: all before the blank line, the LF included. */
  readonly text: string;
  /** 1 to 64, in order. */
  readonly signatures: readonly NoteSignatureLine[];
}

/** Signature lines in a note, at most: C2SP asks for a limit of 16 or more. */
export const maxNoteSignatures = 64;

/** Bytes of a key hash. */
export const keyHashLength = 4;

const dash = "\u2014 ";

/**
 * Reads a C2SP signed note. One note has one text: `formatNote` of what is returned gives
 * back the same characters.
 * Takes the note whole; refuses whatever the format does not name: a missing blank line or
 * last LF, control characters (a CR too), lone surrogates, other lines behind the last
 * blank line, base64 that is not strict, fewer than 5 bytes in it, 65 signature lines.
 */
export function parseNote(note: string): Note | Refusal {
  // A lone surrogate is encoded as U+FFFD: two notes would have the same signed bytes.
  const forbidden = /[\u0000-\u0009\u000b-\u001f]|\p{Cs}/u.exec(note);
  if (forbidden !== null) {
    return refusal("no control character but LF, and no lone surrogate", excerpt(forbidden[0]));
  }
  if (!note.endsWith("\n")) return refusal("a note that ends in LF", excerpt(note.slice(-20)));
  const split = note.lastIndexOf("\n\n");
  if (split < 0) return refusal("a text, a blank line and signature lines", "no blank line");
  const lines = note.slice(split + 2, -1).split("\n");
  if (lines.length > maxNoteSignatures) {
    return refusal(`at most ${maxNoteSignatures} signature lines`, String(lines.length));
  }
  const signatures: NoteSignatureLine[] = [];
  for (const [i, line] of lines.entries()) {
    const signature = parseSignatureLine(line, `signature line ${i + 1}`);
    if ("reason" in signature) return signature;
    signatures.push({ ...signature, line });
  }
  return { text: note.slice(0, split + 1), signatures };
}

function parseSignatureLine(line: string, where: string): NoteSignature | Refusal {
  const parts = line.startsWith(dash) ? line.slice(dash.length).split(" ") : [];
  if (parts.length !== 2) {
    return refusal("an em dash, a name and base64 with single spaces between", excerpt(line), where);
  }
  const [name, base64] = parts as [string, string];
  if (!isNoteName(name)) return refusal("a name without spaces or plus", excerpt(name), where);
  const bytes = decodeBase64(base64);
  if (bytes === undefined) return refusal("base64 with padding and no spare bits", excerpt(base64), where);
  if (bytes.length <= keyHashLength) {
    return refusal(`a ${keyHashLength}-byte key hash and a signature`, `${bytes.length} bytes`, where);
  }
  return { name, keyHash: bytes.slice(0, keyHashLength), blob: bytes.slice(keyHashLength) };
}

/**
 * Writes a C2SP signed note. Takes a text that ends in LF and 1 to 64 signatures.
 * Throws RangeError where `parseNote` would not give back the same text and signatures.
 */
export function formatNote(text: string, signatures: readonly NoteSignature[]): string {
  const lines = signatures.map(
    ({ name, keyHash, blob }) => `${dash}${name} ${encodeBase64(concatBytes(keyHash, blob))}\n`,
  );
  const note = `${text}\n${lines.join("")}`;
  const read = parseNote(note);
  if ("reason" in read) throw new RangeError(read.reason);
  const same =
    read.text === text &&
    read.signatures.length === signatures.length &&
    read.signatures.every(({ keyHash }, i) => equalBytes(keyHash, signatures[i]!.keyHash));
  if (!same) throw new RangeError("expected a text that ends in LF, names and 4-byte key hashes");
  return note;
}

/**
 * The key hash `SHA-256(name || 0x0A || algorithm || key)[:4]` that C2SP signed-note
 * recommends. Takes SHA-256, whatever the tree is hashed with, and the algorithm's byte.
 */
export function noteKeyHash(
  sha256: HashFunction,
  name: string,
  algorithm: number,
  publicKey: Uint8Array,
): Uint8Array {
  return sha256(concatBytes(encodeUtf8(`${name}\n`), Uint8Array.of(algorithm), publicKey)).slice(
    0,
    keyHashLength,
  );
}
