import { decodeUtf8 } from "../bytes/utf8.js";
import type { Engine } from "./engine.js";
import {
  type FoundKey,
  type KeyForm,
  type NoKey,
  type NoteAlgorithm,
  privateKey,
  readNoteKey,
  readPem,
  readRaw,
  readSsh,
} from "./import-forms.js";
import { type PublicKey, readPublicKey } from "./public-key.js";

/** A public key that somebody handed over, and what was written beside it. */
export interface ImportedKey {
  readonly form: KeyForm;
  readonly publicKey: PublicKey;
  /** The name in a note verifier key: a witness key of the trust file needs it. */
  readonly name?: string;
  /** What a note verifier key signs. */
  readonly algorithm?: NoteAlgorithm;
  /** What follows an ssh key on its line. */
  readonly comment?: string;
}

/** Why there is no key at a line (from 1). */
export interface ImportReason {
  readonly line: number;
  readonly expected: string;
  readonly actual: string;
}

/** All the keys of a file, at least one, or every reason why it is refused. */
export type ImportResult =
  | { readonly ok: true; readonly keys: readonly ImportedKey[] }
  | { readonly ok: false; readonly reasons: readonly ImportReason[] };

/** More than any list of people's keys that a person looks through. */
const mostCharacters = 1_048_576;

const anyForm = "a PEM block PUBLIC KEY, an ssh-ed25519 line, a note verifier key or 32 bytes in base64";

/**
 * Reads public keys as people hand them over, one after another: PEM blocks, and lines
 * that are ssh-ed25519 keys, C2SP note verifier keys or raw base64. Empty lines and lines
 * that begin with `#` are passed over.
 * Takes text or its UTF-8 bytes; refuses all of it where any part is no Ed25519 public key
 * by `readPublicKey`, and private keys with a plain warning. No reason repeats the body of a
 * key, which may be a secret. Never throws.
 */
export function importPublicKeys(input: string | Uint8Array, engine: Engine): ImportResult {
  const text = typeof input === "string" ? input : decodeUtf8(input);
  if (text === undefined)
    return { ok: false, reasons: [{ line: 1, expected: anyForm, actual: "binary data" }] };
  if (text.length > mostCharacters) {
    const expected = `at most ${mostCharacters} characters`;
    return { ok: false, reasons: [{ line: 1, expected, actual: String(text.length) }] };
  }
  const keys: ImportedKey[] = [];
  const reasons: ImportReason[] = [];
  for (const { line, found } of piecesOf(text.replace(/^\uFEFF/, ""), engine)) {
    const read = "bytes" in found ? checked(found, engine) : found;
    if ("publicKey" in read) keys.push(read);
    else reasons.push({ line, ...read });
  }
  if (keys.length + reasons.length === 0) reasons.push({ line: 1, expected: anyForm, actual: "nothing" });
  return reasons.length === 0 ? { ok: true, keys } : { ok: false, reasons };
}

function checked({ bytes, ...rest }: FoundKey, engine: Engine): ImportedKey | NoKey {
  const read = readPublicKey(engine.sha3_256, bytes);
  return read.ok ? { ...rest, publicKey: read.key } : { expected: read.expected, actual: read.actual };
}

interface Piece {
  /** The line (from 1) where the piece begins. */
  readonly line: number;
  readonly found: FoundKey | NoKey;
}

function* piecesOf(text: string, engine: Engine): Generator<Piece> {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  for (let i = 0; i < lines.length; i++) {
    const content = lines[i]!;
    if (content === "" || content.startsWith("#")) continue;
    const line = i + 1;
    const label = /^-----BEGIN ([A-Z0-9 ]+)-----$/.exec(content)?.[1];
    if (label === undefined) {
      yield { line, found: readLine(content, engine) };
      continue;
    }
    const end = lines.indexOf(`-----END ${label}-----`, i + 1);
    if (end >= 0) yield { line, found: readPem(label, lines.slice(i + 1, end).join("")) };
    else if (label.endsWith("PRIVATE KEY")) yield { line, found: privateKey };
    else yield { line, found: { expected: `-----END ${label}-----`, actual: "the end of the file" } };
    // What follows a block without an end is part of it.
    i = end >= 0 ? end : lines.length;
  }
}

function readLine(line: string, engine: Engine): FoundKey | NoKey {
  return (
    readRaw(line) ??
    readSsh(line) ??
    readNoteKey(line, engine.sha256) ?? { expected: anyForm, actual: `a line of ${line.length} characters` }
  );
}
