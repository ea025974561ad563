import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, openSync, renameSync, unlinkSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { refusalOf } from "./refusal.js";

export interface WriteOptions {
  /** Whether a file of that name may be replaced; otherwise one that exists is a refusal. */
  readonly replace: boolean;
  /** Permission bits, for example 0o600 for a private key. */
  readonly mode?: number;
}

/**
 * Writes a small file so that it is there whole or not at all: into a temporary file beside
 * it, flushed, and then put in its place. Throws a refusal that names the file.
 */
export function writeWholeFile(path: string, text: string, options: WriteOptions): void {
  writeWholeFileOf(path, [Buffer.from(text)], options);
}

/** The same of a file of any length, in pieces. */
export function writeWholeFileOf(path: string, pieces: Iterable<Uint8Array>, options: WriteOptions): void {
  const file = new WholeFile(path, options);
  try {
    for (const piece of pieces) file.write(piece);
    file.putInPlace();
  } finally {
    file.end();
  }
}

/** The same of pieces that come one after the other. */
export async function streamWholeFile(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  options: WriteOptions,
): Promise<void> {
  const file = new WholeFile(path, options);
  try {
    for await (const piece of pieces) file.write(piece);
    file.putInPlace();
  } finally {
    file.end();
  }
}

/** A file that has another name until it is whole. All throws refusals that name it as it will be. */
class WholeFile {
  readonly #path: string;
  readonly #options: WriteOptions;
  readonly #temporary: string;
  readonly #file: number;
  #isOpen = true;

  constructor(path: string, options: WriteOptions) {
    this.#path = path;
    this.#options = options;
    this.#temporary = temporaryName(path);
    this.#file = this.#doing(() => openSync(this.#temporary, "wx", options.mode ?? 0o644));
  }

  write(piece: Uint8Array): void {
    this.#doing(() => {
      for (let at = 0; at < piece.length; ) at += writeSync(this.#file, piece, at);
    });
  }

  /** Flushes it, closes it and gives it its name. */
  putInPlace(): void {
    this.#doing(() => {
      fsyncSync(this.#file);
      this.#close();
      if (this.#options.replace) renameSync(this.#temporary, this.#path);
      else linkSync(this.#temporary, this.#path);
    });
  }

  /** Closes it where that has not been done, and removes it where it did not get its place. */
  end(): void {
    try {
      if (this.#isOpen) this.#doing(() => this.#close());
    } finally {
      removeIfThere(this.#temporary);
    }
  }

  #close(): void {
    this.#isOpen = false;
    closeSync(this.#file);
  }

  #doing<Done>(step: () => Done): Done {
    try {
      return step();
    } catch (error) {
      throw refusalOf(error, `cannot write ${this.#path}`);
    }
  }
}

/**
 * Flushes the folder of a file, so that the file's being there, or being gone, outlives a power
 * cut. Throws what the system says; does nothing on Windows, where folders cannot be flushed.
 */
export function flushFolderOf(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Not by the pid: in a container each start has the same, and finds what a crash left of the one before. */
function temporaryName(path: string): string {
  return `${path}.${randomBytes(6).toString("hex")}.tmp`;
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was renamed, or never made.
  }
}
