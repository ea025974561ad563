import type { HashFunction } from "../bytes/digest.js";
import type { Item } from "../population/item.js";
import { allocateSeats, type Stratum } from "./allocate.js";
import { SmallestTickets } from "./smallest.js";
import { type SampleKeyInput, sampleKey, ticketsOf } from "./ticket.js";

/** By what a sample may be stratified. */
export type StratumKind = "tier" | "decision" | "tenant" | "adapter";

/** An item to which the procedure does not apply, replaced by the next ticket of its stratum. */
export interface Replacement {
  readonly receiptId: string;
  /** Why; it stays in the paper with the original row. */
  readonly reason: string;
}

/** How a sample is drawn, besides what it is bound to. */
export interface SelectionRule {
  readonly n: number;
  readonly stratify: StratumKind | undefined;
  readonly replacements: readonly Replacement[];
}

/** One item that was drawn. */
export interface Draw {
  /** From 1, in the order of drawing. */
  readonly number: number;
  readonly item: Item;
  readonly ticket: Uint8Array;
  /** "" where the sample is not stratified. */
  readonly stratum: string;
  /** The receipt id that this item stands in for. */
  readonly replacementOf: string | undefined;
  /** Why another item stands in for this one. */
  readonly replacedBecause: string | undefined;
}

/** A sample as it was drawn. */
export interface Selection {
  readonly draws: readonly Draw[];
  /** Each stratum with its size and how many of it were drawn first (replacements not counted). */
  readonly strata: readonly (Stratum & { readonly n: number })[];
}

/** Why a selection cannot be made as it was asked for. */
export interface SelectionRefusal {
  readonly expected: string;
  readonly actual: string;
}

const stratumOf: { readonly [K in StratumKind]: (item: Item) => string } = {
  tier: (item) => item.outline.tier,
  decision: (item) => item.outline.decision,
  tenant: (item) => item.receipt.tenant,
  adapter: (item) => item.receipt.adapter_id,
};

interface Candidate {
  readonly ticket: Uint8Array;
  readonly place: number;
  readonly item: Item;
}

/** Draws a sample in one pass over a population, in memory for the sample alone. */
export class Selector {
  readonly #rule: SelectionRule;
  readonly #ticketOf: (receiptId: string) => Uint8Array;
  readonly #strata = new Map<string, SmallestTickets<Candidate>>();
  #strataSeen = 0;

  constructor(rule: SelectionRule, bound: SampleKeyInput, hash: HashFunction) {
    this.#rule = rule;
    this.#ticketOf = ticketsOf(sampleKey(bound, hash), hash);
  }

  /** Takes the next item of the population. */
  add(item: Item): void {
    const { stratify, n, replacements } = this.#rule;
    const name = stratify === undefined ? "" : stratumOf[stratify](item);
    let kept = this.#strata.get(name);
    if (kept === undefined) {
      this.#strataSeen++;
      // More strata than items to draw cannot be served: nothing more is kept, and `end` refuses.
      if (this.#strata.size > n) return;
      kept = new SmallestTickets(n + replacements.length);
      this.#strata.set(name, kept);
    }
    const ticket = this.#ticketOf(item.outline.receiptId);
    if (!kept.wants(ticket)) {
      kept.skip();
      return;
    }
    item.keep();
    kept.add({ ticket, place: item.place, item });
  }

  /** The sample; or why it cannot be drawn as asked. */
  end(): Selection | SelectionRefusal {
    const { n } = this.#rule;
    if (this.#strataSeen > n)
      return { expected: `a sample of at least one item for each stratum`, actual: `${n} for more strata` };
    const queues = new Map<string, Candidate[]>();
    const strata: Stratum[] = [];
    for (const [name, kept] of this.#strata) {
      queues.set(name, [...kept.sorted()]);
      strata.push({ name, size: kept.offered });
    }
    const seats = allocateSeats(strata, n);
    const draws: Draw[] = seats.map((stratum, i) => {
      return drawn(i + 1, queues.get(stratum)!.shift()!, stratum, undefined);
    });
    const refusal = this.#replace(draws, queues);
    if (refusal !== undefined) return refusal;
    const counted = strata
      .map((stratum) => ({ ...stratum, n: seats.filter((name) => name === stratum.name).length }))
      .sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1));
    return { draws, strata: counted };
  }

  #replace(draws: Draw[], queues: ReadonlyMap<string, Candidate[]>): SelectionRefusal | undefined {
    for (const { receiptId, reason } of this.#rule.replacements) {
      const at = draws.findIndex(
        ({ item, replacedBecause }) => item.outline.receiptId === receiptId && replacedBecause === undefined,
      );
      const original = draws[at];
      if (original === undefined)
        return { expected: "an item of the sample to replace", actual: `${receiptId}, which was not drawn` };
      const next = queues.get(original.stratum)!.shift();
      if (next === undefined)
        return { expected: `a further item to replace ${receiptId}`, actual: "none that is left" };
      draws[at] = { ...original, replacedBecause: reason };
      draws.push(drawn(draws.length + 1, next, original.stratum, receiptId));
    }
    return undefined;
  }
}

function drawn(
  number: number,
  candidate: Candidate,
  stratum: string,
  replacementOf: string | undefined,
): Draw {
  const { item, ticket } = candidate;
  return { number, item, ticket, stratum, replacementOf, replacedBecause: undefined };
}
