import { closeSync, fsyncSync, linkSync, openSync, renameSync, unlinkSync, writeSync } from "node:fs";
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
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, "wx", options.mode ?? 0o644);
    try {
      for (const piece of pieces) {
        let at = 0;
        while (at < piece.length) at += writeSync(file, piece, at);
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (options.replace) renameSync(temporary, path);
    else linkSync(temporary, path);
  } catch (error) {
    throw refusalOf(error, `cannot write ${path}`);
  } finally {
    removeIfThere(temporary);
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was renamed, or never made.
  }
}
