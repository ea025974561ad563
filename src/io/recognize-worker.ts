// The program of a thread that recognizes ordinary lines: made by recognize-threads.ts, ended by it.
import { parentPort, workerData } from "node:worker_threads";
import { withoutOrdinaryLines } from "../kernel/part.js";
import { type KernelWork, startHere } from "../kernel/staged-recognizer.js";
import type { Block } from "../ledger/recognizer.js";

/** What a thread is started with. */
export interface ThreadWork extends KernelWork {
  /** Whether the lines of records are wanted back, too: by who observes each entry. */
  readonly wholeLines: boolean;
}

/** What a thread answers to the lines that it was given. */
export interface RecognizeAnswer {
  readonly blocks: readonly Block[];
  /** The memory that the lines came in, where no block is in it: for the next ones. */
  readonly free: ArrayBuffer | undefined;
}

const { wholeLines, ...work } = workerData as ThreadWork;
const recognizer = await startHere(work, Math.random);

parentPort!.on("message", (lines: Uint8Array) => {
  const blocks: Block[] = [];
  let at = 0;
  for (const block of recognizer.recognize(lines)) {
    const { length } = block.bytes;
    blocks.push(wholeLines ? withLines(block, lines.subarray(at, at + length)) : withoutOrdinaryLines(block));
    at += length;
  }
  const memory = new Set(blocks.flatMap(({ bytes, records }) => [bytes.buffer, records.buffer]));
  memory.add(lines.buffer);
  const answer: RecognizeAnswer = { blocks, free: wholeLines ? undefined : (lines.buffer as ArrayBuffer) };
  parentPort!.postMessage(answer, [...memory] as ArrayBuffer[]);
});

/** The lines go back in the memory that they came in. */
function withLines({ records, ...rest }: Block, lines: Uint8Array): Block {
  return { ...rest, bytes: lines, records: records.slice(), lasts: true };
}
