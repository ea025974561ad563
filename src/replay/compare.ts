import { canonicalize } from "../json/canonical.js";
import type { PolicyBundle } from "../policy/bundle.js";
import type { PolicyDecision } from "../policy/decide.js";
import { obligationText } from "../policy/run-cases.js";
import type { Receipt } from "../receipt/receipt.js";

/** What of a receipt is held against the policy's decision. */
export type ComparedPart = "decision" | "risk_tier" | "rules" | "facts" | "required" | "policy version";

/** One part that the policy decides otherwise than the receipt says. */
export interface DecisionDifference {
  readonly part: ComparedPart;
  /** By the policy. */
  readonly expected: string;
  /** In the receipt. */
  readonly actual: string;
}

/**
 * Holds what a receipt says of its decision against the same decision made again: decision,
 * tier, rules, facts, and of what was held, which signatures it needs. The approval's state and
 * the outcome are the verifier's matter.
 */
export function compareDecision(
  receipt: Receipt,
  decided: PolicyDecision,
  { info }: Pick<PolicyBundle, "info">,
): readonly DecisionDifference[] {
  if (isSame(receipt, decided, info.version)) return none;
  const pairs: readonly (readonly [ComparedPart, string, string])[] = [
    ["decision", decided.decision, receipt.decision],
    ["risk_tier", decided.tier, receipt.risk_tier],
    ["rules", listed(decided.rules), listed(receipt.rationale.rules)],
    ["facts", canonicalize(decided.facts), canonicalize(receipt.facts)],
    ["required", listed(decided.required.map(obligationText)), listed(requiredOf(receipt))],
    ["policy version", info.version, receipt.policy.version],
  ];
  return pairs.flatMap(([part, expected, actual]) =>
    expected === actual ? [] : [{ part, expected, actual }],
  );
}

const none: readonly DecisionDifference[] = [];

/** Whether there is certainly no difference, which is so of most receipts: told without making texts of them. */
function isSame(
  receipt: Receipt,
  { decision, tier, rules, facts, required }: PolicyDecision,
  version: string,
) {
  const { approval } = receipt;
  return (
    decision === receipt.decision &&
    tier === receipt.risk_tier &&
    version === receipt.policy.version &&
    areSame(rules, receipt.rationale.rules) &&
    (approval.state === "not_required"
      ? required.length === 0
      : areSame(required.map(obligationText), requiredOf(receipt))) &&
    areSameFacts(facts, receipt.facts)
  );
}

/** Whether two lists have the same texts in the same order. */
export function areSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

function areSameFacts(a: Receipt["facts"], b: Receipt["facts"]): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && a[name] === b[name])
  );
}

/** What a receipt says that has to be signed. */
export function requiredOf({ approval }: Receipt): readonly string[] {
  return approval.state === "not_required" ? [] : approval.required.map(obligationText);
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "none" : [...names].sort().join(", ");
}
