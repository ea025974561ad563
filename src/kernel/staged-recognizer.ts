import { RangedBytes, type RangeSource } from "../ledger/ranged-bytes.js";
import type { Block, Recognizer } from "../ledger/recognizer.js";
import { LineSplitter } from "../ledger/split-lines.js";
import type { LedgerBytes } from "../ledger/verify.js";
import { Kernel, type KernelModule } from "./kernel.js";
import { KernelRecognizer } from "./kernel-recognizer.js";
import { bufferBytes, LineBuffer, otherLine } from "./line-buffer.js";
import type { RangeEnd } from "./range-recognizer.js";
import { giveTrust, type KernelTrust } from "./trust.js";

/** What a kernel is started with, here or in another thread. */
export interface KernelWork {
  readonly module: KernelModule;
  readonly trust: KernelTrust;
  /** The scope of the tenant that is examined, where there is one. */
  readonly ownScope: Uint8Array | undefined;
}

/** Threads that recognize lines, or whatever else does so beside this one. */
export interface Helpers {
  readonly count: number;
  /** How many pieces are worth having under way at once. */
  readonly mostUnderWay: number;
  /** Bytes of a file that each reads at once by itself; 0 where they have to be given lines. */
  readonly rangeBytes: number;
  /** Takes whole lines, which it copies, and resolves to their blocks. */
  readonly recognize: (lines: Uint8Array) => Promise<readonly Block[]>;
  /** Resolves to the blocks of the lines that begin in a range of a file, at `from` or behind it and before `to`. */
  readonly readRange: (file: RangeSource, from: number, to: number) => Promise<RangeFound>;
  /** Takes back the memory of blocks of a range that nobody wants any more. */
  readonly giveBack: (blocks: readonly Block[]) => void;
  readonly close: () => Promise<void>;
}

/** The lines of a range of a file. */
export interface RangeFound extends RangeEnd {
  readonly blocks: readonly Block[];
}

/** From how many bytes on a ledger is worth the start of a kernel, and of threads. No answer depends on it. */
export interface Stages {
  readonly kernelFrom: number;
  readonly helpersFrom: number;
  /** Whether there turns out to be so much to do that helpers are worth it for fewer bytes. */
  readonly isMuch?: (() => boolean) | undefined;
  /**
   * Starts helpers, which get ready while what they work with is prepared; undefined where this thread does
   * it all. Where nothing can be prepared they are closed.
   */
  readonly startHelpers: ((work: Promise<KernelWork | undefined>) => Helpers) | undefined;
  /** Numbers from 0 on and below 1, by which the kernel's lines are sampled (KernelRecognizer). */
  readonly sample: (() => number) | undefined;
}

/**
 * Recognizes ordinary lines with as little as a ledger is worth: nothing at all for its first bytes,
 * since most ledgers that people look at are short, then a kernel in this thread, then threads; where
 * the size of a file says that it is worth them, threads from its first byte on.
 */
export class StagedRecognizer implements Recognizer {
  readonly #prepare: () => Promise<KernelWork | undefined>;
  readonly #stages: Stages;
  #work: Promise<KernelWork | undefined> | undefined;
  #kernel: KernelRecognizer | undefined;
  #helpers: Helpers | undefined;
  #isWithoutKernel = false;
  #seen = 0;

  /** `prepare` gives what kernels are started with, when one is; undefined where none can be used. */
  constructor(prepare: () => Promise<KernelWork | undefined>, stages: Stages) {
    this.#prepare = prepare;
    this.#stages = stages;
  }

