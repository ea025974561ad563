import { writeSync } from "node:fs";
import { blockAnswer, type HookAnswer } from "./answer.js";
import { failureAnswer } from "./failure.js";

/**
 * Writes an answer out and returns the exit code. Where the agent cannot be told no, because it
 * reads no more or a disk is full, the exit code has to say it.
 */
export function giveAnswer(answer: HookAnswer): number {
  try {
    writeAll(1, answer.stdout);
    if (answer.stderr !== "") writeAll(2, answer.stderr);
    return answer.exit;
  } catch (error) {
    return blocked(failureAnswer(error));
  }
}

function blocked({ stderr }: HookAnswer): number {
  try {
    writeAll(2, stderr);
  } catch {
    // The exit code says it.
  }
  return blockAnswer("").exit;
}

/** Whole, also into a pipe that another program made non-blocking and that is full. */
function writeAll(file: 1 | 2, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(file, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}
