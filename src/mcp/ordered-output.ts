import type { Writable } from "node:stream";

interface Entry {
  readonly bytes: Uint8Array;
  isReady: boolean;
}

/** Bytes that wait for receipts, or for the reader, before a side is paused. */
const mostWaiting = 32 * 1024 * 1024;

/**
 * The client's side of the gate: the server's lines in their order, each when what it answers is
 * recorded, and the gate's own messages between them. A reader that has gone away ends nothing:
 * what runs is still recorded.
 */
export class OrderedOutput {
  readonly #stream: Writable;
  readonly #queue: Entry[] = [];
  readonly #waiters: (() => void)[] = [];
  #waiting = 0;
  #isGone = false;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on("drain", () => this.#wake());
    const gone = () => {
      this.#isGone = true;
      this.#wake();
    };
    stream.on("error", gone);
    stream.on("close", gone);
  }

  /** A line of the server: passed on behind those before it, and not before `recorded`. */
  pass(bytes: Uint8Array, recorded?: Promise<void>): void {
    if (recorded === undefined && this.#queue.length === 0) {
      this.#write(bytes);
      return;
    }
    const entry: Entry = { bytes, isReady: recorded === undefined };
    this.#queue.push(entry);
    this.#waiting += bytes.length;
    void recorded?.then(() => {
      entry.isReady = true;
      this.#flush();
    });
  }

  /** A message of the gate itself, at once: lines are written whole. */
  say(bytes: Uint8Array): void {
    this.#write(bytes);
  }

  /** Whether more should wait: the reader is behind, or the ledger. */
  get isFull(): boolean {
    return !this.#isGone && (this.#stream.writableNeedDrain || this.#waiting > mostWaiting);
  }

  /** Whether so much waits for a reader that nothing more should be made for it. */
  get isFlooded(): boolean {
    return !this.#isGone && this.#stream.writableLength > mostWaiting;
  }

  /** Resolves when there is room. */
  async room(): Promise<void> {
    while (this.isFull) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  /** Resolves when everything was given to the reader, or there is none. */
  async end(): Promise<void> {
    while (!this.#isGone && (this.#queue.length > 0 || this.#stream.writableLength > 0))
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  #flush(): void {
    while (this.#queue[0]?.isReady === true) {
      const { bytes } = this.#queue.shift()!;
      this.#waiting -= bytes.length;
      this.#write(bytes);
    }
    this.#wake();
  }

  #write(bytes: Uint8Array): void {
    if (!this.#isGone) this.#stream.write(bytes, () => this.#wake());
  }

  #wake(): void {
    for (const waiter of this.#waiters.splice(0)) waiter();
  }
}
