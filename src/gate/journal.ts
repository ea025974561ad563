import { copyFileSync, existsSync, readFileSync, truncateSync } from "node:fs";
import { encodeUtf8 } from "../bytes/utf8.js";
import { refusalOf } from "../io/refusal.js";
import { isTime, type Time } from "../json/time.js";
import { DurableFile, type StillOurs } from "../writer/durable-file.js";
import { type ReceiptDraft, shapeProblem } from "../writer/receipt-draft.js";
import { freeName } from "../writer/recover.js";

/** A decision that has no receipt yet, as far as the journal knows. */
export interface JournalEntry {
  readonly id: number;
  /** Bytes of the ledger that were flushed when it was journaled: its receipt, if there is one, stands behind. */
  readonly offset: number;
  /** The receipt as it would be with outcome `not_executed`. */
  readonly draft: ReceiptDraft;
  /** The intent's canonical text. */
  readonly intentText: string;
  /** When the adapter was about to be called; absent of what was not permitted. */
  readonly startedAt?: Time;
  /** Who reports the outcome, where another process does, and until when it is awaited. */
  readonly awaits?: { readonly key: string; readonly until: Time };
}

type Line = { readonly open: JournalEntry } | { readonly done: number };

/** The journal is written anew, with its open entries only, when it has grown to this, and to four times what it had then. */
const rewrittenAt = 256 * 1024;

/**
 * What was decided and is not in the ledger yet. It is written before an adapter is called, so
 * that a crash between call and receipt leaves a trace: the next start makes a receipt of it.
 */
export class Journal {
  readonly #file: DurableFile;
  readonly #open: Map<number, JournalEntry>;
  /** Where the journal is kept as it was found, where a part of it could not be read. */
  readonly damaged: string | undefined;
  #nextId: number;
  #rewriteAt = rewrittenAt;

  private constructor(file: DurableFile, { open, nextId }: JournalReading, damaged: string | undefined) {
    this.#file = file;
    this.#open = open;
    this.#nextId = nextId;
    this.damaged = damaged;
  }

  /** Opens the journal of a ledger, whose lock the caller holds. Throws a refusal where it cannot be read. */
  static open(ledger: string, stillOurs: StillOurs): Journal {
    const path = `${ledger}.journal`;
    try {
      const reading = readJournal(existsSync(path) ? readFileSync(path) : Buffer.alloc(0));
      let damaged: string | undefined;
      if (reading.unread) {
        damaged = freeName(path);
        copyFileSync(path, damaged);
      }
      if (existsSync(path)) truncateSync(path, reading.length);
      return new Journal(DurableFile.open(path, stillOurs), reading, damaged);
    } catch (error) {
      throw refusalOf(error, `cannot open the journal ${path}`);
    }
  }

  /** Entries without a receipt, oldest first. */
  get open(): readonly JournalEntry[] {
    return [...this.#open.values()];
  }

  /** An entry without a receipt, by its number. */
  get(id: number): JournalEntry | undefined {
    return this.#open.get(id);
  }

  /**
   * Journals a decision: its number, and when it is on disk to stay or, where `durable` is false,
   * outlives the process, which is enough for what is not going to run.
   */
  add(
    entry: Omit<JournalEntry, "id">,
    durable: boolean,
  ): { readonly id: number; readonly written: Promise<void> } {
    const id = this.#nextId++;
    const added = { id, ...entry };
    this.#open.set(id, added);
    return { id, written: this.#file.append(bytesOf({ open: added }), { durable }) };
  }

  /** Says that an entry has its receipt. A crash before this is written costs a look into the ledger. */
  async done(id: number): Promise<void> {
    if (!this.#open.delete(id)) return;
    await this.#file.append(bytesOf({ done: id }), { durable: false });
    if (this.#file.end > this.#rewriteAt) await this.#rewrite();
  }

  /** Writes the journal anew without what is finished, and closes it. */
  async close(): Promise<void> {
    try {
      if (this.#file.end > 0 && this.#open.size === 0 && this.#file.failure === undefined)
        await this.#rewrite();
    } finally {
      await this.#file.close();
    }
  }

  /** An entry that is open when its turn comes is kept, also one whose own line still waits to be written. */
  async #rewrite(): Promise<void> {
    await this.#file.rewrite(() => {
      const bytes = Buffer.concat(this.open.map((entry) => bytesOf({ open: entry })));
      this.#rewriteAt = Math.max(rewrittenAt, 4 * bytes.length);
      return bytes;
    });
  }
}

interface JournalReading {
  readonly open: Map<number, JournalEntry>;
  readonly nextId: number;
  /** Bytes up to the end of the last line that can be read. */
  readonly length: number;
  /** Whether whole lines cannot be read. */
  readonly unread: boolean;
}

/**
 * Reads a journal. What stands behind the last whole line was never flushed: nothing ran by it,
 * and it is cut. Lines that cannot be read are left out, and the rest is taken for what it says.
 */
function readJournal(bytes: Buffer): JournalReading {
  const open = new Map<number, JournalEntry>();
  let [nextId, length, unread] = [0, 0, false];
  for (
    let start = 0, end = bytes.indexOf(0x0a);
    end >= 0;
    start = end + 1, end = bytes.indexOf(0x0a, start)
  ) {
    const read = parse(bytes.toString("utf8", start, end));
    if (read === undefined) {
      unread = true;
      continue;
    }
    length = end + 1;
    if ("open" in read) open.set(read.open.id, read.open);
    else open.delete(read.done);
    nextId = Math.max(nextId, ("open" in read ? read.open.id : read.done) + 1);
  }
  return { open, nextId, length, unread };
}

function parse(line: string): Line | undefined {
  try {
    const value = JSON.parse(line) as Line;
    if ("done" in value) return Number.isSafeInteger(value.done) ? value : undefined;
    const { id, offset, draft, intentText, startedAt } = value.open;
    const whole =
      [id, offset].every(Number.isSafeInteger) &&
      (startedAt === undefined || isTime(startedAt)) &&
      JSON.parse(intentText) !== null &&
      shapeProblem(draft) === undefined;
    return whole ? value : undefined;
  } catch {
    return undefined;
  }
}

function bytesOf(line: Line): Uint8Array {
  return encodeUtf8(`${JSON.stringify(line)}\n`);
}
