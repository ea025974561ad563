import type { FindingCode } from "../findings/catalogue.js";
import type { Problem } from "../findings/finding.js";
import type { Control } from "./control.js";

/** How many findings of one code, or items with it. */
export interface CodeCount {
  readonly code: FindingCode;
  readonly count: number;
}

/** What was found of one attribute over the whole population. */
export interface AttributeResult {
  readonly letter: string;
  readonly text: string;
  /** Items that agree; with `deviated` the items that were tested. */
  readonly agreed: number;
  readonly deviated: number;
  readonly notEvaluated: number;
  /** Why items were not evaluated, and how many. */
  readonly reasons: readonly { readonly reason: string; readonly items: number }[];
  /** Items with each code that stands behind a deviation or was noted beside an agreement. */
  readonly codes: readonly CodeCount[];
  /** Integrity failures that question what this attribute rests on, in findings of the whole ledger. */
  readonly integrity: readonly CodeCount[];
}

/** One item that deviates. */
export interface Deviation {
  readonly receiptId: string;
  readonly seq: number;
  readonly correlationId: string;
  readonly decidedAt: string;
  /** The attributes that deviate. */
  readonly letters: readonly string[];
  readonly codes: readonly FindingCode[];
  readonly problems: readonly Problem[];
}

/** The four classes of a result, never mixed. */
export type Outcome =
  | { readonly kind: "no-deviations"; readonly tested: number }
  | {
      readonly kind: "deviations";
      readonly deviating: number;
      readonly tested: number;
      /** Rows of the execution log that no receipt can account for, disclosed or not. */
      readonly unaccounted: number;
    }
  | { readonly kind: "integrity-failure"; readonly codes: readonly CodeCount[] }
  | { readonly kind: "not-evaluated"; readonly missing: string };

/** What was found of one control over the whole population. */
export interface ControlResult {
  readonly control: Control;
  /** Items of the report's population that are in the control's. */
  readonly population: number;
  /** Those of them of which at least one attribute was evaluated. */
  readonly tested: number;
  /** Those of them with at least one deviation. */
  readonly deviating: number;
  readonly attributes: readonly AttributeResult[];
  /** The first of the deviating items. */
  readonly deviations: readonly Deviation[];
  /** Items outside the control's population that have one of its deviations all the same. */
  readonly outside: number;
  /** How many rows of the execution log no receipt accounts for, and the first of them. */
  readonly unrecordedCount: number;
  readonly unrecorded: readonly string[];
  readonly outcome: Outcome;
}

/** What the class of a result is decided on. */
export interface OutcomeInput {
  readonly integrity: "verified" | "failed" | "undecided";
  readonly population: number;
  readonly tested: number;
  readonly deviating: number;
  readonly unaccounted: number;
  readonly attributes: readonly AttributeResult[];
}

/**
 * The class of a result. What questions the record comes before what the record shows; what
 * was not evaluated never reads as if nothing had been found.
 */
export function outcomeOf(input: OutcomeInput): Outcome {
  const { attributes, tested, deviating, unaccounted } = input;
  const failures = attributes.flatMap(({ integrity }) => integrity);
  if (failures.length > 0) return { kind: "integrity-failure", codes: failures };
  if (deviating > 0 || unaccounted > 0) return { kind: "deviations", deviating, tested, unaccounted };
  if (input.integrity === "failed") return notEvaluated("the integrity of the ledger failed");
  if (input.integrity === "undecided")
    return notEvaluated("the integrity of the ledger could not be decided");
  if (input.population === 0) return notEvaluated("no item is in the population");
  if (tested === 0) {
    const reasons = attributes.flatMap((attribute) => attribute.reasons.map(({ reason }) => reason));
    return notEvaluated([...new Set(reasons)].join("; ") || "none of its attributes is about items");
  }
  return { kind: "no-deviations", tested };
}

function notEvaluated(missing: string): Outcome {
  return { kind: "not-evaluated", missing };
}
