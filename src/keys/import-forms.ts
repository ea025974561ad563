import { decodeBase64 } from "../bytes/base64.js";
import { concatBytes, equalBytes } from "../bytes/bytes.js";
import type { HashFunction } from "../bytes/digest.js";
import { encodeHex } from "../bytes/hex.js";
import { encodeUtf8 } from "../bytes/utf8.js";
import { isNoteName } from "../json/names.js";
import { describeSpki, ed25519OfSpki } from "./der.js";

/** How a public key was written. */
export type KeyForm = "pem" | "base64" | "ssh" | "note";

/** What a note verifier key signs: notes themselves, or cosignatures of them. */
export type NoteAlgorithm = "ed25519" | "cosignature/v1";

/** The bytes that a form holds, not yet looked at as a point, and what came with them. */
export interface FoundKey {
  readonly form: KeyForm;
  readonly bytes: Uint8Array;
  readonly name?: string;
  readonly algorithm?: NoteAlgorithm;
  readonly comment?: string;
}

/** Why a form holds no Ed25519 public key. Never repeats a key's body: it may be a secret. */
export interface NoKey {
  readonly expected: string;
  readonly actual: string;
}

/** What is expected wherever a private key was given. */
export const privateKey: NoKey = {
  expected: "a public key",
  actual: "a private key: private keys do not belong in a trust file, keep it where only its owner reads it",
};

/** The body of a PEM block of this label (RFC 7468), its lines joined. */
export function readPem(label: string, body: string): FoundKey | NoKey {
  if (label.endsWith("PRIVATE KEY")) return privateKey;
  if (label !== "PUBLIC KEY") return { expected: "a PEM block PUBLIC KEY", actual: `a PEM block ${label}` };
  const der = decodeBase64(body);
  if (der === undefined) return { expected: "base64 in the PEM block", actual: "something else" };
  const bytes = ed25519OfSpki(der);
  return bytes === undefined
    ? { expected: "a key of the algorithm Ed25519", actual: describeSpki(der) }
    : { form: "pem", bytes };
}

/** 32 bytes in base64 are 43 characters and one of padding. */
export function readRaw(line: string): FoundKey | undefined {
  const bytes = line.length === 44 ? decodeBase64(line) : undefined;
  return bytes?.length === 32 ? { form: "base64", bytes } : undefined;
}

const sshPrefix = concatBytes(
  Uint8Array.of(0, 0, 0, 11),
  encodeUtf8("ssh-ed25519"),
  Uint8Array.of(0, 0, 0, 32),
);
const sshTypes = /^(?:ssh-|ecdsa-sha2-|sk-ssh-|sk-ecdsa-)[!-~]+$/;

/** `ssh-ed25519 AAAA… comment` (RFC 8709 section 4). Returns undefined for no line of ssh. */
export function readSsh(line: string): FoundKey | NoKey | undefined {
  const [, type = "", base64 = "", rest = ""] = /^(\S+)[ \t]*(\S*)[ \t]*(.*)$/.exec(line) ?? [];
  if (!sshTypes.test(type)) return undefined;
  const expected = "a key of the type ssh-ed25519";
  if (type !== "ssh-ed25519") return { expected, actual: `a key of the type ${type.slice(0, 60)}` };
  const wire = decodeBase64(base64);
  if (wire === undefined) return { expected: "base64 after ssh-ed25519", actual: "something else" };
  const prefixed = equalBytes(wire.subarray(0, sshPrefix.length), sshPrefix);
  if (!prefixed || wire.length !== sshPrefix.length + 32) {
    const form = "the wire form of an Ed25519 key, 51 bytes (RFC 8709 section 4)";
    return { expected: form, actual: prefixed ? `${wire.length} bytes` : "the wire form of something else" };
  }
  const bytes = wire.slice(sshPrefix.length);
  return rest === "" ? { form: "ssh", bytes } : { form: "ssh", bytes, comment: rest };
}

const noteForm = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/;
const noteAlgorithms: { readonly [byte: number]: NoteAlgorithm } = { 1: "ed25519", 4: "cosignature/v1" };

/**
 * `name+hash+base64(algorithm || key)`, a C2SP signed-note verifier key, where the hash is
 * the first 4 bytes of SHA-256(name || 0x0A || algorithm || key) (section 6). Takes
 * SHA-256. Returns undefined for what does not look like one.
 */
export function readNoteKey(line: string, sha256: HashFunction): FoundKey | NoKey | undefined {
  if (line.startsWith("PRIVATE+KEY+")) return privateKey;
  const [, name, hash, base64] = noteForm.exec(line) ?? [];
  if (name === undefined || hash === undefined || base64 === undefined) return undefined;
  if (!isNoteName(name)) return { expected: "a name without white space", actual: "white space in the name" };
  const typed = decodeBase64(base64);
  if (typed === undefined) return { expected: "base64 after the key's hash", actual: "something else" };
  const algorithm = noteAlgorithms[typed[0] ?? 0];
  if (algorithm === undefined) {
    return {
      expected: "algorithm 1 or 4 (Ed25519, cosignature/v1)",
      actual: `algorithm ${typed[0] ?? "none"}`,
    };
  }
  if (typed.length !== 33) return { expected: "a key of 32 bytes", actual: `${typed.length - 1} bytes` };
  const computed = encodeHex(sha256(concatBytes(encodeUtf8(`${name}\n`), typed)).subarray(0, 4));
  if (computed !== hash) return { expected: `the key's hash ${computed}`, actual: hash };
  return { form: "note", bytes: typed.slice(1), name, algorithm };
}
