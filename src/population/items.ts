import type { ObservedEntry } from "../ledger/options.js";
import type { Item, ItemReceipt, Unit } from "./item.js";
import { itemReceiptOf } from "./item-receipt.js";

/** What open requests may weigh, in receipts: a ledger that leaves more open is not joined in memory. */
const mostOpen = 200_000;

/**
 * Turns entries, in the order of the ledger, into items. With the unit `request`, a held
 * receipt and the one that resolves it (the same correlation id and nonce) are one item; a
 * held one that nothing resolves is an item at the end. Two resolved receipts are always two
 * items, whatever they share: nothing that ran can stand in another's shadow.
 */
export class Items {
  readonly #unit: Unit;
  readonly #sink: (item: Item) => void;
  readonly #open = new Map<string, ItemReceipt[]>();
  #openReceipts = 0;

  /** `sink` is given each item once, as soon as it is whole. */
  constructor(unit: Unit, sink: (item: Item) => void) {
    this.#unit = unit;
    this.#sink = sink;
  }

  /** Whether more requests were open at once than are joined; the items are then not all of them. */
  get overflowed(): boolean {
    return this.#openReceipts > mostOpen;
  }

  /** Takes the next entry; one whose receipt cannot be read makes no item. */
  add(observed: ObservedEntry): void {
    const own = itemReceiptOf(observed);
    if (own === undefined || this.overflowed) return;
    if (this.#unit === "receipt") {
      this.#sink({ ...own, held: [] });
      return;
    }
    const { correlation_id: correlation, nonce, approval } = own.receipt;
    const key = `${correlation} ${nonce}`;
    const before = this.#open.get(key);
    if (approval.state === "pending") {
      if (before === undefined) this.#open.set(key, [own]);
      else before.push(own);
      this.#openReceipts++;
      return;
    }
    if (before !== undefined) {
      this.#open.delete(key);
      this.#openReceipts -= before.length;
    }
    this.#sink({ ...own, held: before ?? [] });
  }

  /** The end of the ledger: what is still held are items of their own. */
  end(): void {
    for (const receipts of this.#open.values()) {
      this.#sink({ ...receipts.at(-1)!, held: receipts.slice(0, -1) });
    }
    this.#open.clear();
  }
}
