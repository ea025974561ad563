import { limits } from "../json/limits.js";
import type { Block } from "../ledger/recognizer.js";
import { endlessLine, type RawLine } from "../ledger/split-lines.js";
import type { KernelRecognizer } from "./kernel-recognizer.js";
import { bufferBytes, otherLine } from "./line-buffer.js";

const lf = 0x0a;
/** Bytes that are read at once behind a range, to the end of its last line. */
const stepBytes = 16 * 1024;

/** The longest range: with the byte before it, and a last line of the limit with its LF, it fills a kernel's room. */
export const mostRangeBytes = bufferBytes - limits.lineBytes - 1;

/** Fills memory with the bytes of a file from a position on; returns how many, fewer only where the file ends. */
export type ReadAt = (into: Uint8Array, position: number) => number;

/** How far the lines of a range go. */
export interface RangeEnd {
  /** The end of the file where no line begins behind the range, and else that of the range. */
  readonly readTo: number;
  /** Whether there is nothing to be read behind it. */
  readonly isLast: boolean;
}

/**
 * The blocks of the lines that begin in a range of a file, at `from` or behind it and before `to`,
 * read straight into the kernel's memory. Any ranges that cover a file give each of its lines exactly
 * once. Takes ranges of up to `mostRangeBytes`; throws what `read` throws.
 */
export function* blocksInRange(
  recognizer: KernelRecognizer,
  read: ReadAt,
  from: number,
  to: number,
): Generator<Block, RangeEnd> {
  // The byte before the range says whether a line begins with it.
  const held = new Held(recognizer, read, Math.max(0, from - 1));
  const size = to - held.start;
  held.more(size);
  const found = (isLast: boolean): RangeEnd => ({ readTo: isLast ? held.end : to, isLast });
  // A line begins behind an LF, but one that begins behind the range is not of it.
  const beginnings = held.bytes.subarray(0, size - 1);
  const first = from === 0 ? 0 : beginnings.indexOf(lf) + 1;
  if (from > 0 && first === 0) return found(held.isToEnd);
  const last = Math.max(first, beginnings.lastIndexOf(lf) + 1);
  let lineEnd = held.bytes.indexOf(lf, last);
  while (lineEnd < 0 && !held.isToEnd && held.length - last <= limits.lineBytes) {
    lineEnd = held.more(Math.min(stepBytes, last + limits.lineBytes + 1 - held.length));
  }
  yield* recognizer.recognizeRoom(first, lineEnd < 0 ? last : lineEnd + 1);
  if (lineEnd >= 0) return found(held.isToEnd && held.length === lineEnd + 1);
  const line = held.isToEnd ? tornLine(held.bytes.subarray(last)) : countedLine(held, last);
  if (line.length > 0) yield otherLine(line);
  return found(!line.ended);
}

/** What is held of a file in a kernel's room. */
class Held {
  readonly #recognizer: KernelRecognizer;
  readonly #read: ReadAt;
  /** The place in the file of the first byte that is held. */
  start: number;
  length = 0;
  /** Whether the file ends with what is held. */
  isToEnd = false;

  constructor(recognizer: KernelRecognizer, read: ReadAt, start: number) {
    this.#recognizer = recognizer;
    this.#read = read;
    this.start = start;
  }

  get end(): number {
    return this.start + this.length;
  }

  /** A view that goes stale when the kernel recognizes lines. */
  get bytes(): Uint8Array {
    return this.#recognizer.room.subarray(0, this.length);
  }

  /** Reads so many more bytes, or what there is; returns where among all the first new LF stands, or -1. */
  more(count: number): number {
    const before = this.length;
    this.length += this.#read(this.#recognizer.room.subarray(before, before + count), this.end);
    this.isToEnd = this.length < before + count;
    return this.bytes.indexOf(lf, before);
  }

  /** Makes room for the bytes behind those that are held. */
  forget(): void {
    this.start = this.end;
    this.length = 0;
  }
}

/** The last line of a file, which has no LF. */
function tornLine(bytes: Uint8Array): RawLine {
  return { bytes, length: bytes.length, ended: false };
}

/** A line over the limit, of which only the length is kept; it is cut off where it is endless. */
function countedLine(held: Held, at: number): RawLine {
  const bytes = new Uint8Array(0);
  let length = held.length - at;
  for (;;) {
    held.forget();
    const end = held.more(mostRangeBytes);
    length += end < 0 ? held.length : end;
    if (length > endlessLine) return { bytes, length: endlessLine + 1, ended: false };
    if (end >= 0 || held.isToEnd) return { bytes, length, ended: end >= 0 };
  }
}
