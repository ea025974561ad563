import { readSync } from "node:fs";
import { limits } from "../json/limits.js";
import { LineSplitter, type RawLine } from "../ledger/split-lines.js";

const chunkBytes = 1024 * 1024;

/** A line of a file, and where it begins. */
export interface PlacedLine {
  readonly raw: RawLine;
  /** In bytes from the file's start. */
  readonly offset: number;
}

/**
 * The lines of an open file in its bytes `[from, to)`, the last one also where it lacks its LF. A
 * line is good until the next is asked for. Throws what the system says.
 */
export function* fileLines(file: number, from: number, to = Number.POSITIVE_INFINITY): Generator<PlacedLine> {
  const splitter = new LineSplitter(limits.lineBytes);
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let offset = from;
  for (let at = from; at < to; ) {
    const read = readSync(file, chunk, 0, Math.min(chunk.length, to - at), at);
    if (read === 0) break;
    at += read;
    for (const raw of splitter.push(chunk.subarray(0, read))) {
      yield { raw, offset };
      offset += raw.length + 1;
    }
  }
  const last = splitter.end();
  if (last !== undefined) yield { raw: last, offset };
}
