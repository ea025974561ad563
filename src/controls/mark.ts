import { type FindingCode, type FindingInput, kindOf } from "../findings/catalogue.js";
import type { Problem } from "../findings/finding.js";
import { type ItemTest, testOf } from "../population/filter.js";
import { type Item, isVerified } from "../population/item.js";
import type { Attribute, Control } from "./control.js";
import type { InputChecks } from "./inputs.js";

/** What was found of one attribute of one item: agrees, deviates, does not apply, not evaluated. */
export type Mark = "Y" | "N" | "N/A" | "NE";

/** One attribute of one item. */
export interface MarkedAttribute {
  readonly mark: Mark;
  /** The findings that stand behind a deviation, or that were noted beside an agreement. */
  readonly codes: readonly FindingCode[];
  /** Why it was not evaluated. */
  readonly reason?: string;
}

/** An attribute, prepared for a pass over many items. */
export interface AttributeTest {
  readonly attribute: Attribute;
  readonly codes: ReadonlySet<FindingCode>;
  /** Why no item can be evaluated; undefined where they can. */
  readonly missing: string | undefined;
  readonly needsIntent: boolean;
  readonly needsDue: boolean;
  readonly needsReplay: boolean;
  /** Whether a ledger's own releases can stand for the input that is missing. */
  readonly byReleases: boolean;
  /** Whether it is about the rows of the execution log, and not about items. */
  readonly isOfLog: boolean;
}

/** What has to be given for an attribute, besides ledger and trust file. */
export function needsOf({ codes }: Attribute): readonly FindingInput[] {
  return codes.flatMap((code) => kindOf(code).needs ?? []);
}

/** Prepares an attribute: what it needs is looked up once. */
export function attributeTest(attribute: Attribute, inputs: InputChecks): AttributeTest {
  const needs = needsOf(attribute);
  const missing = [...new Set(needs.flatMap((need) => inputs.missing(need) ?? []))];
  return {
    attribute,
    codes: new Set(attribute.codes),
    missing: missing.length === 0 ? undefined : missing.join("; "),
    needsIntent: needs.includes("intent"),
    needsDue: needs.includes("sla"),
    needsReplay: needs.includes("replay"),
    byReleases: needs.length > 0 && needs.every((need) => need === "registers.policies"),
    isOfLog: attribute.codes.every((code) => code === "control.execution-unrecorded"),
  };
}

const agrees: MarkedAttribute = { mark: "Y", codes: [] };
/** Of an item outside the population of the control, too. */
export const notApplicable: MarkedAttribute = { mark: "N/A", codes: [] };

/** Whether an item is in a control's population; the ledger as a whole is no item's matter. */
export function testOfControl({ population }: Control): ItemTest {
  switch (population.unit) {
    case "request":
      return testOf(population.filter);
    case "receipt":
      return () => true;
    case "ledger":
      return () => false;
  }
}

/**
 * Marks one attribute of one item of its control's population. A deviation that was found counts whatever else could not
 * be looked for; an integrity failure is none, and leaves the attribute not evaluated.
 */
export function markAttribute(
  test: AttributeTest,
  item: Item,
  problems: readonly Problem[],
  inputs: InputChecks,
): MarkedAttribute {
  const found =
    problems.length === 0
      ? []
      : [...new Set(problems.map(({ code }) => code))].filter((code) => test.codes.has(code));
  if (!isVerified(item)) return { mark: "NE", codes: found, reason: "the receipt is not verified" };
  if (found.some((code) => kindOf(code).severity === "deviation")) return { mark: "N", codes: found };
  if (test.missing !== undefined && !(test.byReleases && isJudgedByReleases(item)))
    return { mark: "NE", codes: found, reason: test.missing };
  if (test.isOfLog) return notApplicable;
  if (test.needsIntent && !item.outline.hasIntent)
    return { mark: "NE", codes: found, reason: "the intent is withheld" };
  const notReplayed = test.needsReplay ? inputs.notReplayed(item) : undefined;
  if (notReplayed !== undefined) return { mark: "NE", codes: found, reason: notReplayed };
  const notDue = test.needsDue ? inputs.notDue(item) : undefined;
  if (notDue !== undefined) return { mark: "NE", codes: found, reason: notDue };
  return found.length === 0 ? agrees : { mark: "Y", codes: found };
}

/** Whether the ledger's releases say of all receipts of an item which policy was in force. */
export function isJudgedByReleases(item: Item): boolean {
  return item.policyJudged && item.held.every(({ policyJudged }) => policyJudged);
}
