import { readSync } from "node:fs";
import { refusalOf } from "../io/refusal.js";

const chunkBytes = 64 * 1024;

/** Reads standard input to its end, or one byte beyond `most`, which shows that there is more. */
export function readStandardInput(most: number): Uint8Array {
  const chunks: Buffer[] = [];
  let length = 0;
  while (length <= most) {
    const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, most + 1 - length));
    const read = readWaiting(chunk);
    if (read === 0) break;
    chunks.push(chunk.subarray(0, read));
    length += read;
  }
  return Buffer.concat(chunks);
}

/** A pipe that was made non-blocking says EAGAIN while it has nothing. */
function readWaiting(into: Buffer): number {
  for (;;) {
    try {
      return readSync(0, into, 0, into.length, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") throw refusalOf(error, "cannot read the event on standard input");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}
