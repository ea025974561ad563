import { Kernel } from "../kernel/kernel.js";
import { KernelRecognizer } from "../kernel/kernel-recognizer.js";
import { bufferBytes, LineBuffer, otherLine } from "../kernel/line-buffer.js";
import { giveTrust } from "../kernel/trust.js";
import type { Block, Recognizer } from "../ledger/recognizer.js";
import { LineSplitter } from "../ledger/split-lines.js";
import type { LedgerBytes } from "../ledger/verify.js";
import { RecognizeThreads } from "./recognize-threads.js";
import type { RecognizeWork } from "./recognize-worker.js";

/** From how many bytes on a ledger is worth the start of a kernel, and of threads. No answer depends on it. */
export interface Stages {
  readonly kernelFrom: number;
  readonly threadsFrom: number;
  readonly threads: number;
}

/**
 * Recognizes ordinary lines with as little as a ledger is worth: nothing at all for its first bytes,
 * since most ledgers that people look at are short, then a kernel in this thread, then threads.
 */
export class StagedRecognizer implements Recognizer {
  readonly #prepare: () => Promise<RecognizeWork | undefined>;
  readonly #stages: Stages;
  #work: RecognizeWork | undefined;
  #prepared = false;
  #kernel: KernelRecognizer | undefined;
  #threads: RecognizeThreads | undefined;
  #seen = 0;

  /** `prepare` gives what kernels are started with, when one is; undefined where none can be used. */
  constructor(prepare: () => Promise<RecognizeWork | undefined>, stages: Stages) {
    this.#prepare = prepare;
    this.#stages = stages;
  }

  async *blocks(file: LedgerBytes): AsyncGenerator<Block> {
    const lines = new LineBuffer();
    const underWay: Promise<readonly Block[]>[] = [];
    for await (const chunk of file instanceof Uint8Array ? [file] : file) {
      for (const piece of lines.push(chunk)) {
        if (piece.kind === "lines") {
          const here = await this.#take(piece.bytes, underWay);
          if (here !== undefined) yield* here;
        } else {
          while (underWay.length > 0) yield* await underWay.shift()!;
          yield otherLine(piece);
        }
        while (underWay.length > (this.#threads?.mostUnderWay ?? 0)) yield* await underWay.shift()!;
      }
    }
    while (underWay.length > 0) yield* await underWay.shift()!;
    const last = lines.end();
    if (last !== undefined) yield otherLine(last);
  }

  /** How many threads were started. */
  get threads(): number {
    return this.#threads === undefined ? 0 : this.#stages.threads;
  }

  /** Ends what was started. */
  async close(): Promise<void> {
    await this.#threads?.close();
  }

  /** Blocks that are made here, or none where a thread was given the lines. */
  async #take(
    lines: Uint8Array,
    underWay: Promise<readonly Block[]>[],
  ): Promise<Iterable<Block> | undefined> {
    const before = this.#seen;
    this.#seen += lines.length;
    if (before < this.#stages.kernelFrom) return linesOf(lines);
    const work = await this.#workOnce();
    if (work === undefined) return linesOf(lines);
    if (this.#stages.threads > 1 && before >= this.#stages.threadsFrom) {
      this.#threads ??= new RecognizeThreads(work, this.#stages.threads);
      underWay.push(this.#threads.recognize(lines));
      return undefined;
    }
    this.#kernel ??= await startHere(work);
    return this.#kernel.recognize(lines);
  }

  async #workOnce(): Promise<RecognizeWork | undefined> {
    if (!this.#prepared) this.#work = await this.#prepare();
    this.#prepared = true;
    return this.#work;
  }
}

async function startHere({ module, trust, ownScope }: RecognizeWork): Promise<KernelRecognizer> {
  const kernel = await Kernel.start(module);
  if (!giveTrust(kernel, trust, ownScope)) throw new Error("expected a trust that another kernel has taken");
  return new KernelRecognizer(kernel, Math.random);
}

/** Each line as one to be read whole. */
function* linesOf(lines: Uint8Array): Generator<Block> {
  const splitter = new LineSplitter(bufferBytes);
  for (const line of splitter.push(lines)) yield otherLine(line);
}
