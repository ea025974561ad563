import type { ObservedEntry } from "../ledger/options.js";
import type { Item, Unit } from "./item.js";
import { ObservedItem } from "./item-receipt.js";

/** What open requests may weigh, in receipts: a ledger that leaves more open is not joined in memory. */
const mostOpen = 200_000;

/**
 * What was held so few entries ago, and so much of it, may hold in memory all that stands beside it: most
 * requests of some ledgers are resolved at once, and need not be copied.
 */
const freshEntries = 1000;
const mostFresh = 128;

/** The held receipts of a request that nothing has resolved. */
type OpenRequest = ObservedItem[];

/** Open requests of one nonce: of an honest ledger one, whose correlation id need not be read. */
interface OfNonce {
  first: OpenRequest | undefined;
  /** Those that differ from it, by their correlation ids. */
  readonly others: Map<string, OpenRequest>;
}

/**
 * Turns entries, in the order of the ledger, into items. With the unit `request`, a held
 * receipt and the one that resolves it (the same correlation id and nonce) are one item; a
 * held one that nothing resolves is an item at the end. Two resolved receipts are always two
 * items, whatever they share: nothing that ran can stand in another's shadow.
 */
export class Items {
  readonly #unit: Unit;
  readonly #sink: (item: Item) => void;
  /** In the order of the first receipt of each. */
  readonly #open = new Set<OpenRequest>();
  readonly #byNonce = new Map<string, OfNonce>();
  /** What was held last, each with its request. */
  #fresh: { readonly own: ObservedItem; readonly request: OpenRequest }[] = [];
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
    const { outline } = observed;
    if (outline === undefined || this.overflowed) return;
    const own = new ObservedItem(observed, outline);
    if (this.#unit === "receipt") {
      this.#sink(own);
      return;
    }
    const before = this.#find(own);
    if (outline.approval === "pending") {
      this.#hold(own, before);
      return;
    }
    if (before !== undefined) {
      this.#close(before);
      own.held = before;
    }
    this.#sink(own);
  }

  /** The end of the ledger: what is still held are items of their own. */
  end(): void {
    for (const receipts of this.#open) {
      const last = receipts.at(-1)!;
      last.held = receipts.slice(0, -1);
      this.#sink(last);
    }
    this.#open.clear();
    this.#byNonce.clear();
  }

  #find(own: ObservedItem): OpenRequest | undefined {
    const known = this.#byNonce.get(own.outline.nonce);
    if (known === undefined) return undefined;
    const { first, others } = known;
    if (first !== undefined && isOfRequest(own, first[0]!)) return first;
    return others.size === 0 ? undefined : others.get(own.receipt.correlation_id);
  }

  #hold(own: ObservedItem, before: OpenRequest | undefined): void {
    this.#openReceipts++;
    const request = before ?? this.#begin(own);
    request.push(own);
    const [oldest] = this.#fresh;
    if (this.#fresh.length === mostFresh || (oldest && own.place - oldest.own.place > freshEntries))
      this.#keepFresh();
    this.#fresh.push({ own, request });
  }

  #keepFresh(): void {
    for (const { own, request } of this.#fresh) if (this.#open.has(request)) own.keep();
    this.#fresh = [];
  }

  #begin(own: ObservedItem): OpenRequest {
    const request: OpenRequest = [];
    this.#open.add(request);
    const { nonce } = own.outline;
    const known = this.#byNonce.get(nonce);
    if (known === undefined) this.#byNonce.set(nonce, { first: request, others: new Map() });
    else known.others.set(own.receipt.correlation_id, request);
    return request;
  }

  #close(request: OpenRequest): void {
    this.#openReceipts -= request.length;
    this.#open.delete(request);
    const [own] = request;
    const { nonce } = own!.outline;
    const known = this.#byNonce.get(nonce)!;
    if (known.first === request) known.first = undefined;
    else known.others.delete(own!.receipt.correlation_id);
    if (known.first === undefined && known.others.size === 0) this.#byNonce.delete(nonce);
  }
}

/** Whether a receipt has the correlation id of another of the same nonce. */
function isOfRequest(own: ObservedItem, other: ObservedItem): boolean {
  const { agreed } = own.outline;
  if (agreed !== "" && agreed === other.outline.agreed) return true;
  return own.receipt.correlation_id === other.receipt.correlation_id;
}
