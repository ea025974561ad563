import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { isJsonObject } from "../json/json.js";
import { limits } from "../json/limits.js";
import { decodeStrict } from "../json/strict-decoder.js";
import { type Checkpoint, parseCheckpoint } from "../merkle/checkpoint.js";
import { openLedger } from "./ledger-source.js";

/** The last line and one before it fit in here, whatever they are. */
const tailBytes = 2 * limits.lineBytes;

/**
 * The checkpoint that stands last in an export, unverified: a guess at the root that reading
 * it will give, so that one pass is enough. Returns undefined where there is none to be seen.
 * A compressed file is read to its end for it.
 */
export async function lastCheckpoint(path: string): Promise<Checkpoint | undefined> {
  const tail = isGzip(path) ? await tailOfStream(path) : tailOfFile(path);
  const end = tail.lastIndexOf(0x0a);
  if (end < 0) return undefined;
  const line = tail.subarray(tail.lastIndexOf(0x0a, end - 1) + 1, end);
  const { value } = decodeStrict(line, { canonical: false });
  const note = isJsonObject(value) ? value["checkpoint"] : undefined;
  if (typeof note !== "string") return undefined;
  const checkpoint = parseCheckpoint(note.slice(0, note.lastIndexOf("\n\n") + 1));
  return "reason" in checkpoint ? undefined : checkpoint;
}

function tailOfFile(path: string): Uint8Array {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(Math.min(size, tailBytes));
    const read = readSync(file, tail, 0, tail.length, Math.max(0, size - tail.length));
    return tail.subarray(0, read);
  } finally {
    closeSync(file);
  }
}

function isGzip(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(2);
    return readSync(file, head, 0, 2, 0) === 2 && head[0] === 0x1f && head[1] === 0x8b;
  } finally {
    closeSync(file);
  }
}

async function tailOfStream(path: string): Promise<Uint8Array> {
  let tail: Uint8Array = new Uint8Array();
  for await (const chunk of openLedger(path).bytes as AsyncIterable<Uint8Array>) {
    tail = Buffer.concat([tail, chunk]);
    if (tail.length > 2 * tailBytes) tail = tail.slice(-tailBytes);
  }
  return tail;
}
