import { closeSync, fstatSync, openSync } from "node:fs";
import { readChunk } from "./read-chunk.js";
import { CannotDo, refusalOf } from "./refusal.js";

/** A trust file, a note, a proof or a configuration is small; more is a mistake or an attack. */
const smallFile = 16 * 1024 * 1024;

/**
 * Reads a small file whole; `what` names it in errors ("trust file").
 * Throws a refusal where it is missing, no file, unreadable or larger than 16 MiB.
 */
export function readSmallFile(path: string, what: string): Uint8Array {
  let file: number | undefined;
  try {
    file = path === "-" ? 0 : openSync(path, "r");
    if (fstatSync(file).isDirectory()) throw new CannotDo(`expected a ${what}, found a folder: ${path}`);
    return readAll(file, path, what);
  } catch (error) {
    throw refusalOf(error, `cannot read the ${what} ${path}`);
  } finally {
    if (file !== undefined && file !== 0) closeSync(file);
  }
}

function readAll(file: number, path: string, what: string): Uint8Array {
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(64 * 1024);
    const read = readChunk(file, chunk);
    if (read === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, read));
    length += read;
    if (length > smallFile) {
      throw new CannotDo(`expected a ${what} of at most ${smallFile} bytes, found more: ${path}`);
    }
  }
}
