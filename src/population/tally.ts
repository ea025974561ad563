import type { Time } from "../json/time.js";
import type { Item } from "./item.js";

/** How many items of a month; months without any are listed too. */
export interface MonthCount {
  /** `2026-06`, UTC. */
  readonly month: string;
  readonly count: number;
}

/** The longest time between two decisions of a population that follow each other. */
export interface Silence {
  readonly from: Time;
  readonly to: Time;
  /** Whole seconds. */
  readonly seconds: number;
}

/** More months than this between first and last are not listed one by one: a time can be forged. */
const mostMonths = 1200;

/** Counts the items of a population in one pass. */
export class ItemTally {
  count = 0;
  /** Receipts that the items are made of. */
  receipts = 0;
  firstSeq: number | undefined;
  lastSeq: number | undefined;
  from: Time | undefined;
  to: Time | undefined;
  readonly #months = new Map<string, number>();

  add(item: Item): void {
    const { seq, decided_at: at } = item.receipt;
    this.count++;
    this.receipts += 1 + item.held.length;
    if (this.firstSeq === undefined || seq < this.firstSeq) this.firstSeq = seq;
    if (this.lastSeq === undefined || seq > this.lastSeq) this.lastSeq = seq;
    if (this.from === undefined || at < this.from) this.from = at;
    if (this.to === undefined || at > this.to) this.to = at;
    const month = at.slice(0, 7);
    this.#months.set(month, (this.#months.get(month) ?? 0) + 1);
  }

  /** Months in order, with those between first and last that have none. */
  get byMonth(): readonly MonthCount[] {
    const known = [...this.#months.keys()].sort();
    const first = known[0];
    const last = known.at(-1);
    if (first === undefined || last === undefined) return [];
    const all = monthsBetween(first, last);
    const listed = all.length > mostMonths ? known : all;
    return listed.map((month) => ({ month, count: this.#months.get(month) ?? 0 }));
  }
}

function monthsBetween(first: string, last: string): string[] {
  const number = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1;
  const months: string[] = [];
  for (let at = number(first); at <= number(last) && months.length <= mostMonths; at++) {
    const year = String(Math.floor(at / 12)).padStart(4, "0");
    months.push(`${year}-${String((at % 12) + 1).padStart(2, "0")}`);
  }
  return months;
}

/** Finds the longest silence in times that come in the order of the ledger. */
export class SilenceWatch {
  #before: Time | undefined;
  #longest: Silence | undefined;

  add(at: Time): void {
    const before = this.#before;
    if (before !== undefined && at <= before) return;
    this.#before = at;
    if (before === undefined) return;
    const seconds = Math.floor((Date.parse(at) - Date.parse(before)) / 1000);
    if (this.#longest === undefined || seconds > this.#longest.seconds)
      this.#longest = { from: before, to: at, seconds };
  }

  get longest(): Silence | undefined {
    return this.#longest;
  }
}
