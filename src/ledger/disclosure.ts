import type { Problem } from "../findings/finding.js";
import { type EntryFacts, none } from "./facts.js";
import type { VerifyOptions } from "./options.js";
import { recordFlags } from "./record.js";

/**
 * What the export discloses, and whether it may withhold the rest: a company could withhold
 * exactly its bad receipts, so withheld entries are accepted only as the reader said.
 */
export class Disclosure {
  disclosed = 0;
  withheld = 0;
  intents = 0;
  #ofTenant = 0;
  readonly #options: VerifyOptions;

  constructor(options: VerifyOptions) {
    this.#options = options;
  }

  /** Counts one entry, and says whether it should not have been withheld. */
  check(facts: EntryFacts): readonly Problem[] {
    if (!facts.isDisclosed) return this.#checkWithheld(facts);
    this.disclosed++;
    if (facts.has(recordFlags.ofTenant)) this.#ofTenant++;
    if (facts.has(recordFlags.intent)) this.intents++;
    return none;
  }

  /** An export that discloses nothing that was asked for says nothing. */
  end(): Problem[] {
    const { tenant } = this.#options;
    if (this.disclosed === 0)
      return [{ code: "line.empty", expected: "at least one receipt", actual: "none" }];
    if (tenant === undefined || this.#ofTenant > 0) return [];
    return [{ code: "line.empty", expected: `at least one receipt of ${tenant}`, actual: "none" }];
  }

  #checkWithheld(facts: EntryFacts): readonly Problem[] {
    this.withheld++;
    const { tenant, allowWithheld } = this.#options;
    if (tenant !== undefined && facts.has(recordFlags.ofTenant)) {
      const expected = `every entry of ${tenant} disclosed`;
      return [{ code: "entry.withheld-in-scope", expected, actual: "one withheld" }];
    }
    if (tenant !== undefined || allowWithheld === true) return none;
    return [{ code: "entry.withheld", expected: "the receipt", actual: "its hashes alone" }];
  }
}
