import { readSync } from "node:fs";

/**
 * Reads what there is, from `offset` on, and waits for it where there is nothing yet: a terminal
 * or pipe that another program made non-blocking says EAGAIN then. Returns 0 at the end. Reads
 * where the file stands, or at a position of it that is given.
 */
export function readChunk(
  file: number,
  into: Uint8Array,
  offset = 0,
  position: number | null = null,
): number {
  for (;;) {
    try {
      return readSync(file, into, offset, into.length - offset, position);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** Fills memory, from where the file stands or from a position of it; returns how many bytes, fewer only where it ends. */
export function readFully(file: number, into: Uint8Array, position: number | null = null): number {
  let length = 0;
  while (length < into.length) {
    const read = readChunk(file, into, length, position === null ? null : position + length);
    if (read === 0) break;
    length += read;
  }
  return length;
}
