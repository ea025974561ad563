import { type Time, unpackTime } from "../json/time.js";
import { decisions, type RecordCursor, statusNames, tiers } from "./record.js";
import type { Counts } from "./verification.js";

/** Counts whole receipts by decision, tier and status, and the period that they span. */
export class Tally {
  readonly #decision = decisions.map(() => 0);
  readonly #tier = tiers.map(() => 0);
  readonly #status = statusNames.map(() => 0);
  /** Packed. */
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;

  /** Counts the receipt that a record is of. */
  add(record: RecordCursor): void {
    this.#decision[record.decision]!++;
    this.#tier[record.tier]!++;
    this.#status[record.status]!++;
    const at = record.decidedAt;
    if (at < this.#from) this.#from = at;
    if (at > this.#to) this.#to = at;
  }

  get counts(): Counts {
    return {
      decision: named(decisions, this.#decision),
      risk_tier: named(tiers, this.#tier),
      status: named(statusNames, this.#status),
    };
  }

  get period(): { readonly from: Time; readonly to: Time } | undefined {
    return this.#from > this.#to ? undefined : { from: unpackTime(this.#from), to: unpackTime(this.#to) };
  }
}

function named<N extends string>(
  names: readonly N[],
  counts: readonly number[],
): { readonly [name in N]: number } {
  return Object.fromEntries(names.map((name, i) => [name, counts[i]!])) as { [name in N]: number };
}
