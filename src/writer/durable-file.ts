import { closeSync, fdatasync, fdatasyncSync, fstatSync, ftruncateSync, openSync, write } from "node:fs";
import { promisify } from "node:util";
import { CannotDo, refusalOf } from "../io/refusal.js";

const writeBytes = promisify(write);
const flush = promisify(fdatasync);

interface Waiting {
  readonly bytes: Uint8Array;
  readonly durable: boolean;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Is asked before each batch whether this process may still write; throws a refusal where it may not. */
export type StillOurs = () => void;

/**
 * A file that is only appended to, by this process alone. Appends that arrive while the disk is
 * busy are written together and covered by one `fdatasync` (group commit).
 *
 * A write or flush that fails ends the file for good: the kernel may have dropped the pages and
 * would call the next flush a success. Whoever opens the file again sees what is really there.
 */
export class DurableFile {
  readonly #path: string;
  readonly #file: number;
  readonly #stillOurs: StillOurs;
  #size: number;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #failure: unknown;

  private constructor(path: string, file: number, size: number, stillOurs: StillOurs) {
    this.#path = path;
    this.#file = file;
    this.#size = size;
    this.#stillOurs = stillOurs;
  }

  /** Opens a file, or makes it. Throws a refusal that names it. */
  static open(path: string, stillOurs: StillOurs): DurableFile {
    try {
      const file = openSync(path, "a", 0o600);
      return new DurableFile(path, file, fstatSync(file).size, stillOurs);
    } catch (error) {
      throw refusalOf(error, `cannot write ${path}`);
    }
  }

  /** How long the file is, with what was appended and is not there yet. */
  get end(): number {
    return this.#waiting.reduce((sum, { bytes }) => sum + bytes.length, this.#size);
  }

  /** Why nothing can be appended any more, where a write failed. */
  get failure(): unknown {
    return this.#failure;
  }

  /**
   * Appends bytes; order of calls is order in the file. Resolves when they are there to stay:
   * flushed to the disk, or, where `durable` is false, written, so that they outlive the process.
   * Rejects with a refusal, and so does every later call, where the disk failed.
   */
  append(bytes: Uint8Array, { durable = true }: { readonly durable?: boolean } = {}): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes, durable, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Waits for what was appended. */
  async settle(): Promise<void> {
    await this.#running;
  }

  /** Waits for what was appended, and makes the file empty, durably. */
  async empty(): Promise<void> {
    await this.settle();
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#waiting.length > 0 || this.#running !== undefined) return;
    try {
      ftruncateSync(this.#file);
      this.#size = 0;
      fdatasyncSync(this.#file);
    } catch (error) {
      this.#fail(error, []);
      throw this.#failure;
    }
  }

  /** Waits for what was appended, and closes the file. */
  async close(): Promise<void> {
    await this.settle();
    closeSync(this.#file);
  }

  async #run(): Promise<void> {
    // What is appended in the same turn of the event loop goes into one batch.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#commit(batch);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        this.#fail(error, batch);
      }
    }
    this.#running = undefined;
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    this.#stillOurs();
    const found = fstatSync(this.#file).size;
    if (found !== this.#size)
      throw new CannotDo(
        `expected ${this.#path} to have ${this.#size} bytes, found ${found}: something else wrote to it`,
        "one process writes a file; find the other one before you start this one again",
      );
    const bytes = Buffer.concat(batch.map((one) => one.bytes));
    for (let at = 0; at < bytes.length; ) at += (await writeBytes(this.#file, bytes, at)).bytesWritten;
    this.#size += bytes.length;
    if (batch.some(({ durable }) => durable)) await flush(this.#file);
  }

  #fail(error: unknown, batch: readonly Waiting[]): void {
    this.#failure = refusalOf(error, `cannot write ${this.#path}`);
    for (const { reject } of [...batch, ...this.#waiting]) reject(this.#failure);
    this.#waiting = [];
  }
}
