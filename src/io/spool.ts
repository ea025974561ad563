import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
    const read = readWaiting(chunk);
    if (read === 0) return;
    for (let at = 0; at < read; ) at += writeSync(file, chunk, at, read - at);
  }
}

/** A terminal or pipe that was made non-blocking says EAGAIN while it has nothing. */
function readWaiting(into: Buffer): number {
  for (;;) {
    try {
      return readSync(0, into, 0, into.length, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
