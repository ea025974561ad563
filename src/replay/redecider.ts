import type { PolicyBundle } from "../policy/bundle.js";
import { type Ask, askEngine } from "../policy/decide.js";
import { askOncePerClass } from "../policy/request-class.js";
import type { ItemReceipt } from "../population/item.js";

/** A receipt as deciding it again takes it. */
export type Redecidable = Pick<ItemReceipt, "receipt" | "members" | "verified">;

/**
 * Decides receipts again, for who makes something of what comes of them. The outcome of a receipt
 * depends on it alone and is JSON: whichever thread has its line may find it. One that comes often is, as a
 * rule, the same object each time.
 */
export interface Redecider<O> {
  readonly outcomeOf: (one: Redecidable) => O;
  /** How many questions the engine was asked so far: each class of requests takes one or two. */
  readonly asked: number;
}

/** Asks the engines of some bundles, once for each class of requests. */
export class CountedAsks {
  readonly #asks: ReadonlyMap<PolicyBundle, Ask>;
  #count = 0;

  /** `mostClasses` is how many classes are remembered in all. */
  constructor(bundles: readonly PolicyBundle[], mostClasses: number) {
    const each = Math.ceil(mostClasses / bundles.length);
    this.#asks = new Map(
      bundles.map((bundle) => [bundle, askOncePerClass(bundle, this.#counted(askEngine(bundle)), each)]),
    );
  }

  get count(): number {
    return this.#count;
  }

  /** How one of the bundles is asked. */
  of(bundle: PolicyBundle): Ask {
    return this.#asks.get(bundle)!;
  }

  #counted(ask: Ask): Ask {
    return (question, satisfied) => {
      this.#count++;
      return ask(question, satisfied);
    };
  }
}
