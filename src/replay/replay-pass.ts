import type { DigestText } from "../bytes/digest.js";
import type { PolicyBundle } from "../policy/bundle.js";
import type { Item, ItemReceipt } from "../population/item.js";
import type { DecisionDifference } from "./compare.js";
import { Outcomes } from "./notes.js";
import type { Redecider } from "./redecider.js";
import { type Replayed, Replayer } from "./replayer.js";
import { shortened } from "./shortened.js";

/** One receipt that its policy decides otherwise. */
export interface ReplayDifference {
  readonly line: number;
  readonly seq: number;
  readonly receiptId: string;
  readonly decidedAt: string;
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
  /** Bundles that no receipt names: another policy than those that decided. */
  readonly unused: readonly PolicyBundle[];
}

const keptDifferences = 10_000;
/** A ledger may name a policy of its own in every receipt. */
const keptReasons = 1000;

/**
 * Decides every receipt of a population again: give it each item as it is selected, and then ask for
 * the result.
 */
export class ReplayPass {
  readonly #bundles: readonly PolicyBundle[];
  readonly #outcomes: Outcomes<Replayed>;
  readonly #used = new Set<DigestText>();
  readonly #notEvaluated = new Map<string, number>();
  readonly #differences: ReplayDifference[] = [];
  #receipts = 0;
  #same = 0;
  #different = 0;

  constructor(bundles: readonly PolicyBundle[], replayer: Redecider<Replayed> = new Replayer(bundles)) {
    this.#bundles = bundles;
    this.#outcomes = new Outcomes(replayer);
  }

  /** Takes the next item: the receipts that held it count by themselves. */
  add(item: Item): void {
    for (const one of [...item.held, item]) this.#add(one);
  }

  #add(one: ItemReceipt): void {
    this.#receipts++;
    const outcome = this.#outcomes.of(one);
    if (outcome.policy !== undefined) this.#used.add(outcome.policy);
    switch (outcome.kind) {
      case "same":
        this.#same++;
        return;
      case "not evaluated": {
        const reasons = this.#notEvaluated;
        const isListed = reasons.has(outcome.reason) || reasons.size < keptReasons;
        const reason = isListed ? outcome.reason : "other policies are not given";
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
        return;
      }
      case "differs":
        this.#different++;
        if (this.#differences.length < keptDifferences) this.#keep(one, outcome.differences);
    }
  }

  #keep({ where, receipt }: ItemReceipt, differences: readonly DecisionDifference[]): void {
    this.#differences.push({
      line: where.line,
      seq: receipt.seq,
      receiptId: receipt.receipt_id,
      decidedAt: receipt.decided_at,
      differences: differences.map(({ part, expected, actual }) => ({
        part,
        expected: shortened(expected),
        actual: shortened(actual),
      })),
    });
  }

  end(): ReplayResult {
    return {
      receipts: this.#receipts,
      same: this.#same,
      different: this.#different,
      notEvaluated: this.#notEvaluated,
      differences: this.#differences.toSorted((a, b) => a.seq - b.seq),
      unused: this.#bundles.filter(({ hash }) => !this.#used.has(hash)),
    };
  }
}
