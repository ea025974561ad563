import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
} from "node:fs";
import { basename } from "node:path";
import { formatDigest } from "../bytes/digest.js";
import { readSmallFile } from "../io/read-file.js";
import { CannotDo, refusalOf } from "../io/refusal.js";
import { flushFolderOf, writeWholeFile, writeWholeFileOf } from "../io/write-file.js";
import { isJsonObject, type JsonObject } from "../json/json.js";
import { decodeStrict } from "../json/strict-decoder.js";
import type { Engine } from "../keys/engine.js";
import type { LedgerReading } from "./read-ledger.js";

/** What was cut off a ledger's end when it was opened: a write that a crash had not finished. */
export interface TornTail {
  readonly bytes: number;
  /** The file beside the ledger where the bytes are kept. */
  readonly savedAs: string;
  /** For `ext.recovery` of the next receipt. */
  readonly note: JsonObject;
}

/**
 * Cuts a torn tail off, after saving it beside the ledger. Nobody was told of what is in it: a
 * receipt is acknowledged when it is flushed, whole. Throws a refusal where genuine lines stand at
 * or behind the damage: that is no torn write, and cutting would lose records.
 */
export function cutTornTail(path: string, reading: LedgerReading, engine: Engine): TornTail | undefined {
  const { damage } = reading;
  if (damage === undefined) return undefined;
  if (damage.isInside)
    throw new CannotDo(
      `the ledger ${path} is damaged at byte ${damage.offset}, with genuine lines at or behind it: ${damage.message}`,
      "nothing is written to it; keep the file as it is, and see what sclaw verify says of it",
    );
  try {
    const file = openSync(path, "r+");
    try {
      const tail = readFrom(file, damage.offset);
      const savedAs = freeName(path);
      writeWholeFileOf(savedAs, [tail], { replace: false, mode: 0o600 });
      const digest = formatDigest(engine.sha3_256(tail));
      const note = { torn_bytes: tail.length, torn_digest: digest, saved_as: basename(savedAs) };
      writeWholeFile(notePath(path), `${JSON.stringify(note)}\n`, { replace: true, mode: 0o600 });
      flushFolderOf(path);
      ftruncateSync(file, damage.offset);
      fsyncSync(file);
      return { bytes: tail.length, savedAs, note };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw refusalOf(error, `cannot cut the torn end of ${path}`);
  }
}

/** The note of a cut that no receipt has yet, from this opening of the ledger or an earlier one. */
export function openNote(path: string): JsonObject | undefined {
  if (!existsSync(notePath(path))) return undefined;
  const { value, issues } = decodeStrict(readSmallFile(notePath(path), "note of a recovery"), {
    canonical: false,
  });
  return issues.length === 0 && isJsonObject(value) ? value : undefined;
}

/** A receipt has the note. One that cannot be removed stands in the next receipt again. */
export function closeNote(path: string): void {
  try {
    rmSync(notePath(path), { force: true });
  } catch {
    // The receipt is durable all the same: its caller is not told otherwise.
  }
}

/** `PATH.torn-N`, with the first number that is free. */
export function freeName(path: string): string {
  let number = 1;
  while (existsSync(`${path}.torn-${number}`)) number++;
  return `${path}.torn-${number}`;
}

const notePath = (path: string) => `${path}.recovery`;

function readFrom(file: number, offset: number): Buffer {
  const bytes = Buffer.alloc(fstatSync(file).size - offset);
  for (let at = 0; at < bytes.length; ) {
    const read = readSync(file, bytes, at, bytes.length - at, offset + at);
    if (read === 0) return bytes.subarray(0, at);
    at += read;
  }
  return bytes;
}
