// The program of a thread that recognizes ordinary lines: made by recognize-threads.ts, ended by it.
import { parentPort, workerData } from "node:worker_threads";
import type { KernelRecognizer } from "../kernel/kernel-recognizer.js";
import { withoutOrdinaryLines } from "../kernel/part.js";
import { blocksInRange } from "../kernel/range-recognizer.js";
import { type KernelWork, type RangeFound, startHere } from "../kernel/staged-recognizer.js";
import type { RangeSource } from "../ledger/ranged-bytes.js";
import type { Block } from "../ledger/recognizer.js";
import type { Noting } from "./noter.js";
import { readFully } from "./read-chunk.js";
import { CannotDo, refusalOf } from "./refusal.js";

/** What a thread is started for; the kernel's work is the first message to it. */
export interface ThreadTask {
  /** Whether the lines of records are wanted back, too: by who observes each entry. */
  readonly wholeLines: boolean;
  /** What is to be made of the lines of records besides, where anything is. */
  readonly noting?: Noting | undefined;
}

/** What a thread is asked: about lines that it is given, or about those that begin in a range of a file. */
export type Asked = Uint8Array<ArrayBuffer> | RangeAsked;

interface RangeAsked extends Omit<RangeSource, "size" | "reached"> {
  readonly from: number;
  readonly to: number;
  /** Memory for records; what a thread leaves behind for others is collected late. */
  readonly room: ArrayBuffer;
}

/** What a thread answers to the lines that it was given. */
export interface LinesAnswer {
  readonly blocks: readonly Block[];
  /** The memory that the lines came in, where no block is in it: for the next ones. */
  readonly free: ArrayBuffer | undefined;
}

/** What a thread answers about a range: its lines, or in words why the file cannot be read. */
export type RangeAnswer = RangeFound | { readonly refused: string };

const { wholeLines, noting } = workerData as ThreadTask;
// Most threads decide nothing: the engine of policies is not loaded for them.
const noter = noting === undefined ? undefined : (await import("./noter.js")).noterFor(noting);
let started: Promise<KernelRecognizer> | undefined;

parentPort!.on("message", async (message: KernelWork | Asked) => {
  if (started === undefined) {
    started = startHere(message as KernelWork, Math.random);
    return;
  }
  const recognizer = await started;
  const asked = message as Asked;
  if (asked instanceof Uint8Array) answerLines(recognizer, asked);
  else answerRange(recognizer, asked);
});

function answerLines(recognizer: KernelRecognizer, lines: Uint8Array<ArrayBuffer>): void {
  const blocks: Block[] = [];
  let at = 0;
  for (const block of recognizer.recognize(lines)) {
    const { length } = block.bytes;
    blocks.push(wholeLines ? withLines(block, lines.subarray(at, at + length)) : withoutOrdinaryLines(block));
    at += length;
  }
  const answer: LinesAnswer = { blocks, free: wholeLines ? undefined : lines.buffer };
  parentPort!.postMessage(answer, memoryOf(blocks, lines.buffer));
}

/** The lines go back in the memory that they came in. */
function withLines({ records, ...rest }: Block, lines: Uint8Array): Block {
  const block = { ...rest, bytes: lines, records: records.slice(), lasts: true };
  return noter === undefined ? block : { ...block, notes: noter.of(block) };
}

function answerRange(recognizer: KernelRecognizer, range: RangeAsked): void {
  const answer = rangeAnswer(recognizer, range);
  parentPort!.postMessage(answer, "refused" in answer ? [] : memoryOf(answer.blocks));
}

function rangeAnswer(
  recognizer: KernelRecognizer,
  { name, descriptor, end, from, to, room }: RangeAsked,
): RangeAnswer {
  const blocks: Block[] = [];
  let free: ArrayBuffer | undefined = room;
  try {
    const read = (into: Uint8Array, position: number) =>
      readFully(descriptor, into.subarray(0, Math.max(0, end - position)), position);
    const found = blocksInRange(recognizer, read, from, to);
    for (;;) {
      const { done, value } = found.next();
      if (done === true) return { blocks, ...value };
      const block = withoutOrdinaryLines(value, free);
      if (block.records.buffer === free) free = undefined;
      blocks.push(block);
    }
  } catch (error) {
    const refusal = refusalOf(error, `cannot read the ledger ${name}`);
    if (!(refusal instanceof CannotDo)) throw error;
    return { refused: refusal.message };
  }
}

/** What goes to the other thread without a copy: each memory once. */
function memoryOf(blocks: readonly Block[], ...more: readonly ArrayBuffer[]): ArrayBuffer[] {
  const ofBlocks = blocks.flatMap(({ bytes, records, notes }) =>
    notes === undefined ? [bytes.buffer, records.buffer] : [bytes.buffer, records.buffer, notes.of.buffer],
  );
  return [...new Set([...ofBlocks, ...more])] as ArrayBuffer[];
}
