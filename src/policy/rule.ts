import type { RiskTier } from "../receipt/receipt.js";
import type { PolicyJson } from "./engine.js";
import type { Places } from "./statements.js";

/** Signatures that have to be there before a held request may run: `2:release-managers`. */
export interface Obligation {
  readonly group: string;
  readonly threshold: number;
}

/** What a policy does when it determines a decision. */
export type RuleOutcome = "allow" | "deny" | "escalate" | "approval";

/** One policy of a bundle, with what its annotations say. */
export interface Rule {
  readonly id: string;
  readonly effect: "permit" | "forbid";
  readonly outcome: RuleOutcome;
  readonly tier: RiskTier;
  /** As it is written, and as `context.satisfied` holds it once it is met. */
  readonly obligation: (Obligation & { readonly text: string }) | undefined;
  readonly why: string;
  /** Where it stands in policy.cedar, in UTF-16 units, and its Cedar text. */
  readonly at: number;
  readonly text: string;
  readonly places: Places;
  readonly json: PolicyJson;
}

export const riskTiers: readonly RiskTier[] = ["T0_OBSERVE", "T1_STANDARD", "T2_ELEVATED", "T3_SOVEREIGN"];

/** The highest of some tiers. Throws RangeError where there is none. */
export function highestTier(tiers: readonly RiskTier[]): RiskTier {
  const highest = riskTiers[Math.max(...tiers.map((tier) => riskTiers.indexOf(tier)))];
  if (highest === undefined) throw new RangeError("expected at least one tier");
  return highest;
}

/** Rules that no policy may be named like: the decision profile's own. */
export const reservedRules = [
  "default-deny",
  "invalid-request",
  "policy-error",
  "tier-without-obligation",
] as const;

export type ReservedRule = (typeof reservedRules)[number];

/** Reads `2:release-managers`. Returns undefined for anything else. */
export function parseObligation(text: string): Obligation | undefined {
  const [, threshold, group] = /^([1-9]\d?):([A-Za-z0-9][A-Za-z0-9._-]*)$/.exec(text) ?? [];
  return threshold === undefined || group === undefined ? undefined : { group, threshold: Number(threshold) };
}
