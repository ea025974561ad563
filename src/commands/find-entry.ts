import { CannotDo } from "../io/refusal.js";
import type { ObservedEntry } from "../ledger/options.js";
import { isReceiptId } from "../receipt/identifiers.js";

/** Remembers the entry that a person named by its receipt id or its number. */
export class EntryFinder {
  readonly #wanted: string;
  #found: ObservedEntry | undefined;
  #count = 0;

  /** Throws a refusal where the name is neither a receipt id nor a number. */
  constructor(wanted: string) {
    if (!isReceiptId(wanted) && !/^(0|[1-9][0-9]*)$/.test(wanted)) {
      throw new CannotDo(
        `expected a receipt id (rcpt_…) or a number from 0, found ${JSON.stringify(wanted)}`,
      );
    }
    this.#wanted = wanted;
  }

  look(observed: ObservedEntry): void {
    const { entry } = observed;
    if (entry.receiptId !== this.#wanted && String(entry.seq) !== this.#wanted) return;
    this.#count++;
    this.#found ??= observed;
  }

  /** How many entries have this name: more than one in a damaged ledger. */
  get count(): number {
    return this.#count;
  }

  /** The first entry of this name. Throws a refusal where there is none. */
  found(): ObservedEntry {
    if (this.#found !== undefined) return this.#found;
    throw new CannotDo(
      `expected the receipt ${this.#wanted} in the ledger, found none`,
      "sclaw verify LEDGER lists the period and the numbers that it has",
    );
  }
}

/** Splits `[LEDGER…] RECEIPT`: the last argument is the receipt, those before it are files. */
export function ledgersAndReceipt(args: readonly string[]): {
  readonly ledgers: readonly string[];
  readonly receipt: string;
} {
  const receipt = args.at(-1);
  if (receipt === undefined) throw new CannotDo("expected a receipt id or a number, found nothing");
  return { ledgers: args.slice(0, -1), receipt };
}
