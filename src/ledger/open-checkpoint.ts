import { encodeHex } from "../bytes/hex.js";
import { encodeUtf8 } from "../bytes/utf8.js";
import type { FindingCode } from "../findings/catalogue.js";
import type { Problem } from "../findings/finding.js";
import { isTime, type Time } from "../json/time.js";
import { verifySignature } from "../keys/ed25519.js";
import type { Engine } from "../keys/engine.js";
import type { TrustedKey, TrustFile } from "../keys/trust-file.js";
import { validAt, validAtPlace } from "../keys/validity.js";
import { type Checkpoint, parseCheckpoint } from "../merkle/checkpoint.js";
import { cosignedMessage, parseCosignature } from "../merkle/cosignature.js";
import { type Note, type NoteSignature, noteKeyHash, parseNote } from "../merkle/note.js";

const ed25519Algorithm = 0x01;
const cosignatureAlgorithm = 0x04;

/** A checkpoint as its note says it, and who stands behind it. */
export interface OpenedCheckpoint {
  readonly note: string;
  readonly checkpoint: Checkpoint;
  /** Ids of the ledger keys whose lines verify and count. */
  readonly signers: readonly string[];
  /** Ids of the witness keys whose cosignatures verify. */
  readonly cosigners: readonly string[];
  /** Cosignatures of known witnesses that do not verify: warnings. */
  readonly warnings: readonly Problem[];
}

export type Opening =
  | { readonly ok: true; readonly opened: OpenedCheckpoint }
  | { readonly ok: false; readonly problem: Problem; readonly size?: number };

/** When a note's keys are judged: at the `issued_at` of the last receipt disclosed before it. */
export type JudgedAt = Time | undefined;

/**
 * Opens signed notes with the keys of one trust file (C2SP signed-note, tlog-checkpoint and
 * cosignature/v1). A line of a known ledger key that does not verify spoils the whole note.
 */
export class CheckpointOpener {
  readonly #trust: TrustFile;
  readonly #engine: Engine;
  readonly #keys = new Map<string, TrustedKey[]>();

  constructor(trust: TrustFile, engine: Engine) {
    this.#trust = trust;
    this.#engine = engine;
    for (const key of trust.ledgerKeys) this.#know(trust.ledger, ed25519Algorithm, key);
    for (const key of trust.witnesses) this.#know(key.name!, cosignatureAlgorithm, key);
  }

  /** Opens one note; its root is not compared with anything here. */
  open(note: unknown, judgedAt: JudgedAt): Opening {
    if (typeof note !== "string") return refused("checkpoint.signature", "a signed note", "no string");
    const parsed = parseNote(note);
    if ("reason" in parsed) return refused("checkpoint.signature", "a signed note", `none: ${parsed.reason}`);
    const checkpoint = parseCheckpoint(parsed.text);
    if ("reason" in checkpoint) {
      return refused(
        "checkpoint.signature",
        "a checkpoint's name, size and root",
        `none: ${checkpoint.reason}`,
      );
    }
    const { size } = checkpoint;
    if (checkpoint.origin !== this.#trust.ledger) {
      return refused("ledger.mismatch", this.#trust.ledger, JSON.stringify(checkpoint.origin), size);
    }
    const signed = this.#signers(parsed, checkpoint, judgedAt);
    if ("problem" in signed) return { ok: false, problem: signed.problem, size };
    const { cosigners, warnings } = this.#cosigners(parsed);
    return { ok: true, opened: { note, checkpoint, signers: signed.signers, cosigners, warnings } };
  }

  #know(name: string, algorithm: number, key: TrustedKey): void {
    const hash = noteKeyHash(this.#engine.sha256, name, algorithm, key.publicKey.bytes);
    const slot = lineKey(name, hash);
    this.#keys.set(slot, [...(this.#keys.get(slot) ?? []), key]);
  }

  /** The known keys that a signature line may be of: none for strangers, who are ignored. */
  #knownFor(line: NoteSignature, role: TrustedKey["role"]): readonly TrustedKey[] {
    return (this.#keys.get(lineKey(line.name, line.keyHash)) ?? []).filter((key) => key.role === role);
  }

  #signers(
    note: Note,
    checkpoint: Checkpoint,
    judgedAt: JudgedAt,
  ): { readonly signers: readonly string[] } | { readonly problem: Problem } {
    const text = encodeUtf8(note.text);
    const verified: TrustedKey[] = [];
    for (const line of note.signatures) {
      const known = this.#knownFor(line, "ledger");
      if (known.length === 0) continue;
      const key = known.find((candidate) =>
        verifySignature(this.#engine, line.blob, text, candidate.publicKey),
      );
      if (key === undefined)
        return problemOf(
          "checkpoint.signature",
          `a signature of ${known[0]!.id} that verifies`,
          "one that does not",
        );
      verified.push(key);
    }
    if (verified.length === 0) {
      const names = note.signatures.map((line) => `${line.name} ${encodeHex(line.keyHash)}`).slice(0, 4);
      return problemOf(
        "checkpoint.signature",
        "a signature of a ledger key of the trust file",
        `only ${names.join(", ")}`,
      );
    }
    const place = Math.max(0, checkpoint.size - 1);
    const counting = verified.filter(
      (key) => validAtPlace(key, place) && (judgedAt === undefined || validAt(key, judgedAt)),
    );
    if (counting.length === 0) {
      const when = `at place ${place}${judgedAt === undefined ? "" : ` and ${judgedAt}`}`;
      return problemOf(
        "key.not-valid",
        `a ledger key that is valid ${when}`,
        verified.map((key) => key.id).join(", "),
      );
    }
    return { signers: [...new Set(counting.map((key) => key.id))] };
  }

  #cosigners(note: Note): { readonly cosigners: readonly string[]; readonly warnings: readonly Problem[] } {
    const cosigners = new Set<string>();
    const warnings: Problem[] = [];
    for (const line of note.signatures) {
      const known = this.#knownFor(line, "witness");
      if (known.length === 0) continue;
      const key = known.find((candidate) => this.#cosigned(line, note.text, candidate));
      if (key !== undefined) cosigners.add(key.id);
      else {
        warnings.push({
          code: "checkpoint.cosignature",
          expected: `a cosignature of ${line.name} that verifies and was valid`,
          actual: "another",
        });
      }
    }
    return { cosigners: [...cosigners], warnings };
  }

  #cosigned(line: NoteSignature, text: string, key: TrustedKey): boolean {
    const cosignature = parseCosignature(line.blob);
    if ("reason" in cosignature) return false;
    const at = timeOf(cosignature.seconds);
    if (at === undefined || !validAt(key, at)) return false;
    return verifySignature(
      this.#engine,
      cosignature.signature,
      cosignedMessage(cosignature.seconds, text),
      key.publicKey,
    );
  }
}

function lineKey(name: string, keyHash: Uint8Array): string {
  return `${name}\n${encodeHex(keyHash)}`;
}

/** Seconds since 1970 as the format writes times; undefined beyond the year 9999. */
function timeOf(seconds: number): Time | undefined {
  if (seconds > 253_402_300_799) return undefined;
  const text = new Date(seconds * 1000).toISOString();
  return isTime(text) ? text : undefined;
}

function problemOf(code: FindingCode, expected: string, actual: string): { readonly problem: Problem } {
  return { problem: { code, expected, actual } };
}

function refused(code: FindingCode, expected: string, actual: string, size?: number): Opening {
  const problem: Problem = { code, expected, actual };
  return size === undefined ? { ok: false, problem } : { ok: false, problem, size };
}
