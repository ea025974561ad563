import { writeSync } from "node:fs";
import { visible } from "../report/visible.js";
import { refusalOf } from "./refusal.js";

/**
 * Writes a verdict or data to standard output, whole. A reader that has gone away (`| head`)
 * ends nothing: the verdict reached still decides the exit code.
 * Throws a refusal for a full disk.
 */
export function writeOut(text: string): void {
  writeBytesOut(Buffer.from(text));
}

/** Writes bytes to standard output, like `writeOut`. */
export function writeBytesOut(bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EPIPE") return;
      if (code === "EAGAIN") waitForReader();
      else throw refusalOf(error, "standard output");
    }
  }
}

/** Writes notes and hints to standard error. A failure there is nobody's verdict. */
export function writeNote(text: string): void {
  try {
    writeSync(2, `${text}\n`);
  } catch {
    // Nobody is reading: there is no other place to say so.
  }
}

/** An error for a person: what was expected, found and where, and the hint on its own line. */
export function writeError(message: string, hint?: string): void {
  writeNote(`sclaw: ${visible(message)}${hint === undefined ? "" : `\n  ${visible(hint)}`}`);
}

/** A pipe that another program made non-blocking is full: give its reader a moment. */
function waitForReader(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
}
