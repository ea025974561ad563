import type { HashFunction } from "../bytes/digest.js";
import type { JsonObject } from "../json/json.js";
import { ScopeCache } from "../ledger/entry.js";
import { type Outline, RecordedOutline } from "../ledger/outline.js";
import type { Block, Notes } from "../ledger/recognizer.js";
import { RecordCursor, recordBytes, recordKinds } from "../ledger/record.js";
import { RecordedEntry } from "../ledger/recorded-entry.js";
import { type Filter, testOf } from "../population/filter.js";
import type { ItemReceipt } from "../population/item.js";
import type { Receipt } from "../receipt/receipt.js";
import type { Redecidable, Redecider } from "./redecider.js";

/** Decides the entries of blocks again and notes the outcomes, where their lines are recognized. */
export class Noter {
  readonly #redecider: Redecider<unknown>;
  readonly #selects: ReturnType<typeof testOf>;
  readonly #sha3: HashFunction;
  readonly #scopes: ScopeCache;

  /** Entries that the filter leaves out get no note: most likely, nobody asks for it. */
  constructor(redecider: Redecider<unknown>, filter: Filter, sha3: HashFunction) {
    this.#redecider = redecider;
    this.#selects = testOf(filter);
    this.#sha3 = sha3;
    this.#scopes = new ScopeCache(sha3);
  }

  /** The notes of a block that a kernel made: a disclosed entry that has a record is sound by itself. */
  of({ bytes, records }: Block): Notes {
    const count = records.length / recordBytes;
    const of = new Uint32Array(count);
    const known = new Map<unknown, number>();
    const texts: string[] = [];
    const cursor = new RecordCursor(records);
    for (let i = 0; i < count; i++) {
      cursor.at = i * recordBytes;
      if (cursor.kind !== recordKinds.disclosed) continue;
      const one = this.#entryAt(cursor, bytes);
      if (!this.#selects(one)) continue;
      const outcome = this.#redecider.outcomeOf(one);
      // Outcomes that come often are, as a rule, the same object each time.
      let which = known.get(outcome);
      if (which === undefined) {
        which = texts.push(JSON.stringify(outcome));
        known.set(outcome, which);
      }
      of[i] = which;
    }
    return { texts, of };
  }

  #entryAt(cursor: RecordCursor, bytes: Uint8Array): RecordedItem {
    const { offset, length } = cursor;
    const line = bytes.subarray(offset, offset + length);
    return new RecordedItem(cursor, new RecordedEntry(cursor, line, this.#sha3, this.#scopes));
  }
}

/** An entry of a block that a kernel made, as it is chosen and decided by. */
class RecordedItem implements Redecidable, Pick<ItemReceipt, "outline"> {
  readonly verified = true;
  readonly #cursor: RecordCursor;
  readonly #entry: RecordedEntry;

  constructor(cursor: RecordCursor, entry: RecordedEntry) {
    this.#cursor = cursor;
    this.#entry = entry;
  }

  get outline(): Outline {
    return new RecordedOutline(this.#cursor);
  }

  get receipt(): Receipt {
    return this.#entry.receipt!;
  }

  get members(): JsonObject {
    return this.#entry.line.members;
  }
}

/** How many notes are remembered as read, of those that are short enough to come again. */
const mostRead = 1000;
const longestRead = 10_000;

/** The outcomes of receipts: as they were noted, or found here. */
export class Outcomes<O> {
  readonly #redecider: Redecider<O>;
  readonly #read = new Map<string, O>();

  constructor(redecider: Redecider<O>) {
    this.#redecider = redecider;
  }

  of(one: ItemReceipt): O {
    // What stands beside an entry may question it: its note goes by its line alone.
    if (one.note === undefined || !one.verified) return this.#redecider.outcomeOf(one);
    const known = this.#read.get(one.note);
    if (known !== undefined) return known;
    const outcome = JSON.parse(one.note) as O;
    if (one.note.length > longestRead) return outcome;
    if (this.#read.size >= mostRead) this.#read.clear();
    this.#read.set(one.note, outcome);
    return outcome;
  }
}
