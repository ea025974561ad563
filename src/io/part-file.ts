import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { equalBytes } from "../bytes/bytes.js";
import {
  decodeFrame,
  decodeHead,
  type Frame,
  frameKinds,
  mostHeadBytes,
  PartDamaged,
  type PartHead,
  partDigestBytes,
} from "../kernel/part.js";
import type { Block } from "../ledger/recognizer.js";
import { CannotDo, refusalOf } from "./refusal.js";

const lf = 0x0a;
const bufferBytes = 256 * 1024;

/** Writes a part piece by piece, with its digest at the end. */
export class PartWriter {
  readonly #hash = createHash("sha3-256");
  readonly #write: (bytes: Uint8Array) => void;

  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write;
  }

  add(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#write(bytes);
  }

  end(): void {
    this.add(Uint8Array.of(frameKinds.end));
    this.#write(this.#hash.digest());
  }
}

/** A part that somebody wrote to a file. Nothing is read but its head. */
export class PartFile {
  readonly path: string;
  readonly head: PartHead;

  /** Throws a refusal for what is no part. */
  constructor(path: string) {
    this.path = path;
    const input = new Input(path);
    try {
      this.head = input.head();
    } catch (error) {
      throw damaged(error, path);
    } finally {
      input.close();
    }
  }

  /**
   * The blocks of the lines that begin in one of its files, in order.
   * Throws a refusal where the part is damaged or cut short.
   */
  *blocksOf(fileIndex: number, keyCount: number): Generator<Block> {
    const input = new Input(this.path);
    try {
      input.head();
      let index = -1;
      for (const frame of input.frames(keyCount)) {
        if (frame.kind === "file") index = frame.index;
        if (frame.kind === "block" && index === fileIndex) yield frame.block;
      }
    } catch (error) {
      throw damaged(error, this.path);
    } finally {
      input.close();
    }
  }
}

function damaged(error: unknown, path: string): unknown {
  if (error instanceof PartDamaged)
    return new CannotDo(
      `cannot read the part ${path}: ${error.message}`,
      "make it again: sclaw verify --part",
    );
  return refusalOf(error, `cannot read the part ${path}`);
}

/** The bytes of a part from its start on, and their digest so far. */
class Input {
  readonly #file: number;
  readonly #hash = createHash("sha3-256");
  #buffer: Uint8Array = new Uint8Array(0);
  #at = 0;

  constructor(path: string) {
    try {
      this.#file = openSync(path, "r");
    } catch (error) {
      throw refusalOf(error, `cannot read the part ${path}`);
    }
  }

  head(): PartHead {
    const line: number[] = [];
    for (;;) {
      const [byte] = this.#read(1);
      if (byte === lf) return decodeHead(Uint8Array.from(line));
      line.push(byte!);
      if (line.length > mostHeadBytes) throw new PartDamaged("expected a head, found a line without an end");
    }
  }

  /** All frames but the end, which is held against the digest of what stands before it. */
  *frames(keyCount: number): Generator<Exclude<Frame, { kind: "end" }>> {
    for (;;) {
      const frame = decodeFrame((length) => this.#read(length), keyCount);
      if (frame.kind !== "end") {
        yield frame;
        continue;
      }
      const expected = this.#hash.digest();
      if (!equalBytes(this.#take(partDigestBytes), expected) || this.#hasMore())
        throw new PartDamaged("expected the digest of what it holds at its end, found another");
      return;
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #read(length: number): Uint8Array {
    const bytes = this.#take(length);
    this.#hash.update(bytes);
    return bytes;
  }

  #take(length: number): Uint8Array {
    while (this.#buffer.length - this.#at < length) {
      const more = Buffer.allocUnsafeSlow(Math.max(bufferBytes, length));
      const read = readSync(this.#file, more);
      if (read === 0) throw new PartDamaged("expected its end, found the end of the file");
      this.#buffer = Buffer.concat([this.#buffer.subarray(this.#at), more.subarray(0, read)]);
      this.#at = 0;
    }
    const taken = Uint8Array.prototype.slice.call(this.#buffer, this.#at, this.#at + length);
    this.#at += length;
    return taken;
  }

  #hasMore(): boolean {
    return this.#at < this.#buffer.length || readSync(this.#file, new Uint8Array(1)) > 0;
  }
}
