import { concatBytes } from "../bytes/bytes.js";

/** Bytes after which a line that has not ended is none of a ledger: reading it to its end may take forever. */
export const endlessLine = 256 * 1024 * 1024;

/** One line as it stands in the file, without its LF. */
export interface RawLine {
  /** The bytes; empty where the line was too long to keep. */
  readonly bytes: Uint8Array;
  /** How many bytes the line has, kept or not. */
  readonly length: number;
  /** Whether the line ends in an LF; only the last line of a file may lack it. */
  readonly ended: boolean;
}

/**
 * Splits a stream of bytes into lines at the byte 0x0A and nowhere else: canonical JSON
 * leaves U+2028, U+2029 and U+0085 raw inside strings, where text readers would split.
 * A line over `limit` is counted and thrown away, so that memory stays bounded.
 */
export class LineSplitter {
  readonly #limit: number;
  /** One buffer that grows up to the limit: a line may come in a million pieces of one byte. */
  #held = new Uint8Array(0);
  #heldLength = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How long the line is that has not ended yet. */
  get openLength(): number {
    return this.#heldLength;
  }

  /** Takes the next bytes and yields the lines that they end. The lines share its memory. */
  *push(chunk: Uint8Array): Generator<RawLine> {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(0x0a, start);
      if (end < 0) break;
      yield this.#close(chunk.subarray(start, end), true);
      start = end + 1;
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start));
  }

  /** The end of the file: the last line, where it lacks its LF. */
  end(): RawLine | undefined {
    return this.#heldLength > 0 ? this.#close(new Uint8Array(0), false) : undefined;
  }

  /** Copies: the caller may reuse the chunk, and a small piece of it would keep all of it in memory. */
  #hold(piece: Uint8Array): void {
    const length = this.#heldLength + piece.length;
    if (length <= this.#limit) {
      if (length > this.#held.length) this.#grow(length);
      this.#held.set(piece, this.#heldLength);
    }
    this.#heldLength = length;
  }

  #grow(length: number): void {
    const grown = new Uint8Array(Math.min(this.#limit, Math.max(length, 2 * this.#held.length)));
    grown.set(this.#held.subarray(0, this.#heldLength));
    this.#held = grown;
  }

  #close(piece: Uint8Array, ended: boolean): RawLine {
    const length = this.#heldLength + piece.length;
    const bytes = length > this.#limit ? new Uint8Array(0) : this.#joined(piece);
    this.#heldLength = 0;
    return { bytes, length, ended };
  }

  #joined(piece: Uint8Array): Uint8Array {
    return this.#heldLength === 0 ? piece : concatBytes(this.#held.subarray(0, this.#heldLength), piece);
  }
}
