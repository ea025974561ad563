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

/** What a receipt says that has to be signed. */
export function requiredOf({ approval }: Receipt): readonly string[] {
  return approval.state === "not_required" ? [] : approval.required.map(obligationText);
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "none" : [...names].sort().join(", ");
}
