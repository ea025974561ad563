import { limits } from "../json/limits.js";
import type { Engine } from "../keys/engine.js";
import type { VerifyOptions } from "./options.js";
import { endlessLine, LedgerPass } from "./pass.js";
import { type Block, type Recognizer, RecognizerDisputed } from "./recognizer.js";
import { LineSplitter } from "./split-lines.js";
import type { Verification } from "./verification.js";

/** Bytes that are looked at in one go. */
const mostPiece = 4 * 1024 * 1024;

/** The bytes of an export: whole, or in pieces of any size. */
export type LedgerBytes = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** One file of an export; its name is what findings call it where there are several. */
export interface LedgerFile {
  readonly name: string;
  readonly bytes: LedgerBytes;
}

/**
 * Verifies a ledger export against the reader's trust file, whole: encoding, signatures,
 * chain, Merkle roots, checkpoints, intents, controls and approvals (docs/format.md).
 *
 * Takes the export's bytes, or those of several files in order that are one ledger; with a
 * recognizer, what it says of ordinary lines is taken for true. Returns findings and a verdict; a
 * verdict says what it covers by its level. Rejects only where the bytes cannot be read to their
 * end, and with `RecognizerDisputed` where the recognizer is not to be relied on.
 */
export async function verifyWith(
  engine: Engine,
  files: readonly LedgerFile[],
  options: VerifyOptions,
  recognizer?: Recognizer,
): Promise<Verification> {
  const pass = new LedgerPass(options, engine);
  for (const file of files) {
    if (pass.stopped !== undefined) break;
    if (files.length > 1) pass.beginFile(file.name);
    if (recognizer === undefined) await readFile(file.bytes, pass);
    else await takeBlocks(recognizer.blocks(upToEndlessLine(file.bytes)), pass);
  }
  return pass.end();
}

/** One file of an export whose lines have been recognized elsewhere. */
export interface RecognizedFile {
  readonly name: string;
  readonly blocks: Iterable<Block> | AsyncIterable<Block>;
}

/**
 * Verifies an export of which a recognizer's blocks are all that there is. Takes and returns what
 * `verifyWith` does, and comes to the same.
 */
export async function verifyBlocks(
  engine: Engine,
  files: readonly RecognizedFile[],
  options: VerifyOptions,
): Promise<Verification> {
  const pass = new LedgerPass(options, engine);
  for (const file of files) {
    if (pass.stopped !== undefined) break;
    if (files.length > 1) pass.beginFile(file.name);
    await takeBlocks(file.blocks, pass);
  }
  return pass.end();
}

async function readFile(file: LedgerBytes, pass: LedgerPass): Promise<void> {
  const splitter = new LineSplitter(limits.lineBytes);
  for await (const chunk of upToEndlessLine(file)) {
    for (const line of splitter.push(chunk)) {
      pass.line(line);
      if (pass.stopped !== undefined) return;
    }
  }
  const last = splitter.end();
  if (last !== undefined) pass.line(last);
}

async function takeBlocks(blocks: RecognizedFile["blocks"], pass: LedgerPass): Promise<void> {
  for await (const block of blocks) {
    pass.block(block);
    if (pass.disputed !== undefined) throw new RecognizerDisputed(pass.disputed);
    if (pass.stopped !== undefined) return;
  }
}

/**
 * The bytes of a file, cut off where a line has gone on for so long that it is none of a ledger:
 * at the same byte, whatever the sizes of the chunks.
 */
export async function* upToEndlessLine(file: LedgerBytes): AsyncGenerator<Uint8Array> {
  let open = 0;
  for await (const chunk of file instanceof Uint8Array ? [file] : file) {
    for (let at = 0; at < chunk.length; at += mostPiece) {
      const piece = chunk.subarray(at, at + mostPiece);
      const first = piece.indexOf(0x0a);
      const toLineEnd = first < 0 ? piece.length : first;
      if (open + toLineEnd > endlessLine) {
        yield piece.subarray(0, endlessLine + 1 - open);
        return;
      }
      yield piece;
      open = first < 0 ? open + piece.length : piece.length - piece.lastIndexOf(0x0a) - 1;
    }
  }
}
