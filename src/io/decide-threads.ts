import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { PolicyBundle } from "../policy/bundle.js";
import type { Answers } from "../policy/request-class.js";
import { askHere, Decider, type OpenClass } from "../replay/decider.js";
import type { WorkerBatch, WorkerBundles } from "./decide-worker.js";
import { type ThreadWords, threadEnded, threadError } from "./thread-end.js";

const words: ThreadWords = { doing: "decide", alone: "--jobs 0 to decide without threads" };

/** How the work is spread; no answer depends on it. */
export interface Spread {
  /** Threads beside this one; 0 asks the engine here. */
  readonly threads: number;
  /** How many classes are asked about here before the threads are started, which takes them as long. */
  readonly startAfter: number;
  /** Classes that a thread is given together. */
  readonly batch: number;
  /** Requests that may wait before reading pauses: they are what is held in memory. */
  readonly mostWaiting: number;
  /** The program of a thread. */
  readonly program: URL;
}

/**
 * The spread for a number of jobs that was asked for, whose threads start at once; or for none:
 * as many as there are cores but the one that recognizes lines, at most 8, once a ledger shows that they are
 * worth their start.
 */
export function spreadOf(jobs: number | undefined): Spread {
  return {
    threads: jobs ?? Math.max(1, Math.min(8, availableParallelism() - 1)),
    startAfter: jobs === undefined ? 500 : 0,
    batch: 64,
    mostWaiting: 2000,
    program: new URL("./decide-worker.js", import.meta.url),
  };
}

interface Thread {
  readonly worker: Worker;
  /** What it was given and has not answered, oldest first. */
  readonly batches: (readonly OpenClass[])[];
}

/**
 * Decides the requests of a ledger with threads that ask the engine, while this one reads and
 * verifies. A thread that fails or ends is a failure of the whole: nothing is left undecided
 * in silence, and nobody waits for it.
 */
export class DecideThreads {
  readonly decider: Decider;
  readonly #bundles: readonly PolicyBundle[];
  readonly #spread: Spread;
  readonly #askHere: (open: OpenClass) => void;
  #askedHere = 0;
  #threads: readonly Thread[] = [];
  #batch: OpenClass[] = [];
  #failure: { readonly error: unknown } | undefined;
  #wake = () => {};
  #closing = false;

  constructor(bundles: readonly PolicyBundle[], spread: Spread) {
    this.#bundles = bundles;
    this.#spread = spread;
    this.#askHere = askHere(bundles);
    this.decider = new Decider(bundles, (open) => this.#ask(open));
  }

  /** Takes in what was answered, and waits while too much is not. Rejects where a thread failed. */
  async pause(): Promise<void> {
    if (this.#threads.length === 0) return;
    this.#send();
    // Answers and failures reach this thread only between its own turns.
    await new Promise((resolve) => setImmediate(resolve));
    await this.#until(this.#spread.mostWaiting);
  }

  /** Waits until everything is decided. Rejects where a thread failed. */
  async end(): Promise<void> {
    this.#send();
    await this.#until(0);
  }

  /** Ends the threads, whatever they do. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #ask(open: OpenClass): void {
    const { threads, startAfter, batch } = this.#spread;
    if (threads === 0 || this.#askedHere < startAfter) {
      this.#askedHere++;
      this.#askHere(open);
      return;
    }
    if (this.#threads.length === 0) this.#start();
    this.#batch.push(open);
    if (this.#batch.length >= batch) this.#send();
  }

  /** Gives what has gathered to the thread that has least to do. */
  #send(): void {
    if (this.#batch.length === 0) return;
    const [thread] = [...this.#threads].sort((a, b) => a.batches.length - b.batches.length);
    const batch: WorkerBatch = this.#batch.map(({ bundle, intent, at }) => {
      return [this.#bundles.indexOf(bundle), intent, at];
    });
    thread!.batches.push(this.#batch);
    thread!.worker.postMessage(JSON.stringify(batch));
    this.#batch = [];
  }

  async #until(mostWaiting: number): Promise<void> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.decider.waiting <= mostWaiting) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #start(): void {
    const { threads, program } = this.#spread;
    const workerData: WorkerBundles = this.#bundles.map(({ sources }) =>
      [...sources].map(([name, { text }]) => [name, text]),
    );
    this.#threads = Array.from({ length: threads }, () => {
      const thread: Thread = { worker: new Worker(program, { workerData }), batches: [] };
      thread.worker.on("message", (text: string) => this.#guard(() => this.#take(thread, text)));
      thread.worker.on("messageerror", (error) => this.#fail(error));
      thread.worker.on("error", (error) => this.#fail(threadError(error, words)));
      thread.worker.on("exit", (code) => this.#fail(threadEnded(`exit code ${code}`, words)));
      return thread;
    });
  }

  #take({ batches }: Thread, text: string): void {
    const classes = batches.shift() ?? [];
    const answers = JSON.parse(text) as readonly Answers[];
    if (answers.length !== classes.length)
      throw new Error(`expected ${classes.length} answers of a thread that decides, found ${answers.length}`);
    classes.forEach((open, i) => {
      Object.assign(open.answers, answers[i]);
    });
    this.decider.answered();
  }

  /** What is thrown in answer to an event reaches nobody else. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
    this.#wake();
  }

  #fail(error: unknown): void {
    if (!this.#closing) this.#failure ??= { error };
    this.#wake();
  }
}
