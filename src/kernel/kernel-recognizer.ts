import { claims } from "../ledger/claims.js";
import type { Block, Recognizer, Run } from "../ledger/recognizer.js";
import { RecordCursor, recordBytes, recordFlags, recordKinds } from "../ledger/record.js";
import type { LedgerBytes } from "../ledger/verify.js";
import type { Kernel } from "./kernel.js";
import { bufferBytes, LineBuffer, otherLine } from "./line-buffer.js";

/** The kernel loads so far behind the last line. */
const slack = 64;
/** A block has at most so many lines: they may be as short as one byte. */
const mostRecords = 8192;
/** A subtree as the kernel gives it: its size, then its root (kernel/tree.ts). */
const subtreeBytes = 40;
const mostSubtrees = 64;
/** Of a block of fewer lines none is handed over as a sample. */
const leastSampled = 256;
/** A line read by another engine costs as much as a dozen: it is done in one of so many blocks. */
const sampledBlocks = 4;
/** Of fewer entries in a row it costs more to say where they belong than to hash them. */
const leastRun = 4;

/** Recognizes ordinary lines by a kernel that has been given its trust, in the thread that it is asked in. */
export class KernelRecognizer implements Recognizer {
  readonly #kernel: Kernel;
  readonly #input: number;
  readonly #records: number;
  readonly #leaves: number;
  readonly #subtrees: number;
  readonly #sample: (() => number) | undefined;

  /**
   * `sample` gives numbers from 0 on and below 1: in one of four blocks of many lines, a line that the
   * kernel found ordinary is handed over as any other, to be read by another engine. Without it, none is.
   */
  constructor(kernel: Kernel, sample?: () => number) {
    this.#kernel = kernel;
    this.#sample = sample;
    this.#input = kernel.take(bufferBytes + slack);
    this.#records = kernel.take(mostRecords * recordBytes);
    this.#leaves = kernel.take(mostRecords * 32);
    this.#subtrees = kernel.take(mostSubtrees * subtreeBytes);
  }

  async *blocks(file: LedgerBytes): AsyncGenerator<Block> {
    const lines = new LineBuffer();
    for await (const chunk of file instanceof Uint8Array ? [file] : file) {
      for (const piece of lines.push(chunk)) {
        if (piece.kind === "lines") yield* this.recognize(piece.bytes);
        else yield otherLine(piece);
      }
    }
    const last = lines.end();
    if (last !== undefined) yield otherLine(last);
  }

  /** The blocks of whole lines, at most as many bytes of them as a line buffer gives at once. */
  *recognize(lines: Uint8Array): Generator<Block> {
    this.room.set(lines);
    yield* this.recognizeRoom(0, lines.length);
  }

  /**
   * The kernel's memory for lines, as many bytes as a line buffer gives at once: whoever reads into it
   * spares a copy. The view goes stale when lines are recognized.
   */
  get room(): Uint8Array {
    return this.#view(this.#input, bufferBytes);
  }

  /** The blocks of whole lines that stand in the room, from `from` on and before `end`. */
  *recognizeRoom(from: number, end: number): Generator<Block> {
    const { call } = this.#kernel;
    let at = from;
    while (at < end) {
      const count = call.recognize(this.#input + at, end - at, this.#records, mostRecords);
      const consumed = call.consumed.value as number;
      const records = this.#view(this.#records, count * recordBytes);
      this.#handOverSample(records, count);
      yield {
        bytes: this.#view(this.#input + at, consumed),
        records,
        runs: this.#runsOf(records, count),
      };
      at += consumed;
    }
  }

  #handOverSample(records: Uint8Array, count: number): void {
    if (this.#sample === undefined || count < leastSampled) return;
    const drawn = Math.floor(this.#sample() * sampledBlocks * count);
    if (drawn < count) handOver(records, drawn);
  }

  /** Neighbouring ordinary entries; they are taken to stand where the first of them says. */
  #runsOf(records: Uint8Array, count: number): Run[] {
    const runs: Run[] = [];
    const cursor = new RecordCursor(records);
    let first = 0;
    for (let i = 0; i <= count; i++) {
      cursor.at = i * recordBytes;
      if (i < count && cursor.kind !== recordKinds.other) continue;
      if (i - first >= leastRun) runs.push(this.#runAt(cursor, first, i - first));
      first = i + 1;
    }
    return runs;
  }

  #runAt(cursor: RecordCursor, first: number, count: number): Run {
    cursor.at = first * recordBytes;
    const start = cursor.seq;
    const records = this.#records + first * recordBytes;
    const found = this.#kernel.call.subtreesOf(records, count, start, this.#leaves, this.#subtrees);
    const hashes = new Uint8Array(32 * found);
    for (let i = 0; i < found; i++) {
      hashes.set(this.#view(this.#subtrees + i * subtreeBytes + 8, 32), 32 * i);
    }
    return { first, count, start, hashes };
  }

  #view(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#kernel.call.memory.buffer, at, length);
  }
}

/** Turns the record of an ordinary line into a claim that it is one. */
function handOver(records: Uint8Array, index: number): void {
  const cursor = new RecordCursor(records);
  cursor.at = index * recordBytes;
  if (cursor.kind === recordKinds.other) return;
  const { offset, length, flags } = cursor;
  cursor.clear();
  cursor.claim = claims.ordinary;
  cursor.offset = offset;
  cursor.length = length;
  cursor.flags = flags & recordFlags.ended;
}
