import type { Time } from "../json/time.js";
import type { Receipt } from "../receipt/receipt.js";
import type { Counts } from "./verification.js";

/** Counts whole receipts by decision, tier and status, and the period that they span. */
export class Tally {
  readonly #decision = { allow: 0, deny: 0, escalate: 0, approval: 0 };
  readonly #tier = { T0_OBSERVE: 0, T1_STANDARD: 0, T2_ELEVATED: 0, T3_SOVEREIGN: 0 };
  readonly #status = { executed: 0, failed: 0, not_executed: 0, unknown: 0 };
  #from: Time | undefined;
  #to: Time | undefined;

  add(receipt: Receipt): void {
    this.#decision[receipt.decision]++;
    this.#tier[receipt.risk_tier]++;
    this.#status[receipt.outcome.status]++;
    const at = receipt.decided_at;
    if (this.#from === undefined || at < this.#from) this.#from = at;
    if (this.#to === undefined || at > this.#to) this.#to = at;
  }

  get counts(): Counts {
    return { decision: { ...this.#decision }, risk_tier: { ...this.#tier }, status: { ...this.#status } };
  }

  get period(): { readonly from: Time; readonly to: Time } | undefined {
    return this.#from === undefined || this.#to === undefined
      ? undefined
      : { from: this.#from, to: this.#to };
  }
}
