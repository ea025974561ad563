import { limits } from "../json/limits.js";
import type { Engine } from "../keys/engine.js";
import type { VerifyOptions } from "./options.js";
import { LedgerPass } from "./pass.js";
import { LineSplitter } from "./split-lines.js";
import type { Verification } from "./verification.js";

/** The bytes of an export: whole, or in pieces of any size. */
export type LedgerBytes = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** One file of an export; its name is what findings call it where there are several. */
export interface LedgerFile {
  readonly name: string;
  readonly bytes: LedgerBytes;
}

/** A line that goes on for so long is no line of a ledger: reading it to its end may take forever. */
const endlessLine = 256 * 1024 * 1024;

/**
 * Verifies a ledger export against the reader's trust file, whole: encoding, signatures,
 * chain, Merkle roots, checkpoints, intents, controls and approvals (docs/format.md).
 *
 * Takes the export's bytes, or those of several files in order that are one ledger. Returns
 * findings and a verdict; a verdict says what it covers by its level. Rejects only where the
 * bytes cannot be read to their end.
 */
export async function verifyWith(
  engine: Engine,
  files: readonly LedgerFile[],
  options: VerifyOptions,
): Promise<Verification> {
  const pass = new LedgerPass(options, engine);
  for (const file of files) {
    if (pass.stopped !== undefined) break;
    if (files.length > 1) pass.beginFile(file.name);
    await readFile(file.bytes, pass);
  }
  return pass.end();
}

async function readFile(file: LedgerBytes, pass: LedgerPass): Promise<void> {
  const splitter = new LineSplitter(limits.lineBytes);
  const chunks = file instanceof Uint8Array ? [file] : file;
  for await (const chunk of chunks) {
    for (const line of splitter.push(chunk)) {
      pass.line(line);
      if (pass.stopped !== undefined) return;
    }
    if (splitter.openLength > endlessLine)
      pass.stop(`a line is longer than ${endlessLine} bytes and has not ended`);
    if (pass.stopped !== undefined) break;
  }
  const last = splitter.end();
  if (last !== undefined) pass.line(last);
}
