import type { PolicyBundle } from "../policy/bundle.js";
import type { PolicyDecision } from "../policy/decide.js";
import { releaseAdapter } from "../policy/release-bundle.js";
import { riskTiers } from "../policy/rule.js";
import { obligationText } from "../policy/run-cases.js";
import type { Item, ItemReceipt } from "../population/item.js";
import type { Decision, Receipt } from "../receipt/receipt.js";
import { requiredOf } from "./compare.js";
import { Decider } from "./decider.js";

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

/** A decision as one side of a change. */
export interface SideOfChange {
  readonly decision: Decision;
  readonly tier: string;
  readonly rules: readonly string[];
  readonly required: readonly string[];
}

export interface BacktestResult {
  readonly receipts: number;
  readonly same: number;
  readonly changed: number;
  readonly weaker: number;
  readonly notEvaluated: ReadonlyMap<string, number>;
  /** Weaker first, deny to allow before all, then by number. */
  readonly groups: readonly BacktestGroup[];
  /** Groups beyond the first 1,000 are counted and not kept. */
  readonly groupsLeftOut: number;
}

const keptGroups = 1000;
const keptExamples = 3;

/** How much a decision keeps from happening. */
const strictness: { readonly [D in Decision]: number } = { allow: 0, approval: 1, escalate: 2, deny: 3 };

/**
 * Asks of every receipt of a population what another policy would have decided, at the same
 * time of the same intent: give it each item as it is selected, and when the decider has
 * decided all of them, ask for the result.
 */
export class BacktestPass {
  readonly #bundle: PolicyBundle;
  readonly #decider: Decider;
  readonly #groups = new Map<
    string,
    { readonly group: BacktestGroup; count: number; examples: BacktestExample[] }
  >();
  readonly #notEvaluated = new Map<string, number>();
  #receipts = 0;
  #same = 0;
  #changed = 0;
  #weaker = 0;
  #leftOut = 0;

  constructor(bundle: PolicyBundle, decider = new Decider([bundle])) {
    this.#bundle = bundle;
    this.#decider = decider;
  }

  add(item: Item): void {
    for (const one of [...item.held, item]) this.#add(one);
  }

  #add(one: ItemReceipt): void {
    this.#receipts++;
    const { verified } = one;
    const intent = verified ? one.members["intent"] : undefined;
    const isRelease = verified && one.receipt.adapter_id === releaseAdapter;
    if (!verified || intent === undefined || isRelease) {
      const reason = !verified
        ? "the receipt is not verified"
        : isRelease
          ? "a release of a policy, which the built-in policy decides"
          : "the intent is withheld";
      this.#notEvaluated.set(reason, (this.#notEvaluated.get(reason) ?? 0) + 1);
      return;
    }
    const request = { bundle: this.#bundle, intent, at: one.receipt.decided_at };
    this.#decider.decide(request, (decided) => this.#note(one, sideOf(decided)));
  }

  #note({ receipt, intent }: ItemReceipt, after: SideOfChange): void {
    const before = recorded(receipt);
    const [was, is] = [JSON.stringify(before), JSON.stringify(after)];
    if (was === is) {
      this.#same++;
      return;
    }
    const key = `${was} ${is}`;
    this.#changed++;
    const weaker = isWeaker(before, after);
    if (weaker) this.#weaker++;
    let found = this.#groups.get(key);
    if (found === undefined) {
      if (this.#groups.size >= keptGroups) {
        this.#leftOut++;
        return;
      }
      found = { group: { before, after, weaker, receipts: 0, examples: [] }, count: 0, examples: [] };
      this.#groups.set(key, found);
    }
    found.count++;
    if (found.examples.length >= keptExamples) return;
    found.examples.push({
      seq: receipt.seq,
      receiptId: receipt.receipt_id,
      decidedAt: receipt.decided_at,
      agent: receipt.agent.id,
      operation: intent?.operation ?? "",
      resource: intent?.resource ?? "",
    });
  }

  end(): BacktestResult {
    const groups = [...this.#groups.values()].map(({ group, count, examples }) => ({
      ...group,
      receipts: count,
      examples,
    }));
    return {
      receipts: this.#receipts,
      same: this.#same,
      changed: this.#changed,
      weaker: this.#weaker,
      notEvaluated: this.#notEvaluated,
      groups: groups.sort(byGravity),
      groupsLeftOut: this.#leftOut,
    };
  }
}

function recorded(receipt: Receipt): SideOfChange {
  return {
    decision: receipt.decision,
    tier: receipt.risk_tier,
    rules: [...receipt.rationale.rules].sort(),
    required: [...requiredOf(receipt)].sort(),
  };
}

function sideOf({ decision, tier, rules, required }: PolicyDecision): SideOfChange {
  return { decision, tier, rules, required: required.map(obligationText).sort() };
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
