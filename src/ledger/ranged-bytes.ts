/** A file of which any bytes can be read, in any order and in any thread. */
export interface RangeSource {
  /** What refusals call it. */
  readonly name: string;
  /** Its descriptor, which every thread of the process can read by. */
  readonly descriptor: number;
  /** Bytes that it had when it was opened, by which work is planned: it may grow or shrink. */
  readonly size: number;
  /** Nothing is read from here on; Infinity where the file itself says where it ends. */
  readonly end: number;
  /** Is told up to which byte the file has been read, where that was done by ranges. */
  readonly reached: (position: number) => void;
}

/** The bytes of a file from its start on, in pieces; whoever can read ranges of it need not take them all. */
export class RangedBytes implements AsyncIterable<Uint8Array> {
  readonly #pieces: AsyncIterable<Uint8Array>;
  readonly source: RangeSource;

  constructor(pieces: AsyncIterable<Uint8Array>, source: RangeSource) {
    this.#pieces = pieces;
    this.source = source;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.#pieces[Symbol.asyncIterator]();
  }
}
