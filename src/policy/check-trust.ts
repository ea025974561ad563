import type { TrustFile } from "../keys/trust-file.js";
import type { PolicyBundle } from "./bundle.js";
import { didYouMean, type PolicyProblem } from "./problem.js";

/**
 * Holds a bundle's obligations against the reader's own groups: what a policy asks for has to
 * be what the trust file lets stand, or receipts of it would show deviations
 * (docs/format.md, "Approvals"; docs/policy.md, "What check refuses").
 */
export function checkAgainstTrust(
  { rules, sources }: PolicyBundle,
  trust: TrustFile,
): readonly PolicyProblem[] {
  const source = sources.get("policy.cedar")!;
  return rules.flatMap(({ at: start, places, obligation, tier }) => {
    if (obligation === undefined) return [];
    const at = places.annotations.get("obligation") ?? start;
    const { group, threshold } = obligation;
    const known = trust.groups.get(group);
    if (known === undefined) {
      const expected = "a group of the trust file";
      return [source.problem(at, expected, group, didYouMean(group, trust.groups.keys()))];
    }
    const problems: PolicyProblem[] = [];
    if (known.threshold > threshold) {
      const expected = `at least ${known.threshold} of ${group}, as the trust file has it`;
      problems.push(source.problem(at, expected, String(threshold)));
    }
    const upper = tier === "T2_ELEVATED" || tier === "T3_SOVEREIGN" ? trust.tiers[tier] : undefined;
    if (upper !== undefined && !upper.includes(group)) {
      const names = upper.length === 0 ? "no group" : upper.join(", ");
      problems.push(
        source.problem(at, `a group that may approve ${tier}, ${names} in the trust file`, group),
      );
    }
    return problems;
  });
}
