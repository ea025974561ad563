import { closeSync, existsSync, openSync, statSync } from "node:fs";
import { CannotDo, refusalOf } from "../io/refusal.js";
import { flushFolderOf } from "../io/write-file.js";
import type { JsonObject } from "../json/json.js";
import type { Time } from "../json/time.js";
import type { Engine } from "../keys/engine.js";
import type { TrustFile } from "../keys/trust-file.js";
import type { Release } from "../policy/release.js";
import type { Receipt } from "../receipt/receipt.js";
import { checkpointLine, signCheckpoint } from "./checkpoint-line.js";
import { DurableFile } from "./durable-file.js";
import { headOf, readHead, writeHead } from "./head-file.js";
import { keyProblem } from "./key-problem.js";
import type { LedgerState } from "./ledger-state.js";
import { type Lock, takeLock } from "./lock.js";
import { bearsOut, readLedger } from "./read-ledger.js";
import { type ReceiptDraft, type Signer, writeEntry } from "./receipt-draft.js";
import { closeNote, cutTornTail, openNote, type TornTail } from "./recover.js";
import { nextReceiptId } from "./ulid.js";

export interface LedgerWriterOptions {
  readonly path: string;
  readonly trust: TrustFile;
  readonly signer: Signer;
  readonly engine: Engine;
  /** The present time; it may go back, the ledger's times do not. */
  readonly clock: () => Time;
  /** So many random bytes. */
  readonly random: (bytes: number) => Uint8Array;
  /** When checkpoints are written: after so many receipts, and so many seconds behind the first one not covered. */
  readonly checkpoint: { readonly receipts: number; readonly seconds: number };
  /** Whether a ledger that is not there is made; otherwise it is a refusal. */
  readonly create?: boolean;
  /** How long to wait for another process that writes; milliseconds, default 0. */
  readonly wait?: number;
  /** Whether all of the ledger is read, and not only what follows its last checkpoint. */
  readonly whole?: boolean;
}

/**
 * Writes a ledger: one process at a time, each receipt signed, linked and flushed before its
 * promise resolves. See docs/ledger.md for what is beside the file, and what a crash leaves.
 */
export class LedgerWriter {
  readonly path: string;
  /** What was cut off when the ledger was opened. */
  readonly torn: TornTail | undefined;
  readonly #options: LedgerWriterOptions;
  readonly #lock: Lock;
  readonly #file: DurableFile;
  readonly #state: LedgerState;
  /** What a cut left to be said in the next receipt. */
  #recoveryNote: JsonObject | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;

  private constructor(
    options: LedgerWriterOptions,
    lock: Lock,
    state: LedgerState,
    torn: TornTail | undefined,
  ) {
    this.path = options.path;
    this.torn = torn;
    this.#options = options;
    this.#lock = lock;
    this.#state = state;
    this.#recoveryNote = openNote(options.path);
    this.#file = DurableFile.open(options.path, lock.check);
    if (state.size > (state.covered ?? 0)) this.#planCheckpoint();
  }

