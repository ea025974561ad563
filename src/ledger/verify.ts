import { equalBytes } from "../bytes/bytes.js";
import { limits } from "../json/limits.js";
import type { Engine } from "../keys/engine.js";
import { FirstLook, OneLook, SecondLook } from "./looks.js";
import type { VerifyOptions } from "./options.js";
import { LedgerPass } from "./pass.js";
import { RangedBytes } from "./ranged-bytes.js";
import { type Block, type Recognizer, RecognizerDisputed } from "./recognizer.js";
import { endlessLine, LineSplitter } from "./split-lines.js";
import type { Verification } from "./verification.js";

/** Bytes that are looked at in one go. */
const mostPiece = 4 * 1024 * 1024;

/** The bytes of an export: whole, or in pieces of any size. */
export type LedgerBytes = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** One file of an export; its name is what findings call it where there are several. */
export interface LedgerFile {
  readonly name: string;
  readonly bytes: LedgerBytes;
  /**
   * Gives the same bytes again, from their start, once `bytes` have been read: a long ledger is then
   * verified in less memory. Of a `Uint8Array` nobody need say so.
   */
  readonly readAgain?: (() => LedgerBytes) | undefined;
}

/** What gives the bytes of a file once more; undefined where nothing does. */
export function bytesAgain({ bytes, readAgain }: Omit<LedgerFile, "name">): LedgerFile["readAgain"] {
  return bytes instanceof Uint8Array ? () => bytes : readAgain;
}

/** So many requests and executions are remembered, some 10 MB, before any is forgotten (looks.ts). */
const mostRemembered = 100_000;

/** A ledger that was read twice, and was another one then. */
export class LedgerChanged extends Error {
  constructor() {
    super("expected the same ledger when it was read a second time, found that it changed meanwhile");
  }
}

/**
 * Verifies a ledger export against the reader's trust file, whole: encoding, signatures,
 * chain, Merkle roots, checkpoints, intents, controls and approvals (docs/format.md).
 *
 * Takes the export's bytes, or those of several files in order that are one ledger; with a
 * recognizer, what it says of ordinary lines is taken for true. Returns findings and a verdict; a
 * verdict says what it covers by its level. Rejects only where the bytes cannot be read to their
 * end, with `LedgerChanged` where they were not the same twice, and with `RecognizerDisputed`
 * where the recognizer is not to be relied on.
 */
export async function verifyWith(
  engine: Engine,
  files: readonly LedgerFile[],
  options: VerifyOptions,
  recognizer?: Recognizer,
  remembered = mostRemembered,
): Promise<Verification> {
  const reading = (bytes: LedgerBytes) => (pass: LedgerPass) =>
    recognizer === undefined
      ? readFile(bytes, pass)
      : takeBlocks(recognizer.blocks(upToEndlessLine(bytes)), pass);
  const all = files.map(({ name, ...file }): Reading => {
    const again = bytesAgain(file);
    return { name, read: reading(file.bytes), readAgain: again && ((pass) => reading(again())(pass)) };
  });
  return look(engine, all, options, remembered);
}

/** One file of an export whose lines have been recognized elsewhere. */
export interface RecognizedFile {
  readonly name: string;
  /** Gives its blocks from the first one on, each time it is called. */
  readonly blocks: () => Iterable<Block> | AsyncIterable<Block>;
}

/**
 * Verifies an export of which a recognizer's blocks are all that there is. Takes and returns what
 * `verifyWith` does, and comes to the same.
 */
export async function verifyBlocks(
  engine: Engine,
  files: readonly RecognizedFile[],
  options: VerifyOptions,
  remembered = mostRemembered,
): Promise<Verification> {
  const all = files.map(({ name, blocks }): Reading => {
    const read = (pass: LedgerPass) => takeBlocks(blocks(), pass);
    return { name, read, readAgain: read };
  });
  return look(engine, all, options, remembered);
}

/** A file that a pass can be led through: once, or twice. */
interface Reading {
  readonly name: string;
  readonly read: (pass: LedgerPass) => Promise<void>;
  readonly readAgain: ((pass: LedgerPass) => Promise<void>) | undefined;
}

/** One pass over a ledger, or two where that saves memory and the first leaves a doubt. */
async function look(
  engine: Engine,
  files: readonly Reading[],
  options: VerifyOptions,
  remembered: number,
): Promise<Verification> {
  const { tableSeed: seed = 0, observe } = options;
  const once = files.map(({ name, read }) => ({ name, read }));
  const twice = files.flatMap(({ name, readAgain }) => (readAgain ? [{ name, read: readAgain }] : []));
  if (twice.length < files.length || observe !== undefined)
    return readAll(once, new LedgerPass(options, engine, new OneLook(seed)));
  const first = new FirstLook(seed, engine.sha3_256, remembered);
  const verification = await readAll(once, new LedgerPass(options, engine, first));
  const suspects = first.suspects();
  if (suspects === undefined) return verification;
  const second = new SecondLook(seed, engine.sha3_256, suspects);
  const found = await readAll(twice, new LedgerPass(options, engine, second));
  if (!equalBytes(second.end(), first.end())) throw new LedgerChanged();
  return found;
}

async function readAll(
  files: readonly Pick<Reading, "name" | "read">[],
  pass: LedgerPass,
): Promise<Verification> {
  for (const { name, read } of files) {
    if (pass.stopped !== undefined) break;
    if (files.length > 1) pass.beginFile(name);
    await read(pass);
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

async function takeBlocks(blocks: ReturnType<RecognizedFile["blocks"]>, pass: LedgerPass): Promise<void> {
  for await (const block of blocks) {
    pass.block(block);
    if (pass.disputed !== undefined) throw new RecognizerDisputed(pass.disputed);
    if (pass.stopped !== undefined) return;
  }
}

/**
 * The bytes of a file, cut off where a line has gone on for so long that it is none of a ledger:
 * at the same byte, whatever the sizes of the chunks. Whoever reads ranges of it cuts them there, too.
 */
export function upToEndlessLine(file: LedgerBytes): AsyncIterable<Uint8Array> {
  const pieces = piecesUpToEndlessLine(file);
  return file instanceof RangedBytes ? new RangedBytes(pieces, file.source) : pieces;
}

async function* piecesUpToEndlessLine(file: LedgerBytes): AsyncGenerator<Uint8Array> {
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
