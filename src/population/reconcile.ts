import type { Item } from "./item.js";

/** How many ids of each side are listed; all of them are counted. */
const listed = 1000;

/** What an independent list and a population have in common, and what only one of them has. */
export interface Reconciliation {
  /** Rows of the list that name an id. */
  readonly rows: number;
  /** Ids that the list has more than once. */
  readonly repeated: number;
  readonly inBoth: number;
  readonly onlyInList: number;
  readonly onlyInPopulation: number;
  /** The first of each, in the order of the list and of the ledger. */
  readonly listedOnly: readonly string[];
  readonly populationOnly: readonly string[];
}

/** Compares the correlation ids of a population with those of an independent source. */
export class Reconciler {
  readonly #list: Map<string, boolean>;
  readonly #rows: number;
  readonly #populationOnly: string[] = [];
  #inBoth = 0;
  #onlyInPopulation = 0;

  /** Takes the ids of the independent source, one a row. */
  constructor(ids: readonly string[]) {
    this.#rows = ids.length;
    this.#list = new Map(ids.map((id) => [id, false]));
  }

  /** Takes the next item of the population. */
  add(item: Item): void {
    const id = item.receipt.correlation_id;
    if (this.#list.has(id)) {
      this.#inBoth++;
      this.#list.set(id, true);
      return;
    }
    this.#onlyInPopulation++;
    if (this.#populationOnly.length < listed) this.#populationOnly.push(id);
  }

  end(): Reconciliation {
    const missing = [...this.#list].filter(([, seen]) => !seen).map(([id]) => id);
    return {
      rows: this.#rows,
      repeated: this.#rows - this.#list.size,
      inBoth: this.#inBoth,
      onlyInList: missing.length,
      onlyInPopulation: this.#onlyInPopulation,
      listedOnly: missing.slice(0, listed),
      populationOnly: this.#populationOnly,
    };
  }
}
