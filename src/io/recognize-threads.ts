import { Worker } from "node:worker_threads";
import { bufferBytes } from "../kernel/line-buffer.js";
import { mostRangeBytes } from "../kernel/range-recognizer.js";
import type { Helpers, KernelWork, RangeFound } from "../kernel/staged-recognizer.js";
import type { RangeSource } from "../ledger/ranged-bytes.js";
import type { Block } from "../ledger/recognizer.js";
import type { Asked, LinesAnswer, RangeAnswer, ThreadTask } from "./recognize-worker.js";
import { CannotDo } from "./refusal.js";
import { type ThreadWords, threadEnded, threadError } from "./thread-end.js";

const verifying: ThreadWords = {
  doing: "verify",
  alone: "--jobs 1 to verify in one thread, or SCLAW_ENGINE=node where there is no --jobs",
};
const deciding: ThreadWords = {
  doing: "verify and decide",
  alone: "--jobs 0 to do both in one thread, or SCLAW_ENGINE=node where there is no --jobs",
};

/** Memory for the records of a range: as a rule, all of them fit. */
const roomBytes = 256 * 1024;

interface Thread {
  readonly worker: Worker;
  /** What it was given and has not answered, oldest first. */
  readonly waiting: Waiting[];
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** How threads work; no answer depends on it. */
export interface ThreadWays {
  /** The program of a thread. */
  readonly program?: URL;
  /** Bytes of a file that a thread reads at once; `mostRangeBytes` where it is left out, which is the most. */
  readonly rangeBytes?: number;
}

/**
 * Threads that recognize ordinary lines. A thread that fails or ends is a failure of the whole:
 * no line is left out in silence, and nobody waits for it.
 */
export class RecognizeThreads implements Helpers {
  readonly rangeBytes: number;
  readonly #threads: readonly Thread[];
  /** Fulfilled once the threads have been given their work. */
  readonly #begun: Promise<void>;
  readonly #comesBack: boolean;
  /** Memory of lines that were recognized. */
  readonly #free: ArrayBuffer[] = [];
  /** Memory of records that were taken in. */
  readonly #rooms: ArrayBuffer[] = [];
  #failure: { readonly error: unknown } | undefined;
  #closing = false;

  /** Starts threads at once, which wait for their work; where that comes to nothing they have to be closed. */
  constructor(work: Promise<KernelWork | undefined>, task: ThreadTask, count: number, ways: ThreadWays = {}) {
    const { program = new URL("./recognize-worker.js", import.meta.url), rangeBytes = mostRangeBytes } = ways;
    this.rangeBytes = task.wholeLines ? 0 : rangeBytes;
    this.#comesBack = !task.wholeLines;
    const words = task.noting === undefined ? verifying : deciding;
    const threads: Thread[] = [];
    this.#threads = threads;
    try {
      for (let i = 0; i < count; i++)
        threads.push(this.#start(new Worker(program, { workerData: task }), words));
    } catch (error) {
      // Those that were started would keep the process from its end.
      void this.close();
      throw threadEnded(`one of ${count} could not be started (${(error as Error).message})`, words);
    }
    this.#begun = work.then((begun) => {
      if (begun === undefined) return;
      for (const { worker } of this.#threads) worker.postMessage(begun);
    });
    // Whoever prepares the work hears of it.
    this.#begun.catch(() => {});
  }

  #start(worker: Worker, words: ThreadWords): Thread {
    const thread: Thread = { worker, waiting: [] };
    worker.on("message", (answer) => thread.waiting.shift()?.resolve(answer));
    worker.on("messageerror", (error) => this.#fail(error));
    worker.on("error", (error) => this.#fail(threadError(error, words)));
    worker.on("exit", (code) => this.#fail(threadEnded(`exit code ${code}`, words)));
    return thread;
  }

  get count(): number {
    return this.#threads.length;
  }

  /** How many pieces are worth having under way at once: one a thread, and one for each to go on with. */
  get mostUnderWay(): number {
    return 2 * this.#threads.length;
  }

  /** Gives whole lines, which are copied, to the thread with least to do; resolves to their blocks. */
  recognize(lines: Uint8Array): Promise<readonly Block[]> {
    const copy = this.#copied(lines);
    return this.#ask(copy, [copy.buffer], ({ blocks, free }: LinesAnswer) => {
      if (free !== undefined) this.#free.push(free);
      return blocks;
    });
  }

  /**
   * Has the thread with least to do read a range of a file; resolves to the blocks of its lines.
   * Rejects with a refusal where it cannot be read.
   */
  readRange({ name, descriptor, end }: RangeSource, from: number, to: number): Promise<RangeFound> {
    const room = this.#rooms.pop() ?? new ArrayBuffer(roomBytes);
    return this.#ask({ name, descriptor, end, from, to, room }, [room], (answer: RangeAnswer) => {
      if ("refused" in answer) throw new CannotDo(answer.refused);
      return answer;
    });
  }

  giveBack(blocks: readonly Block[]): void {
    for (const { records } of blocks)
      if (records.buffer.byteLength === roomBytes) this.#rooms.push(records.buffer as ArrayBuffer);
  }

  /** Ends the threads, whatever they do. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  /** Asks the thread with least to do; resolves to what is taken from its answer. */
  #ask<A, T>(asked: Asked, memory: ArrayBuffer[], taken: (answer: A) => T): Promise<T> {
    const promise = new Promise<unknown>((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure.error);
        return;
      }
      const [thread] = [...this.#threads].sort((a, b) => a.waiting.length - b.waiting.length);
      thread!.waiting.push({ resolve, reject });
      this.#begun.then(() => thread!.worker.postMessage(asked, memory)).catch(reject);
    }).then((answer) => taken(answer as A));
    // Whoever is to await it may be busy with an earlier one, which fails too.
    promise.catch(() => {});
    return promise;
  }

  /** Memory goes to and fro, where it comes back: what a thread leaves behind is collected late. */
  #copied(lines: Uint8Array): Uint8Array<ArrayBuffer> {
    const memory = this.#free.pop() ?? new ArrayBuffer(this.#comesBack ? bufferBytes : lines.length);
    const copy = new Uint8Array(memory, 0, lines.length);
    copy.set(lines);
    return copy;
  }

  #fail(error: unknown): void {
    if (this.#closing) return;
    this.#failure ??= { error };
    for (const { waiting } of this.#threads) for (const { reject } of waiting.splice(0)) reject(error);
  }
}
