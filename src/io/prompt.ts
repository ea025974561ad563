import { closeSync, openSync, writeSync } from "node:fs";
import { ReadStream } from "node:tty";
import { visible } from "../report/visible.js";
import { CannotDo } from "./refusal.js";
import { TypedLine } from "./typed-line.js";

/**
 * The person's own terminal, wherever standard input and output lead: what is asked here is
 * answered by somebody who sits there.
 */
export class Prompt {
  readonly #terminal: number;
  readonly #stream: ReadStream;
  /** Bytes that were typed and nobody has read. */
  readonly #typed: number[] = [];
  #ended = false;
  #wake: () => void = () => {};

  private constructor(terminal: number, stream: ReadStream) {
    this.#terminal = terminal;
    this.#stream = stream;
    stream.on("data", (chunk: Buffer) => {
      this.#typed.push(...chunk);
      this.#wake();
    });
    for (const event of ["end", "error", "close"]) {
      stream.on(event, () => {
        this.#ended = true;
        this.#wake();
      });
    }
  }

  /** Opens the terminal; undefined where this process has none. */
  static open(): Prompt | undefined {
    let terminal: number;
    try {
      terminal = openSync("/dev/tty", "r+");
    } catch {
      return undefined;
    }
    try {
      return new Prompt(terminal, new ReadStream(terminal));
    } catch {
      closeSync(terminal);
      return undefined;
    }
  }

  /** Asks for a line. `unseen` does not show what is typed. Throws a refusal where the person stops. */
  async ask(words: string, how: "seen" | "unseen"): Promise<string> {
    // Not to be seen before it is asked for either: what is typed ahead is not shown.
    this.#stream.setRawMode(how === "unseen");
    writeSync(this.#terminal, visible(words));
    try {
      return await this.#readLine();
    } finally {
      if (how === "unseen") writeSync(this.#terminal, "\n");
    }
  }

  close(): void {
    try {
      this.#stream.setRawMode(false);
    } finally {
      this.#stream.destroy();
    }
  }

  async #readLine(): Promise<string> {
    const line = new TypedLine();
    for (;;) {
      while (this.#typed.length > 0) {
        const typed = line.type(this.#typed.shift()!);
        if (typed === "interrupt") throw new CannotDo("expected an answer, found an interrupt");
        if (typed !== "line") continue;
        const text = line.text();
        if (text === undefined) throw new CannotDo("expected an answer in UTF-8, found other bytes");
        return text;
      }
      if (this.#ended) throw new CannotDo("expected an answer, found that the terminal is gone");
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
