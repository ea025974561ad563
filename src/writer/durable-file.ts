import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  writeSync,
} from "node:fs";
import { promisify } from "node:util";
import { CannotDo, refusalOf } from "../io/refusal.js";
import { flushFolderOf, writeWholeFileOf } from "../io/write-file.js";

const flush = promisify(fdatasync);

interface Waiting {
  readonly bytes: Uint8Array;
  readonly durable: boolean;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

interface Rewrite {
  readonly contents: () => Uint8Array;
  readonly done: Promise<void>;
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
  readonly #stillOurs: StillOurs;
  #file: number;
  /** Bytes that were written. */
  #size: number;
  /** Bytes that were flushed. */
  #flushed: number;
  /** Bytes with what was appended and is not written yet. */
  #end: number;
  #waiting: Waiting[] = [];
  #rewrite: Rewrite | undefined;
  #running: Promise<void> | undefined;
  #failure: unknown;
  #closed: Promise<void> | undefined;

  private constructor(path: string, file: number, size: number, stillOurs: StillOurs) {
    this.#path = path;
    this.#file = file;
    this.#size = size;
    this.#flushed = size;
    this.#end = size;
    this.#stillOurs = stillOurs;
  }

  /**
   * Opens a file, or makes it, and flushes it: what a process that was killed had written may not
   * be on disk yet, and is relied on from here on. Throws a refusal that names it.
   */
  static open(path: string, stillOurs: StillOurs): DurableFile {
    try {
      const isNew = !existsSync(path);
      const file = openSync(path, "a", 0o600);
      try {
        if (isNew) flushFolderOf(path);
        else fdatasyncSync(file);
        return new DurableFile(path, file, fstatSync(file).size, stillOurs);
      } catch (error) {
        closeSync(file);
        throw error;
      }
    } catch (error) {
      throw refusalOf(error, `cannot write ${path}`);
    }
  }

  /** How long the file is, with what was appended and is not there yet: where the next append begins. */
  get end(): number {
    return this.#end;
  }

  /** How much of the file is on disk to stay. */
  get flushed(): number {
    return this.#flushed;
  }

  /** Why nothing can be appended any more: a write failed, or the file was closed. */
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
      this.#end += bytes.length;
      this.#running ??= this.#run();
    });
  }

  /** Waits for what was appended. */
  async settle(): Promise<void> {
    await this.#running;
  }

  /**
   * Replaces what the file holds, durably; a crash leaves the old content or the new. `contents` is
   * asked when nothing is being written, and what is appended after that follows the new content.
   * One that is asked for while another waits is that one.
   */
  rewrite(contents: () => Uint8Array): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#rewrite ??= { contents, ...deferred() };
    this.#running ??= this.#run();
    return this.#rewrite.done;
  }

  /** Waits for what was appended, and closes the file. May be called twice. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.settle();
    // The number of a closed file is soon another file's.
    this.#failure ??= new CannotDo(`expected ${this.#path} to be open, found it closed`);
    closeSync(this.#file);
  }

  async #run(): Promise<void> {
    // What is appended in the same turn of the event loop goes into one batch.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0 || this.#rewrite !== undefined) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        if (batch.length > 0) await this.#commit(batch);
        for (const { resolve } of batch) resolve();
        this.#replace();
      } catch (error) {
        this.#fail(error, batch);
      }
    }
    this.#running = undefined;
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    this.#requireOurs();
    const bytes = Buffer.concat(batch.map((one) => one.bytes));
    // Into the kernel's memory, which takes less time than to hand it to another thread.
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    this.#size += bytes.length;
    if (!batch.some(({ durable }) => durable)) return;
    await flush(this.#file);
    this.#flushed = this.#size;
  }

  /** Does the rewrite that was asked for, in one turn of the event loop: nothing is appended meanwhile. */
  #replace(): void {
    const rewrite = this.#rewrite;
    if (rewrite === undefined) return;
    this.#requireOurs();
    const bytes = rewrite.contents();
    if (bytes.length === 0) {
      ftruncateSync(this.#file);
      fdatasyncSync(this.#file);
    } else {
      writeWholeFileOf(this.#path, [bytes], { replace: true, mode: 0o600 });
      flushFolderOf(this.#path);
      const file = openSync(this.#path, "a");
      closeSync(this.#file);
      this.#file = file;
    }
    this.#end += bytes.length - this.#size;
    this.#size = bytes.length;
    this.#flushed = bytes.length;
    this.#rewrite = undefined;
    rewrite.resolve();
  }

  #requireOurs(): void {
    this.#stillOurs();
    const found = fstatSync(this.#file).size;
    if (found !== this.#size)
      throw new CannotDo(
        `expected ${this.#path} to have ${this.#size} bytes, found ${found}: something else wrote to it`,
        "one process writes a file; find the other one before you start this one again",
      );
  }

  #fail(error: unknown, batch: readonly Waiting[]): void {
    this.#failure = refusalOf(error, `cannot write ${this.#path}`);
    for (const { reject } of [...batch, ...this.#waiting]) reject(this.#failure);
    this.#rewrite?.reject(this.#failure);
    this.#waiting = [];
    this.#rewrite = undefined;
  }
}

function deferred() {
  let resolve!: () => void;
  let reject!: (reason: unknown) => void;
  const done = new Promise<void>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  return { done, resolve, reject };
}
