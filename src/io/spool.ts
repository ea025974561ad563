import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readChunk } from "./read-chunk.js";
import { refusalOf } from "./refusal.js";

const chunkBytes = 1024 * 1024;

/**
 * Copies standard input to a private temporary file, for what has to read it more than once.
 * Returns its path; it is removed when the process ends. Throws a refusal for a full disk.
 */
export function spoolStandardInput(): string {
  try {
    const folder = mkdtempSync(join(tmpdir(), "sclaw-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, "standard-input");
    const file = openSync(path, "wx", 0o600);
    try {
      copyInto(file);
    } finally {
      closeSync(file);
    }
    return path;
  } catch (error) {
    throw refusalOf(error, "cannot keep standard input in a temporary file");
  }
}

function copyInto(file: number): void {
  const chunk = Buffer.allocUnsafe(chunkBytes);
  for (;;) {
    const read = readChunk(0, chunk);
    if (read === 0) return;
    for (let at = 0; at < read; ) at += writeSync(file, chunk, at, read - at);
  }
}
