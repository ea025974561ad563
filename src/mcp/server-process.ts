import { type ChildProcessByStdio, spawn } from "node:child_process";
import { constants } from "node:os";
import type { Readable, Writable } from "node:stream";
import { CannotDo, refusalOf } from "../io/refusal.js";
import type { ServerInput } from "./wiring.js";

/** How a server ended, as its exit code is passed on: 128 and the signal's number for a signal. */
export interface Ending {
  readonly code: number;
  readonly words: string;
}

/** How long a server that was asked to end may take before it is killed; milliseconds. */
const patience = { afterSignal: 800, afterInput: 10_000 } as const;

/** The server behind the gate: a child process, its standard error being ours. */
export class ServerProcess implements ServerInput {
  readonly output: Readable;
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiters: (() => void)[] = [];
  #isOpen = true;
  #killer: NodeJS.Timeout | undefined;

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>) {
    this.#child = child;
    this.output = child.stdout;
    const close = () => {
      this.#isOpen = false;
      this.#wake();
    };
    child.stdin.on("drain", () => this.#wake());
    // A server that stops reading is on its way out: what it was not given is told when it ends.
    child.stdin.on("error", close);
    child.stdin.on("close", close);
    this.ended = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        clearTimeout(this.#killer);
        close();
        resolve(
          signal === null
            ? { code: code ?? 1, words: `exit code ${code}` }
            : { code: 128 + constants.signals[signal], words: signal },
        );
      });
    });
  }

  /** Starts it. Throws a refusal where there is no such program. */
  static start(command: string, args: readonly string[]): Promise<ServerProcess> {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    return new Promise((resolve, reject) => {
      child.once("error", (error) => {
        const refusal = refusalOf(error, `cannot start the server ${command}`);
        const hint = "what stands behind -- is run as it is, without a shell";
        reject(refusal instanceof CannotDo ? new CannotDo(refusal.message, hint) : refusal);
      });
      child.once("spawn", () => resolve(new ServerProcess(child)));
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get isFull(): boolean {
    return this.#isOpen && this.#child.stdin.writableNeedDrain;
  }

  write(line: Uint8Array): void {
    if (this.#isOpen) this.#child.stdin.write(line);
  }

  async room(): Promise<void> {
    while (this.isFull) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  /** Nothing more comes: a server ends then. */
  endInput(): void {
    this.#isOpen = false;
    this.#child.stdin.end();
  }

  /** It has nothing left to do: where it does not end by itself, it is made to. */
  expectEnd(): void {
    this.#killAfter(patience.afterInput, "SIGTERM");
  }

  /** Passes a signal on; what does not end then is killed. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
    this.#killAfter(patience.afterSignal, "SIGKILL");
  }

  #killAfter(milliseconds: number, signal: "SIGTERM" | "SIGKILL"): void {
    clearTimeout(this.#killer);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#killer = setTimeout(() => {
      if (signal === "SIGTERM") this.signal(signal);
      else this.#child.kill(signal);
    }, milliseconds);
  }

  #wake(): void {
    for (const waiter of this.#waiters.splice(0)) waiter();
  }
}
