import type { JsonObject } from "../json/json.js";
import { anyObject, list, object, oneOf, type Shape } from "../json/shape.js";
import type { Time } from "../json/time.js";
import { anyText, someText, time } from "../receipt/identifiers.js";
import type { Decision, RiskTier } from "../receipt/receipt.js";

/** An expectation: what is to be decided of an intent at a time. Only what it names is compared. */
export interface Case {
  readonly name: string;
  readonly at: Time;
  /** Not decoded: a case may be about an intent that is none. */
  readonly intent: JsonObject;
  readonly decision: Decision;
  readonly rules?: readonly string[];
  readonly tier?: RiskTier;
  /** `2:release-managers`, each that is required. */
  readonly obligations?: readonly string[];
}

export interface CaseFile {
  readonly format: "sclaw.policy-tests/1";
  readonly cases: readonly Case[];
}

const oneCase: Shape<Case> = object<Case>(
  {
    name: someText,
    at: time,
    intent: anyObject,
    decision: oneOf("allow", "deny", "escalate", "approval"),
    rules: list(anyText, { least: 1 }),
    tier: oneOf("T0_OBSERVE", "T1_STANDARD", "T2_ELEVATED", "T3_SOVEREIGN"),
    obligations: list(anyText),
  },
  ["rules", "tier", "obligations"],
);

/** The shape of `tests.json`, and of a file that `decide --cases` takes. */
export const casesShape: Shape<CaseFile> = object<CaseFile>({
  format: oneOf("sclaw.policy-tests/1"),
  cases: list(oneCase, { most: 100_000 }),
});
