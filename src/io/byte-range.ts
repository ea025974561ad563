import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { CannotDo, refusalOf } from "./refusal.js";

const lf = 0x0a;
const chunkBytes = 1024 * 1024;

/** A file of a ledger that is stored as it is, and how long it is. */
export interface StoredFile {
  readonly name: string;
  readonly bytes: number;
}

/** Looks at a file of which ranges are to be read. Throws a refusal for what has none: pipes, folders, gzip. */
export function storedFile(path: string): StoredFile {
  if (path === "-")
    throw new CannotDo("expected files to take a part of, found standard input", "put it into a file first");
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const facts = fstatSync(file);
    if (!facts.isFile())
      throw new CannotDo(`expected a file to take a part of, found something else: ${path}`);
    const head = Buffer.alloc(2);
    const isGzip = readSync(file, head, 0, 2, 0) === 2 && head[0] === 0x1f && head[1] === 0x8b;
    if (isGzip)
      throw new CannotDo(
        `expected a file to take a part of, found a gzip stream: ${path}`,
        "decompress it first",
      );
    return { name: path, bytes: facts.size };
  } catch (error) {
    throw refusalOf(error, `cannot read the ledger ${path}`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/**
 * The lines of a file that begin in a range of its bytes, whole: the last of them may end behind it.
 * Any ranges that cover a file give each of its bytes exactly once.
 */
export function* linesIn(path: string, from: number, to: number): Generator<Uint8Array> {
  const file = openSync(path, "r");
  try {
    const start = from === 0 ? 0 : behindLf(file, from - 1);
    if (start >= to) return;
    // The LF at `to - 1` or behind it ends the last line that begins in the range.
    for (let at = start; ; ) {
      const chunk = readAt(file, at, chunkBytes);
      if (chunk.length === 0) return;
      const end = at + chunk.length < to ? -1 : chunk.indexOf(lf, Math.max(0, to - 1 - at));
      yield end < 0 ? chunk : chunk.subarray(0, end + 1);
      if (end >= 0) return;
      at += chunk.length;
    }
  } catch (error) {
    throw refusalOf(error, `cannot read the ledger ${path}`);
  } finally {
    closeSync(file);
  }
}

/** The place behind the first LF at `at` or behind it; Infinity where there is none. */
function behindLf(file: number, at: number): number {
  for (;;) {
    const chunk = readAt(file, at, chunkBytes);
    if (chunk.length === 0) return Number.POSITIVE_INFINITY;
    const found = chunk.indexOf(lf);
    if (found >= 0) return at + found + 1;
    at += chunk.length;
  }
}

function readAt(file: number, at: number, length: number): Uint8Array {
  const chunk = Buffer.allocUnsafeSlow(length);
  return chunk.subarray(0, readSync(file, chunk, 0, length, at));
}
