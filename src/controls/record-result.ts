import { type FindingCode, kindOf, type Severity } from "../findings/catalogue.js";
import type { Verification } from "../ledger/verification.js";
import type { Population } from "../population/population.js";
import type { Attribute, Control } from "./control.js";
import { type AttributeResult, type CodeCount, type ControlResult, outcomeOf } from "./result.js";

/** The findings of the whole ledger that an attribute is about, of one severity. */
export function findingsOf(
  codes: readonly FindingCode[],
  severity: Severity,
  verification: Verification,
): readonly CodeCount[] {
  return codes
    .filter((code) => kindOf(code).severity === severity)
    .map((code) => ({ code, count: verification.findingCounts.get(code) ?? 0 }))
    .filter(({ count }) => count > 0);
}

/**
 * The result of a control over the record itself, as a whole (`ledger`) or entry by entry
 * (`receipt`): the verification has tested it, over all entries whatever the report's filter.
 */
export function recordResult(
  control: Control,
  verification: Verification,
  population: Population,
): ControlResult {
  const items = control.population.unit === "ledger" ? 1 : population.entries;
  const attributes = control.attributes.map((attribute) => attributeOfRecord(attribute, items, verification));
  const counts = { population: items, tested: items, deviating: 0, attributes, unrecordedCount: 0 };
  const outcome = outcomeOf({ integrity: verification.integrity, ...counts, unaccounted: 0 });
  return { control, ...counts, deviations: [], outside: 0, unrecorded: [], outcome };
}

function attributeOfRecord(attribute: Attribute, items: number, verification: Verification): AttributeResult {
  const integrity = findingsOf(attribute.codes, "error", verification);
  return {
    letter: attribute.letter,
    text: attribute.text,
    agreed: integrity.length === 0 ? items : 0,
    deviated: 0,
    notEvaluated: 0,
    reasons: [],
    codes: findingsOf(attribute.codes, "warning", verification),
    integrity,
  };
}
