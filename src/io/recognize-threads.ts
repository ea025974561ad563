import { Worker } from "node:worker_threads";
import { bufferBytes } from "../kernel/line-buffer.js";
import type { Helpers } from "../kernel/staged-recognizer.js";
import type { Block } from "../ledger/recognizer.js";
import type { RecognizeAnswer, ThreadWork } from "./recognize-worker.js";
import { type ThreadWords, threadEnded, threadError } from "./thread-end.js";

const words: ThreadWords = { doing: "verify", alone: "--jobs 1 to verify in one thread" };

interface Thread {
  readonly worker: Worker;
  /** What it was given and has not answered, oldest first. */
  readonly waiting: Answer[];
}

interface Answer {
  readonly resolve: (blocks: readonly Block[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Threads that recognize ordinary lines. A thread that fails or ends is a failure of the whole:
 * no line is left out in silence, and nobody waits for it.
 */
export class RecognizeThreads implements Helpers {
  readonly #threads: readonly Thread[];
  readonly #comesBack: boolean;
  /** Memory of lines that were recognized. */
  readonly #free: ArrayBuffer[] = [];
  #failure: { readonly error: unknown } | undefined;
  #closing = false;

  constructor(work: ThreadWork, count: number, program = new URL("./recognize-worker.js", import.meta.url)) {
    this.#comesBack = !work.wholeLines;
    this.#threads = Array.from({ length: count }, () => {
      const thread: Thread = { worker: new Worker(program, { workerData: work }), waiting: [] };
      thread.worker.on("message", ({ blocks, free }: RecognizeAnswer) => {
        if (free !== undefined) this.#free.push(free);
        thread.waiting.shift()?.resolve(blocks);
      });
      thread.worker.on("messageerror", (error) => this.#fail(error));
      thread.worker.on("error", (error) => this.#fail(threadError(error, words)));
      thread.worker.on("exit", (code) => this.#fail(threadEnded(`exit code ${code}`, words)));
      return thread;
    });
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
    const promise = new Promise<readonly Block[]>((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure.error);
        return;
      }
      const [thread] = [...this.#threads].sort((a, b) => a.waiting.length - b.waiting.length);
      thread!.waiting.push({ resolve, reject });
      thread!.worker.postMessage(copy, [copy.buffer]);
    });
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

  /** Ends the threads, whatever they do. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #fail(error: unknown): void {
    if (this.#closing) return;
    this.#failure ??= { error };
    for (const { waiting } of this.#threads) for (const { reject } of waiting.splice(0)) reject(error);
  }
}
