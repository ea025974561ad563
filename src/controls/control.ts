import type { FindingCode } from "../findings/catalogue.js";
import type { Filter } from "../population/filter.js";

/** How much a control's evidence bears on a criterion. */
export type Strength = "direct" | "supporting" | "weak";

/** What one item of a control's population is. */
export type ControlUnit = "request" | "receipt" | "ledger";

/** One thing that is tested of each item. */
export interface Attribute {
  /** A to Z. */
  readonly letter: string;
  readonly text: string;
  /** It deviates where an item has one of these findings. */
  readonly codes: readonly FindingCode[];
}

/** A control, as data: what it is for, of which items, and what is tested of each. */
export interface Control {
  readonly id: string;
  readonly title: string;
  readonly objective: string;
  /** Identifiers of Trust Services Criteria only: their text is the AICPA's. */
  readonly criteria: { readonly [criterion: string]: Strength };
  readonly population: { readonly unit: ControlUnit; readonly filter: Filter };
  readonly attributes: readonly Attribute[];
}