  async *blocks(file: LedgerBytes): AsyncGenerator<Block> {
    if (file instanceof RangedBytes) {
      await this.#expect(file.source.size);
      const readers = this.#rangeReaders;
      if (readers !== undefined) {
        yield* blocksByRanges(readers, file.source, 0, []);
        return;
      }
    }
    const lines = new LineBuffer();
    const underWay: Promise<readonly Block[]>[] = [];
    let read = 0;
    for await (const chunk of file instanceof Uint8Array ? [file] : file) {
      for (const piece of lines.push(chunk)) {
        if (piece.kind === "lines") {
          const here = await this.#take(piece.bytes, underWay);
          if (here !== undefined) yield* here;
        } else {
          while (underWay.length > 0) yield* await underWay.shift()!;
          yield otherLine(piece);
        }
        while (underWay.length > (this.#helpers?.mostUnderWay ?? 0)) yield* await underWay.shift()!;
      }
      read += chunk.length;
      const readers = this.#rangeReaders;
      if (readers !== undefined && file instanceof RangedBytes) {
        yield* blocksByRanges(readers, file.source, read - lines.openLength, underWay);
        return;
      }
    }
    while (underWay.length > 0) yield* await underWay.shift()!;
    const last = lines.end();
    if (last !== undefined) yield otherLine(last);
  }

  /** How many helpers were started. */
  get helpers(): number {
    return this.#helpers?.count ?? 0;
  }

  /** Ends what was started. */
  async close(): Promise<void> {
    await this.#helpers?.close();
  }

  /** The helpers, where they have been started and read files by themselves. */
  get #rangeReaders(): Helpers | undefined {
    return this.#helpers !== undefined && this.#helpers.rangeBytes > 0 ? this.#helpers : undefined;
  }

  /** Starts helpers at once where so many bytes more are worth them. */
  async #expect(bytes: number): Promise<void> {
    if (bytes > 0 && this.#seen + bytes >= this.#stages.helpersFrom) await this.#startHelpers();
  }

  /** Blocks that are made here, or none where a thread was given the lines. */
  async #take(
    lines: Uint8Array,
    underWay: Promise<readonly Block[]>[],
  ): Promise<Iterable<Block> | undefined> {
    this.#seen += lines.length;
    if (this.#helpers === undefined && this.#seen < this.#stages.kernelFrom) return linesOf(lines);
    const work = await this.#workOnce();
    if (work === undefined) return linesOf(lines);
    const { helpersFrom, isMuch } = this.#stages;
    if (this.#seen >= helpersFrom || isMuch?.() === true) await this.#startHelpers();
    if (this.#helpers !== undefined) {
      underWay.push(this.#helpers.recognize(lines));
      return undefined;
    }
    this.#kernel ??= await startHere(work, this.#stages.sample);
    return this.#kernel.recognize(lines);
  }

  /** Starts helpers where there are to be any and there are none yet, and keeps them where a kernel can be used. */
  async #startHelpers(): Promise<void> {
    const { startHelpers } = this.#stages;
    if (startHelpers === undefined || this.#helpers !== undefined || this.#isWithoutKernel) return;
    const helpers = startHelpers(this.#workOnce());
    try {
      if ((await this.#workOnce()) !== undefined) this.#helpers = helpers;
    } finally {
      if (this.#helpers === undefined) await helpers.close();
    }
    this.#isWithoutKernel = this.#helpers === undefined;
    // Its tables and its room for lines are wanted no more.
    this.#kernel = undefined;
  }

  #workOnce(): Promise<KernelWork | undefined> {
    this.#work ??= this.#prepare();
    return this.#work;
  }
}

/**
 * The blocks of what is under way, then those of the lines that begin at `from` or behind it, which
 * helpers read by themselves. Where the file ends is what they find: it may grow or shrink meanwhile.
 */
async function* blocksByRanges(
  helpers: Helpers,
  file: RangeSource,
  from: number,
  underWay: Promise<readonly Block[]>[],
): AsyncGenerator<Block> {
  const { rangeBytes, mostUnderWay } = helpers;
  const ranges: Promise<RangeFound>[] = [];
  let at = from;
  for (;;) {
    while (underWay.length + ranges.length < mostUnderWay) {
      ranges.push(helpers.readRange(file, at, at + rangeBytes));
      at += rangeBytes;
    }
    const lines = underWay.shift();
    if (lines !== undefined) {
      yield* await lines;
      continue;
    }
    const { blocks, readTo, isLast } = await ranges.shift()!;
    file.reached(readTo);
    yield* blocks;
    helpers.giveBack(blocks);
    if (isLast) return;
  }
}

/** A recognizer that is started with this; `sample` as KernelRecognizer takes it. */
export async function startHere(
  { module, trust, ownScope }: KernelWork,
  sample: (() => number) | undefined,
): Promise<KernelRecognizer> {
  const kernel = await Kernel.start(module);
  if (!giveTrust(kernel, trust, ownScope)) throw new Error("expected a trust that another kernel has taken");
  return new KernelRecognizer(kernel, sample);
}

/** Each line as one to be read whole. */
function* linesOf(lines: Uint8Array): Generator<Block> {
  const splitter = new LineSplitter(bufferBytes);
  for (const line of splitter.push(lines)) yield otherLine(line);
}
