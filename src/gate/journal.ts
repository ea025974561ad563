import { existsSync, readFileSync, truncateSync } from "node:fs";
import { encodeUtf8 } from "../bytes/utf8.js";
import { refusalOf } from "../io/refusal.js";
import { isTime, type Time } from "../json/time.js";
import { DurableFile, type StillOurs } from "../writer/durable-file.js";
import type { ReceiptDraft } from "../writer/receipt-draft.js";

/** A decision that has no receipt yet, as far as the journal knows. */
export interface JournalEntry {
  readonly id: number;
  /** Bytes of the ledger when it was journaled: its receipt, if there is one, stands behind. */
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

/** A journal of nothing but finished entries is emptied when it has grown to this. */
const emptiedAt = 256 * 1024;

/**
 * What was decided and is not in the ledger yet. It is written before an adapter is called, so
 * that a crash between call and receipt leaves a trace: the next start makes a receipt of it.
 */
export class Journal {
  readonly #file: DurableFile;
  readonly #open: Map<number, JournalEntry>;
  #nextId: number;

  private constructor(file: DurableFile, open: Map<number, JournalEntry>, nextId: number) {
    this.#file = file;
    this.#open = open;
    this.#nextId = nextId;
  }

  /** Opens the journal of a ledger, whose lock the caller holds. Throws a refusal where it cannot be read. */
  static open(ledger: string, stillOurs: StillOurs): Journal {
    const path = `${ledger}.journal`;
    try {
      const { open, nextId, length } = existsSync(path)
        ? readJournal(readFileSync(path, "utf8"))
        : { open: new Map<number, JournalEntry>(), nextId: 0, length: undefined };
      if (length !== undefined) truncateSync(path, length);
      return new Journal(DurableFile.open(path, stillOurs), open, nextId);
    } catch (error) {
      throw refusalOf(error, `cannot open the journal ${path}`);
    }
  }

  /** Entries without a receipt, oldest first. */
  get open(): readonly JournalEntry[] {
    return [...this.#open.values()];
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
    return { id, written: this.#write({ open: added }, durable) };
  }

  /** Says that an entry has its receipt. A crash before this is written costs a look into the ledger. */
  async done(id: number): Promise<void> {
    if (!this.#open.delete(id)) return;
    await this.#write({ done: id }, false);
    if (this.#open.size === 0 && this.#file.end > emptiedAt) await this.#file.empty();
  }

  /** Empties a journal that holds nothing, and closes it. */
  async close(): Promise<void> {
    if (this.#open.size === 0 && this.#file.failure === undefined) await this.#file.empty();
    await this.#file.close();
  }

  #write(line: Line, durable: boolean): Promise<void> {
    return this.#file.append(encodeUtf8(`${JSON.stringify(line)}\n`), { durable });
  }
}

/**
 * Reads a journal's text. What stands behind the last whole line was never flushed: nothing ran by
 * it, and it is cut. A journal is this machine's own file; a line that is no entry ends it.
 */
function readJournal(text: string) {
  const open = new Map<number, JournalEntry>();
  let nextId = 0;
  let length = 0;
  for (const line of text.split("\n").slice(0, -1)) {
    const read = parse(line);
    if (read === undefined) break;
    length += Buffer.byteLength(line) + 1;
    if ("open" in read) open.set(read.open.id, read.open);
    else open.delete(read.done);
    nextId = Math.max(nextId, ("open" in read ? read.open.id : read.done) + 1);
  }
  return { open, nextId, length };
}

function parse(line: string): Line | undefined {
  try {
    const value = JSON.parse(line) as Line;
    if ("done" in value) return typeof value.done === "number" ? value : undefined;
    const { id, offset, draft, intentText } = value.open;
    const whole =
      typeof id === "number" &&
      typeof offset === "number" &&
      typeof intentText === "string" &&
      isTime(draft.decided_at);
    return whole ? value : undefined;
  } catch {
    return undefined;
  }
}
