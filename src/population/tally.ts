import { millisecondsOf, packedMonth, type Time, unpackTime } from "../json/time.js";
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
  /** Packed. */
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;
  /** By what `packTime` makes of year and month. */
  readonly #months = new Map<number, number>();

  add(item: Item): void {
    const { seq, decidedAt } = item.outline;
    this.count++;
    this.receipts += 1 + item.held.length;
    if (this.firstSeq === undefined || seq < this.firstSeq) this.firstSeq = seq;
    if (this.lastSeq === undefined || seq > this.lastSeq) this.lastSeq = seq;
    if (decidedAt < this.#from) this.#from = decidedAt;
    if (decidedAt > this.#to) this.#to = decidedAt;
    const month = Math.floor(decidedAt / packedMonth);
    this.#months.set(month, (this.#months.get(month) ?? 0) + 1);
  }

  get from(): Time | undefined {
    return this.count === 0 ? undefined : unpackTime(this.#from);
  }

  get to(): Time | undefined {
    return this.count === 0 ? undefined : unpackTime(this.#to);
  }

  /** Months in order, with those between first and last that have none. */
  get byMonth(): readonly MonthCount[] {
    const counts = new Map([...this.#months].map(([month, count]) => [monthText(month), count]));
    const known = [...counts.keys()].sort();
    const first = known[0];
    const last = known.at(-1);
    if (first === undefined || last === undefined) return [];
    const all = monthsBetween(first, last);
    const listed = all.length > mostMonths ? known : all;
    return listed.map((month) => ({ month, count: counts.get(month) ?? 0 }));
  }
}

function monthText(month: number): string {
  return unpackTime(month * packedMonth).slice(0, 7);
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
  /** Packed, with the time in milliseconds. */
  #before: number | undefined;
  #beforeAt = 0;
  #longest: { readonly from: number; readonly to: number; readonly seconds: number } | undefined;

  /** Takes the next time, packed. */
  add(time: number): void {
    const before = this.#before;
    if (before !== undefined && time <= before) return;
    const at = millisecondsOf(time);
    const seconds = Math.floor((at - this.#beforeAt) / 1000);
    this.#before = time;
    this.#beforeAt = at;
    if (before === undefined) return;
    if (this.#longest === undefined || seconds > this.#longest.seconds)
      this.#longest = { from: before, to: time, seconds };
  }

  get longest(): Silence | undefined {
    if (this.#longest === undefined) return undefined;
    const { from, to, seconds } = this.#longest;
    return { from: unpackTime(from), to: unpackTime(to), seconds };
  }
}
