import type { PolicyBundle } from "../policy/bundle.js";
import type { Item, ItemReceipt } from "../population/item.js";
import type { DecisionDifference } from "./compare.js";
import { Decider } from "./decider.js";
import { ReplayBundles, type Replayed, replayed } from "./replayer.js";

/** One receipt that its policy decides otherwise. */
export interface ReplayDifference {
  readonly line: number;
  readonly seq: number;
  readonly receiptId: string;
  readonly decidedAt: string;
  readonly policyVersion: string;
  readonly differences: readonly DecisionDifference[];
}

/** What came of deciding a population again. */
export interface ReplayResult {
  readonly receipts: number;
  readonly same: number;
  readonly different: number;
  /** How many were not evaluated, for each reason. */
  readonly notEvaluated: ReadonlyMap<string, number>;
  /** The first of those that differ, in the ledger's order. */
  readonly differences: readonly ReplayDifference[];
  readonly unused: readonly PolicyBundle[];
}

const keptDifferences = 10_000;
/** Characters of each side of a difference: facts can be as long as a line. */
const keptText = 1000;
/** A ledger may name a policy of its own in every receipt. */
const keptReasons = 1000;

/**
 * Decides every receipt of a population again: give it each item as it is selected, and when
 * the decider has decided all of them, ask for the result.
 */
export class ReplayPass {
  readonly #bundles: ReplayBundles;
  readonly #decider: Decider;
  readonly #notEvaluated = new Map<string, number>();
  readonly #differences: ReplayDifference[] = [];
  #receipts = 0;
  #same = 0;
  #different = 0;

  constructor(bundles: readonly PolicyBundle[], decider = new Decider(bundles)) {
    this.#bundles = new ReplayBundles(bundles);
    this.#decider = decider;
  }

  /** Takes the next item: the receipts that held it count by themselves. */
  add(item: Item): void {
    for (const one of [...item.held, item]) this.#add(one);
  }

  #add(one: ItemReceipt): void {
    this.#receipts++;
    const found = this.#bundles.requestOf(one);
    if (found.kind === "request")
      this.#decider.decide(found, (decided) => this.#note(one, replayed(one.receipt, decided, found.bundle)));
    else this.#note(one, found);
  }

  #note({ where, receipt }: ItemReceipt, replayed: Replayed): void {
    switch (replayed.kind) {
      case "same":
        this.#same++;
        return;
      case "not evaluated": {
        const reasons = this.#notEvaluated;
        const isListed = reasons.has(replayed.reason) || reasons.size < keptReasons;
        const reason = isListed ? replayed.reason : "other policies are not given";
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
        return;
      }
      case "differs":
        this.#different++;
        if (this.#differences.length >= keptDifferences) return;
        this.#differences.push({
          line: where.line,
          seq: receipt.seq,
          receiptId: receipt.receipt_id,
          decidedAt: receipt.decided_at,
          policyVersion: receipt.policy.version,
          differences: replayed.differences.map(({ part, expected, actual }) => ({
            part,
            expected: shortened(expected),
            actual: shortened(actual),
          })),
        });
    }
  }

  end(): ReplayResult {
    return {
      receipts: this.#receipts,
      same: this.#same,
      different: this.#different,
      notEvaluated: this.#notEvaluated,
      differences: this.#differences.toSorted((a, b) => a.seq - b.seq),
      unused: this.#bundles.unused,
    };
  }
}

function shortened(text: string): string {
  return text.length <= keptText ? text : `${text.slice(0, keptText).toWellFormed()}…`;
}
