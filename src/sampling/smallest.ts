import { compareTickets } from "./ticket.js";

/** Something with a ticket. */
export interface Ticketed {
  readonly ticket: Uint8Array;
  /** Tells two with one ticket apart, which only a damaged ledger has. */
  readonly place: number;
}

/** Keeps the `most` smallest tickets of any number, in memory for `most`. */
export class SmallestTickets<T extends Ticketed> {
  /** A heap whose first is the largest of those kept. */
  readonly #heap: T[] = [];
  readonly #most: number;
  /** How many were offered. */
  offered = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether something with this ticket would be kept: asked before it is made. */
  wants(ticket: Uint8Array): boolean {
    const largest = this.#heap[0];
    return (
      this.#heap.length < this.#most || (largest !== undefined && compareTickets(ticket, largest.ticket) <= 0)
    );
  }

  /** Counts one that is not wanted. */
  skip(): void {
    this.offered++;
  }

  add(item: T): void {
    this.offered++;
    const heap = this.#heap;
    if (heap.length < this.#most) {
      heap.push(item);
      this.#rise(heap.length - 1);
    } else if (heap.length > 0 && isBefore(item, heap[0]!)) {
      heap[0] = item;
      this.#sink();
    }
  }

  /** Those kept, smallest ticket first. */
  sorted(): readonly T[] {
    return [...this.#heap].sort((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  #rise(from: number): void {
    const heap = this.#heap;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(heap[parent]!, heap[at]!)) return;
      [heap[parent], heap[at]] = [heap[at]!, heap[parent]!];
      at = parent;
    }
  }

  #sink(): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let largest = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && isBefore(heap[largest]!, heap[child]!)) largest = child;
      }
      if (largest === at) return;
      [heap[largest], heap[at]] = [heap[at]!, heap[largest]!];
      at = largest;
    }
  }
}

function isBefore(a: Ticketed, b: Ticketed): boolean {
  const order = compareTickets(a.ticket, b.ticket);
  return order < 0 || (order === 0 && a.place < b.place);
}