  /**
   * Opens a ledger for writing: takes its lock, reads its end, cuts off what a crash left torn.
   * Throws a refusal where another process writes it, where it is damaged inside, where it is
   * shorter than it was, or where the key is no ledger key of the trust file that is valid now.
   */
  static async open(options: LedgerWriterOptions): Promise<LedgerWriter> {
    const { path, trust, engine } = options;
    if (!existsSync(path) && options.create !== true)
      throw new CannotDo(`expected a ledger, found no file ${path}`, "sclaw ledger init makes one");
    const lock = await takeLock(`${path}.lock`, options.wait === undefined ? {} : { wait: options.wait });
    try {
      if (!existsSync(path)) makeFile(path);
      const head = readingOf(path, () => startingHead(options));
      const reading = readLedger(path, head, trust, engine);
      const torn = cutTornTail(path, reading, engine);
      requireKey(options, latest(options.clock(), reading.state.issuedAt), reading.state.size);
      return new LedgerWriter(options, lock, reading.state, torn);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Throws a refusal where this process does not hold the ledger's lock any more. */
  get stillOurs(): () => void {
    return this.#lock.check;
  }

  /** Throws a refusal where a receipt could not be written now: the disk failed, or the key is no longer valid. */
  requireWritable(): void {
    if (this.failure !== undefined) throw this.failure;
    requireKey(this.#options, latest(this.#options.clock(), this.#state.issuedAt), this.#state.size);
  }

  /** How many entries the ledger has. */
  get size(): number {
    return this.#state.size;
  }

  /** Bytes of the ledger, with what was appended and is not flushed yet: where the next entry begins. */
  get end(): number {
    return this.#file.end;
  }

  /** Bytes of the ledger that are on disk to stay. What is appended from now on stands behind them, also after a crash. */
  get flushed(): number {
    return this.#file.flushed;
  }

  /** The note of the last checkpoint, and the size that it covers. */
  get lastCheckpoint(): { readonly size: number; readonly note: string } | undefined {
    const { covered, note } = this.#state;
    return covered === undefined || note === undefined ? undefined : { size: covered, note };
  }

  /** The bundle that was released last. */
  get release(): Release | undefined {
    return this.#state.release;
  }

  /** When the last receipt was made. */
  get issuedAt(): Time | undefined {
    return this.#state.issuedAt;
  }

  /** Why nothing can be written any more, where a write failed. */
  get failure(): unknown {
    return this.#file.failure;
  }

  /**
   * Appends a receipt, with its intent's canonical text where that is disclosed. Resolves with it
   * when it is durable. Rejects where the disk fails; the receipt may then be in the file or not.
   * Rejects where the key may not sign it, or the draft makes no receipt; then it is not.
   */
  async append(draft: ReceiptDraft, intentText: string | undefined): Promise<Receipt> {
    if (this.failure !== undefined) throw this.failure;
    const state = this.#state;
    const issuedAt = latest(
      this.#options.clock(),
      state.issuedAt,
      draft.outcome.completed_at,
      draft.outcome.started_at,
      draft.decided_at,
    );
    requireKey(this.#options, issuedAt, state.size);
    const recovery = this.#recoveryNote;
    const noted = recovery === undefined ? draft : { ...draft, ext: { ...draft.ext, recovery } };
    const { signer, engine, trust } = this.#options;
    const place = {
      ledger: trust.ledger,
      seq: state.size,
      prev: state.prev,
      receiptId: nextReceiptId(state.receiptId, Date.parse(issuedAt), this.#options.random(10)),
      issuedAt,
      signer: signer.keyId,
    };
    const { receipt, line, leaf } = writeEntry(noted, intentText, place, signer, engine.sha3_256);
    this.#recoveryNote = undefined;
    state.append(receipt, leaf);
    const written = this.#file.append(line);
    this.#planCheckpoint();
    await written;
    if (recovery !== undefined) closeNote(this.path);
    return receipt;
  }

  /**
   * Writes a checkpoint of all that was appended, unless there is one, or the key is not valid at
   * its last receipt, which another key signed. Resolves when it is durable, with its note where
   * there is a new one.
   */
  async checkpoint(): Promise<string | undefined> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const state = this.#state;
    if (state.covered === state.size) {
      await this.#file.settle();
      return undefined;
    }
    const { signer, engine, trust } = this.#options;
    if (keyProblem(trust, signer.keyId, state.issuedAt, Math.max(0, state.size - 1)) !== undefined)
      return undefined;
    const note = signCheckpoint(trust.ledger, state.size, state.range.root(), signer, engine.sha256);
    state.covered = state.size;
    state.note = note;
    const appended = this.#file.append(checkpointLine(note));
    const head = headOf(state, trust.ledger, this.#file.end, note, signer.keyId);
    await appended;
    writeHead(this.path, head, signer, engine.sha3_256);
    return note;
  }

  /** Waits for what is under way, writes a checkpoint, and lets go of the ledger. May be called twice. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    try {
      if (this.failure === undefined) await this.checkpoint();
    } finally {
      clearTimeout(this.#timer);
      await this.#file.close();
      this.#lock.release();
    }
  }

  #planCheckpoint(): void {
    const { receipts, seconds } = this.#options.checkpoint;
    // A failed checkpoint is told by the next append: the file has ended.
    const write = () => void this.checkpoint().catch(() => {});
    if (this.#state.size - (this.#state.covered ?? 0) >= receipts) write();
    else if (this.#timer === undefined) {
      this.#timer = setTimeout(write, seconds * 1000);
      this.#timer.unref();
    }
  }
}

function latest(first: Time, ...others: readonly (Time | undefined)[]): Time {
  return others.reduce<Time>((last, time) => (time !== undefined && time > last ? time : last), first);
}

/** Makes the file, and flushes the folder, so that it is there after a power cut. */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
    flushFolderOf(path);
  } catch (error) {
    throw refusalOf(error, `cannot make the ledger ${path}`);
  }
}

function readingOf<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw refusalOf(error, `cannot read the ledger ${path}`);
  }
}

/** The head to start from. A ledger that is shorter than its head was cut: that is refused. */
function startingHead({ path, trust, engine, whole }: LedgerWriterOptions) {
  const head = readHead(path, trust, engine);
  if (head === undefined) return undefined;
  const { size } = statSync(path);
  if (size < head.offset)
    throw new CannotDo(
      `expected the ledger ${path} to have at least ${head.offset} bytes, as its head file says, found ${size}: it was cut`,
      "put the whole file back; nothing is written to it as it is",
    );
  if (!bearsOut(path, head))
    throw new CannotDo(
      `expected the ledger ${path} to have the checkpoint of size ${head.size} at byte ${head.offset}, as its head file says, found something else`,
      `somebody changed the ledger, or ${path}.head belongs to another one: see what sclaw verify says, and remove the head file if the ledger is right`,
    );
  return whole === true ? undefined : head;
}

function requireKey({ trust, signer }: LedgerWriterOptions, at: Time, place: number): void {
  const problem = keyProblem(trust, signer.keyId, at, place);
  if (problem === undefined) return;
  throw new CannotDo(
    `expected a ledger key of the trust file that is valid now, found ${problem}: ${signer.keyId}`,
    "what it would sign could not be verified",
  );
}
