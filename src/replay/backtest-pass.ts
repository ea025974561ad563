import { riskTiers } from "../policy/rule.js";
import type { Item, ItemReceipt } from "../population/item.js";
import type { Decision } from "../receipt/receipt.js";
import type { Backtested, SideOfChange } from "./backtester.js";
import { Outcomes } from "./notes.js";
import type { Redecider } from "./redecider.js";
import { shortened } from "./shortened.js";

/** One receipt that another policy would have decided otherwise. */
export interface BacktestExample {
  readonly seq: number;
  readonly receiptId: string;
  readonly decidedAt: string;
  readonly agent: string;
  readonly operation: string;
  readonly resource: string;
}

/** Receipts that change in the same way, by the same rules. */
export interface BacktestGroup {
  readonly before: SideOfChange;
  readonly after: SideOfChange;
  /** Whether it lets through more than before, or asks less of people. */
  readonly weaker: boolean;
  readonly receipts: number;
  /** The first few. */
  readonly examples: readonly BacktestExample[];
}

export interface BacktestResult {
  readonly receipts: number;
  readonly same: number;
  readonly changed: number;
  readonly weaker: number;
  readonly notEvaluated: ReadonlyMap<string, number>;
  /** Weaker first, deny to allow before all, then by number. */
  readonly groups: readonly BacktestGroup[];
  /** Receipts of groups beyond the first 1,000, or beyond 16 million characters of them: they are not kept. */
  readonly groupsLeftOut: number;
}

type Changed = Extract<Backtested, { readonly kind: "changed" }>;

/** A group as it is counted. */
interface OpenGroup extends BacktestGroup {
  receipts: number;
  readonly examples: BacktestExample[];
}

const keptGroups = 1000;
/** Characters of all groups together: rules can be as long as a line. */
const keptCharacters = 16_000_000;
const keptExamples = 3;

/** How much a decision keeps from happening. */
const strictness: { readonly [D in Decision]: number } = { allow: 0, approval: 1, escalate: 2, deny: 3 };

/**
 * Asks of every receipt of a population what another policy would have decided, at the same
 * time of the same intent: give it each item as it is selected, and then ask for the result.
 */
export class BacktestPass {
  readonly #outcomes: Outcomes<Backtested>;
  readonly #groups = new Map<string, OpenGroup>();
  /** Most changes come again as the same outcome. */
  readonly #texts = new WeakMap<Changed, string>();
  readonly #notEvaluated = new Map<string, number>();
  #receipts = 0;
  #same = 0;
  #changed = 0;
  #weaker = 0;
  #leftOut = 0;
  #characters = 0;

  constructor(backtester: Redecider<Backtested>) {
    this.#outcomes = new Outcomes(backtester);
  }

  /** Takes the next item: the receipts that held it count by themselves. */
  add(item: Item): void {
    for (const one of [...item.held, item]) this.#add(one);
  }

  #add(one: ItemReceipt): void {
    this.#receipts++;
    const outcome = this.#outcomes.of(one);
    switch (outcome.kind) {
      case "same":
        this.#same++;
        return;
      case "not evaluated":
        this.#notEvaluated.set(outcome.reason, (this.#notEvaluated.get(outcome.reason) ?? 0) + 1);
        return;
      case "changed":
        this.#changed++;
        this.#count(one, outcome);
    }
  }

  #count(one: ItemReceipt, outcome: Changed): void {
    const { before, after } = outcome;
    const change = this.#textOf(outcome);
    const found = this.#groups.get(change);
    const group = found ?? { before, after, weaker: isWeaker(before, after), receipts: 0, examples: [] };
    if (group.weaker) this.#weaker++;
    if (found === undefined) {
      if (this.#groups.size >= keptGroups || this.#characters + change.length > keptCharacters) {
        this.#leftOut++;
        return;
      }
      this.#characters += change.length;
      this.#groups.set(change, group);
    }
    group.receipts++;
    // Only an example is worth a look at its line.
    if (group.examples.length < keptExamples) group.examples.push(exampleOf(one));
  }

  /** The same text exactly where both sides of a change are. */
  #textOf(outcome: Changed): string {
    const known = this.#texts.get(outcome);
    if (known !== undefined) return known;
    const text = JSON.stringify([outcome.before, outcome.after]);
    this.#texts.set(outcome, text);
    return text;
  }

  end(): BacktestResult {
    return {
      receipts: this.#receipts,
      same: this.#same,
      changed: this.#changed,
      weaker: this.#weaker,
      notEvaluated: this.#notEvaluated,
      groups: [...this.#groups.values()].sort(byGravity),
      groupsLeftOut: this.#leftOut,
    };
  }
}

function exampleOf({ receipt, intent }: ItemReceipt): BacktestExample {
  return {
    seq: receipt.seq,
    receiptId: receipt.receipt_id,
    decidedAt: receipt.decided_at,
    agent: shortened(receipt.agent.id),
    operation: shortened(intent?.operation ?? ""),
    resource: shortened(intent?.resource ?? ""),
  };
}

/**
 * Whether a change lets through more, or asks less: a less strict decision, or the same at a
 * lower tier or with fewer signatures of some group.
 */
export function isWeaker(before: SideOfChange, after: SideOfChange): boolean {
  const [was, is] = [strictness[before.decision], strictness[after.decision]];
  if (was !== is) return is < was;
  // What is denied before and after lets nothing through, whatever its tier.
  if (after.decision === "deny") return false;
  if (tierRank(after.tier) < tierRank(before.tier)) return true;
  const now = thresholds(after.required);
  return [...thresholds(before.required)].some(([group, threshold]) => (now.get(group) ?? 0) < threshold);
}

function thresholds(required: readonly string[]): ReadonlyMap<string, number> {
  return new Map(
    required.map((text) => {
      const at = text.indexOf(":");
      return [text.slice(at + 1), Number(text.slice(0, at))];
    }),
  );
}

function tierRank(tier: string): number {
  return (riskTiers as readonly string[]).indexOf(tier);
}

function byGravity(a: BacktestGroup, b: BacktestGroup): number {
  const loss = (group: BacktestGroup) => strictness[group.before.decision] - strictness[group.after.decision];
  return (
    Number(b.weaker) - Number(a.weaker) ||
    loss(b) - loss(a) ||
    b.receipts - a.receipts ||
    (a.examples[0]?.seq ?? 0) - (b.examples[0]?.seq ?? 0)
  );
}
