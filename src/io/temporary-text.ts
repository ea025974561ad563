import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { refusalOf } from "./refusal.js";

const bufferCharacters = 1024 * 1024;

/**
 * Text of any length that is only given out later, or never: it is kept in a private
 * temporary file, which is removed when the process ends.
 */
export class TemporaryText {
  readonly #file: number;
  #pending = "";
  #length = 0;

  /** Throws a refusal where no temporary file can be made. */
  constructor() {
    try {
      const folder = mkdtempSync(join(tmpdir(), "sclaw-"));
      process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
      this.#file = openSync(join(folder, "text"), "wx+", 0o600);
    } catch (error) {
      throw refusalOf(error, "cannot make a temporary file");
    }
  }

  add(text: string): void {
    this.#pending += text;
    if (this.#pending.length >= bufferCharacters) this.#flush();
  }

  /** Gives out all of it in pieces, in order. */
  *read(): Generator<Uint8Array> {
    this.#flush();
    const chunk = Buffer.allocUnsafe(bufferCharacters);
    try {
      for (let at = 0; at < this.#length; ) {
        const read = readSync(this.#file, chunk, 0, chunk.length, at);
        at += read;
        yield chunk.subarray(0, read);
      }
    } finally {
      closeSync(this.#file);
    }
  }

  #flush(): void {
    const bytes = Buffer.from(this.#pending);
    this.#pending = "";
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    } catch (error) {
      throw refusalOf(error, "cannot write a temporary file");
    }
    this.#length += bytes.length;
  }
}
