import type { DigestText, HashFunction } from "../bytes/digest.js";
import type { Time } from "../json/time.js";
import type { Level } from "../ledger/level.js";
import type { ObservedEntry } from "../ledger/options.js";
import type { Verification } from "../ledger/verification.js";
import { type Filter, filterHash, testOf } from "./filter.js";
import { type Gap, GapWatch } from "./gaps.js";
import type { Item, Unit } from "./item.js";
import { standingOf } from "./item-receipt.js";
import { Items } from "./items.js";
import { ItemTally, type MonthCount, type Silence, SilenceWatch } from "./tally.js";

/** What a population is defined by. */
export interface PopulationRule {
  readonly unit: Unit;
  readonly filter: Filter;
  /** Only entries below this size, whose root is this: repeats a population of a ledger that has grown since. */
  readonly at?: { readonly size: number; readonly root: DigestText };
}

/**
 * A population, stated: what it was taken from, by which rule, and how many items it has.
 * The numbers add up: entries = verified + withheld + unverified; readable receipts =
 * items + joined; items = count + outside.
 */
export interface Population {
  readonly unit: Unit;
  readonly filter: Filter;
  readonly ledger: string;
  readonly integrity: Verification["integrity"];
  readonly level: Level;
  readonly anchoredSize: number | undefined;
  readonly start: number;
  readonly size: number;
  /** Undefined where an entry's leaf cannot be computed. */
  readonly root: DigestText | undefined;
  readonly tenant: string | undefined;
  readonly filterHash: DigestText;
  readonly entries: number;
  readonly verified: number;
  readonly withheld: number;
  readonly unverified: number;
  /** Receipts that can be read whole, verified or not. */
  readonly readable: number;
  /** Receipts that are part of another's item: held before it was resolved. */
  readonly joined: number;
  /** All items, those that the filter leaves out included. */
  readonly items: number;
  /** The items of the population. */
  readonly count: number;
  /** The items that the filter leaves out. */
  readonly outside: number;
  readonly firstSeq: number | undefined;
  readonly lastSeq: number | undefined;
  /** First and last `decided_at` of its items. */
  readonly period: { readonly from: Time; readonly to: Time } | undefined;
  readonly byMonth: readonly MonthCount[];
  /** The longest time without any decision in the whole ledger. */
  readonly silence: Silence | undefined;
  readonly gaps: readonly Gap[];
  readonly gapCount: number;
}

/**
 * States a population in one pass over a ledger: give `observe` to the verification, then
 * call `end` with its verdict.
 */
export class PopulationPass {
  readonly #rule: PopulationRule;
  readonly #items: Items;
  readonly #all = { verified: 0, withheld: 0, unverified: 0 };
  readonly #tally = new ItemTally();
  readonly #silence = new SilenceWatch();
  #gaps: GapWatch | undefined;
  #readable = 0;
  #joined = 0;
  #outside = 0;

  /** `sink` is given every item, and whether the filter selects it. */
  constructor(rule: PopulationRule, sink: (item: Item, selected: boolean) => void) {
    this.#rule = rule;
    const selects = testOf(rule.filter);
    this.#items = new Items(rule.unit, (item) => {
      const selected = selects(item);
      this.#joined += item.held.length;
      if (selected) this.#tally.add(item);
      else this.#outside++;
      sink(item, selected);
    });
  }

  /** Whether more requests were held at once than can be joined: no population can be stated. */
  get overflowed(): boolean {
    return this.#items.overflowed;
  }

  readonly observe = (observed: ObservedEntry): void => {
    if (this.#rule.at !== undefined && observed.place >= this.#rule.at.size) return;
    this.#gaps ??= new GapWatch(observed.place);
    this.#gaps.add(observed.entry.seq);
    this.#all[standingOf(observed)]++;
    const { outline } = observed;
    if (outline !== undefined) {
      this.#readable++;
      this.#silence.add(outline.decidedAt);
    }
    this.#items.add(observed);
  };

  /** Gives out what is still held, and states the population. */
  end(verification: Verification, hash: HashFunction): Population {
    this.#items.end();
    const tally = this.#tally;
    const { verified, withheld, unverified } = this.#all;
    const { from, to } = tally;
    const { at } = this.#rule;
    return {
      unit: this.#rule.unit,
      filter: this.#rule.filter,
      filterHash: filterHash(this.#rule.filter, this.#rule.unit, hash),
      ledger: verification.ledger,
      integrity: verification.integrity,
      level: verification.level,
      anchoredSize: verification.anchoredSize,
      start: verification.start,
      size: at?.size ?? verification.size,
      root: at?.root ?? verification.root,
      tenant: verification.tenant,
      entries: verified + withheld + unverified,
      verified,
      withheld,
      unverified,
      readable: this.#readable,
      joined: this.#joined,
      items: tally.count + this.#outside,
      count: tally.count,
      outside: this.#outside,
      firstSeq: tally.firstSeq,
      lastSeq: tally.lastSeq,
      period: from === undefined || to === undefined ? undefined : { from, to },
      byMonth: tally.byMonth,
      silence: this.#silence.longest,
      gaps: this.#gaps?.kept ?? [],
      gapCount: this.#gaps?.count ?? 0,
    };
  }
}
