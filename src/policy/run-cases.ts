import type { PolicyBundle } from "./bundle.js";
import type { Case } from "./case.js";
import { decide, type PolicyDecision } from "./decide.js";
import type { Obligation } from "./rule.js";

/** What came of one case. */
export interface CaseResult {
  readonly case: Case;
  readonly decided: PolicyDecision;
  /** What was decided otherwise than expected; empty where the case holds. */
  readonly differences: readonly {
    readonly what: "decision" | "rules" | "tier" | "obligations";
    readonly expected: string;
    readonly actual: string;
  }[];
}

/** Decides every case of a bundle's tests, or of others for it. Never throws. */
export function runCases(bundle: PolicyBundle, cases: readonly Case[]): readonly CaseResult[] {
  return cases.map((one) => runCase(bundle, one));
}

function runCase(bundle: PolicyBundle, one: Case): CaseResult {
  const decided = decide(bundle, one.intent, one.at);
  const differences: CaseResult["differences"][number][] = [];
  const compare = (
    what: CaseResult["differences"][number]["what"],
    expected: string | undefined,
    actual: string,
  ) => {
    if (expected !== undefined && expected !== actual) differences.push({ what, expected, actual });
  };
  compare("decision", one.decision, decided.decision);
  compare("rules", one.rules && listed(one.rules), listed(decided.rules));
  compare("tier", one.tier, decided.tier);
  compare(
    "obligations",
    one.obligations && listed(one.obligations),
    listed(decided.required.map(obligationText)),
  );
  return { case: one, decided, differences };
}

/** `2:release-managers`. */
export function obligationText({ threshold, group }: Obligation): string {
  return `${threshold}:${group}`;
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "none" : [...names].sort().join(", ");
}
