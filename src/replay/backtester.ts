import type { PolicyBundle } from "../policy/bundle.js";
import { decide, type PolicyDecision } from "../policy/decide.js";
import { releaseAdapter } from "../policy/release-bundle.js";
import { mostClasses } from "../policy/request-class.js";
import { obligationText } from "../policy/run-cases.js";
import type { Decision, Receipt } from "../receipt/receipt.js";
import { areSame, requiredOf } from "./compare.js";
import { CountedAsks, type Redecidable, type Redecider } from "./redecider.js";

/** A decision as one side of a change; its lists are sorted. */
export interface SideOfChange {
  readonly decision: Decision;
  readonly tier: string;
  readonly rules: readonly string[];
  readonly required: readonly string[];
}

/** What was decided, and what another policy would have. */
export interface Change {
  readonly before: SideOfChange;
  readonly after: SideOfChange;
}

/** What another policy would have decided of one receipt. */
export type Backtested =
  | { readonly kind: "same" }
  | ({ readonly kind: "changed" } & Change)
  /** `reason` says why nothing is known of it. */
  | { readonly kind: "not evaluated"; readonly reason: string };

const same: Backtested = { kind: "same" };

/** How many changes are remembered, of those that are short enough to come again. */
const mostChanges = 1000;
const longestChange = 10_000;

/** Decides receipts by another policy, each at the same time of the same intent. */
export class Backtester implements Redecider<Backtested> {
  readonly #bundle: PolicyBundle;
  readonly #asks: CountedAsks;
  readonly #changes = new Map<string, Backtested>();

  constructor(bundle: PolicyBundle, most: number = mostClasses) {
    this.#bundle = bundle;
    this.#asks = new CountedAsks([bundle], most);
  }

  get asked(): number {
    return this.#asks.count;
  }

  outcomeOf({ receipt, members, verified }: Redecidable): Backtested {
    if (!verified) return { kind: "not evaluated", reason: "the receipt is not verified" };
    if (receipt.adapter_id === releaseAdapter)
      return {
        kind: "not evaluated",
        reason: "a release of a policy, which the built-in policy decides",
      };
    const { intent } = members;
    if (intent === undefined) return { kind: "not evaluated", reason: "the intent is withheld" };
    const bundle = this.#bundle;
    const before = recorded(receipt);
    const after = sideOf(decide(bundle, intent, receipt.decided_at, this.#asks.of(bundle)));
    return areAlike(before, after) ? same : this.#changeOf({ before, after });
  }

  #changeOf(change: Change): Backtested {
    const text = JSON.stringify(change);
    const known = this.#changes.get(text);
    if (known !== undefined) return known;
    const changed: Backtested = { kind: "changed", ...change };
    if (this.#changes.size < mostChanges && text.length <= longestChange) this.#changes.set(text, changed);
    return changed;
  }
}

function areAlike(a: SideOfChange, b: SideOfChange): boolean {
  return (
    a.decision === b.decision &&
    a.tier === b.tier &&
    areSame(a.rules, b.rules) &&
    areSame(a.required, b.required)
  );
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
