import { equalBytes } from "../bytes/bytes.js";
import type { Problem } from "../findings/finding.js";
import type { Entry, ScopeCache } from "./entry.js";
import type { VerifyOptions } from "./options.js";

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
  readonly #ownScope: Uint8Array | undefined;

  constructor(options: VerifyOptions, scopes: ScopeCache) {
    this.#options = options;
    this.#ownScope = options.tenant === undefined ? undefined : scopes.of(options.tenant);
  }

  /** Counts one entry, and says whether it should not have been withheld. */
  check(entry: Entry): Problem[] {
    if (!entry.disclosed) return this.#checkWithheld(entry);
    this.disclosed++;
    if (entry.tenant !== undefined && entry.tenant === this.#options.tenant) this.#ofTenant++;
    if (entry.intent !== undefined) this.intents++;
    return [];
  }

  /** An export that discloses nothing that was asked for says nothing. */
  end(): Problem[] {
    const { tenant } = this.#options;
    if (this.disclosed === 0)
      return [{ code: "line.empty", expected: "at least one receipt", actual: "none" }];
    if (tenant === undefined || this.#ofTenant > 0) return [];
    return [{ code: "line.empty", expected: `at least one receipt of ${tenant}`, actual: "none" }];
  }

  #checkWithheld({ scope }: Entry): Problem[] {
    this.withheld++;
    const { tenant, allowWithheld } = this.#options;
    if (this.#ownScope !== undefined && scope !== undefined && equalBytes(scope, this.#ownScope)) {
      const expected = `every entry of ${tenant} disclosed`;
      return [{ code: "entry.withheld-in-scope", expected, actual: "one withheld" }];
    }
    if (tenant !== undefined || allowWithheld === true) return [];
    return [{ code: "entry.withheld", expected: "the receipt", actual: "its hashes alone" }];
  }
}
