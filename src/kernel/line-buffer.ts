import { limits } from "../json/limits.js";
import type { Block } from "../ledger/recognizer.js";
import { RecordCursor, recordBytes, recordFlags } from "../ledger/record.js";
import type { RawLine } from "../ledger/split-lines.js";

const lf = 0x0a;

/** Most bytes of lines that are given out at once: a chunk of a file and a line that has not ended. */
export const bufferBytes = 1024 * 1024 + limits.lineBytes;

/** What a piece of a file comes to: whole lines, or one line that nobody need look at to know its fault. */
export type Piece =
  | { readonly kind: "lines"; readonly bytes: Uint8Array }
  | ({ readonly kind: "odd" } & RawLine);

/**
 * Cuts the bytes of a file into pieces of whole lines. A line over the limit is counted and thrown
 * away, so that one buffer is enough for any file.
 */
export class LineBuffer {
  readonly #buffer = new Uint8Array(bufferBytes);
  /** What is held of a line that has not ended. */
  #held = 0;
  /** How long a line over the limit has become; 0 where the present one is not. */
  #tooLong = 0;

  /** How long the line is that has not ended yet. */
  get openLength(): number {
    return this.#tooLong + this.#held;
  }

  /** Takes the next bytes and yields pieces; each is good until the next is asked for. */
  *push(chunk: Uint8Array): Generator<Piece> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#tooLong === 0) {
        const piece = chunk.subarray(at, at + bufferBytes - this.#held);
        at += piece.length;
        yield* this.#fill(piece);
        continue;
      }
      const end = chunk.indexOf(lf, at);
      this.#tooLong += (end < 0 ? chunk.length : end) - at;
      if (end < 0) return;
      yield { kind: "odd", ...tooLong(this.#tooLong, true) };
      this.#tooLong = 0;
      at = end + 1;
    }
  }

  /** The end of the file: its last line, where that has no LF. */
  end(): RawLine | undefined {
    if (this.#tooLong > 0) return tooLong(this.#tooLong, false);
    if (this.#held === 0) return undefined;
    return { bytes: this.#buffer.subarray(0, this.#held), length: this.#held, ended: false };
  }

  *#fill(piece: Uint8Array): Generator<Piece> {
    const buffer = this.#buffer;
    buffer.set(piece, this.#held);
    const filled = this.#held + piece.length;
    const whole = piece.lastIndexOf(lf) + 1;
    const cut = whole === 0 ? 0 : filled - piece.length + whole;
    if (cut > 0) yield { kind: "lines", bytes: buffer.subarray(0, cut) };
    buffer.copyWithin(0, cut, filled);
    this.#held = filled - cut;
    if (this.#held <= limits.lineBytes) return;
    this.#tooLong = this.#held;
    this.#held = 0;
  }
}

function tooLong(length: number, ended: boolean): RawLine {
  return { bytes: new Uint8Array(0), length, ended };
}

/** The block of one line that is to be read whole, or counted where it is too long to keep. */
export function otherLine(line: RawLine): Block {
  const records = new Uint8Array(recordBytes);
  const cursor = new RecordCursor(records);
  cursor.length = line.length;
  cursor.flags = line.ended ? recordFlags.ended : 0;
  return { bytes: line.bytes, records };
}
