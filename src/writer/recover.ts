import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { formatDigest } from "../bytes/digest.js";
import { CannotDo, refusalOf } from "../io/refusal.js";
import { writeWholeFileOf } from "../io/write-file.js";
import type { JsonObject } from "../json/json.js";
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
      const tail = Buffer.alloc(fstatSync(file).size - damage.offset);
      readSync(file, tail, 0, tail.length, damage.offset);
      const savedAs = freeName(path);
      writeWholeFileOf(savedAs, [tail], { replace: false, mode: 0o600 });
      ftruncateSync(file, damage.offset);
      fsyncSync(file);
      const digest = formatDigest(engine.sha3_256(tail));
      return {
        bytes: tail.length,
        savedAs,
        note: { torn_bytes: tail.length, torn_digest: digest, saved_as: basename(savedAs) },
      };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw refusalOf(error, `cannot cut the torn end of ${path}`);
  }
}

function freeName(path: string): string {
  let number = 1;
  while (existsSync(`${path}.torn-${number}`)) number++;
  return `${path}.torn-${number}`;
}
