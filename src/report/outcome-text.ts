import type { AttributeResult, ControlResult, Outcome } from "../controls/result.js";
import type { Population } from "../population/population.js";
import { count } from "./layout.js";

/** The words of the four classes of results; there are no others. */
export const classes: { readonly [K in Outcome["kind"]]: string } = {
  "no-deviations": "no deviations noted",
  deviations: "deviations noted",
  "integrity-failure": "evidence-integrity failure",
  "not-evaluated": "not evaluated",
};

/** A result in one line: its class, with the numbers or what is missing. */
export function outcomeText(result: ControlResult): string {
  const { outcome, control, unrecordedCount } = result;
  const items =
    control.population.unit === "ledger"
      ? "ledger"
      : control.population.unit === "receipt"
        ? "entry"
        : "request";
  const many = items === "entry" ? "entries" : `${items}s`;
  const word = classes[outcome.kind];
  switch (outcome.kind) {
    case "no-deviations":
      return `${word} in ${count(outcome.tested, items, many)}`;
    case "deviations": {
      const log =
        outcome.unaccounted > 0
          ? `; ${outcome.unaccounted < unrecordedCount ? "at least " : ""}${count(outcome.unaccounted, "row")} of the execution log without a receipt`
          : "";
      return `${word} (${outcome.deviating} of ${outcome.tested})${log}`;
    }
    case "integrity-failure":
      return `${word}: ${outcome.codes.map(({ code, count: times }) => `${code} (${times})`).join(", ")}`;
    case "not-evaluated":
      return `${word} (${outcome.missing})`;
  }
}

/** What limits a result: attributes that were not evaluated, items outside, completeness. */
export function limitsOf(result: ControlResult, population: Population): readonly string[] {
  // A control that was not evaluated at all says why in its result.
  const texts = result.outcome.kind === "not-evaluated" ? [] : [...notEvaluated(result.attributes)];
  if (result.outside > 0)
    texts.push(
      `${count(result.outside, "request")} outside this control's population with one of its deviations`,
    );
  if (population.withheld > 0 && result.control.population.unit === "request")
    texts.push(
      `completeness not evaluated for ${count(population.withheld, "withheld entry", "withheld entries")}`,
    );
  return texts;
}

function notEvaluated(attributes: readonly AttributeResult[]): readonly string[] {
  return attributes.flatMap(({ letter, notEvaluated, reasons, agreed, deviated }) => {
    if (notEvaluated === 0 && reasons.length === 0) return [];
    const why = reasons
      .map(({ reason, items }) => (agreed + deviated === 0 ? reason : `${items}: ${reason}`))
      .join("; ");
    return [`${letter} not evaluated${agreed + deviated === 0 ? "" : ` for ${notEvaluated}`} (${why})`];
  });
}

/** What stands behind an attribute: its codes, and how many items or findings have each. */
export function codesText({ codes, integrity }: AttributeResult): string {
  const parts = [
    ...integrity.map(({ code, count: times }) => `${code} (${count(times, "finding")})`),
    ...codes.map(({ code, count: items }) => `${code} (${items})`),
  ];
  return parts.join(", ");
}

/** The class of one attribute, by the same rule as a control's. */
export function attributeClass(
  { agreed, deviated, integrity }: AttributeResult,
  integrityOfLedger: string,
): string {
  if (integrity.length > 0) return classes["integrity-failure"];
  if (deviated > 0) return classes.deviations;
  if (agreed === 0 || integrityOfLedger !== "verified") return classes["not-evaluated"];
  return classes["no-deviations"];
}
