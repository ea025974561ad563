import type { Nonce } from "./nonce.js";

/** Of a fingerprint's 52 bits so many choose a table: each grows alone, so that two of all are never held. */
const tableBits = 12;
const leastSlots = 8;
/** A table is at most so full. */
const mostFilled = 0.8;

/** Slots with 40 bits each; all of them zero where the slot is free. */
interface Table {
  readonly low: Uint32Array;
  readonly high: Uint8Array;
  filled: number;
}

/**
 * A set of nonces in some 7 bytes each, by fingerprint: what it has never seen, it says for certain;
 * what it takes for seen may, once in a long while, be another. Among ten million nonces the chance
 * of one such mistake is one in a hundred; who has to know looks a second time.
 */
export class Fingerprints {
  readonly #tables: Table[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(nonce: Nonce): boolean {
    const table = this.#tables[tableOf(nonce)];
    if (table === undefined) return false;
    const [low, high] = [nonce.low >>> 0, highOf(nonce)];
    return !isFree(table, slotOf(table, low, high));
  }

  /** Adds a nonce; returns whether it, or one of the same fingerprint, was there. */
  add(nonce: Nonce): boolean {
    const index = tableOf(nonce);
    let table = this.#tables[index];
    if (table === undefined || table.filled + 1 > mostFilled * table.low.length) {
      table = grown(table);
      this.#tables[index] = table;
    }
    const [low, high] = [nonce.low >>> 0, highOf(nonce)];
    const slot = slotOf(table, low, high);
    if (!isFree(table, slot)) return true;
    put(table, slot, low, high);
    this.#size++;
    return false;
  }
}

function tableOf({ high }: Nonce): number {
  return high >>> (32 - tableBits);
}

/** Eight bits that no table is chosen by; with a low word of zero, never zero themselves. */
function highOf({ high, low }: Nonce): number {
  return low === 0 ? (high & 0xff) | 1 : high & 0xff;
}

/** The slot that holds a fingerprint, or the free one where it belongs (linear probing). */
function slotOf({ low: lows, high: highs }: Table, low: number, high: number): number {
  const { length } = lows;
  let slot = Math.floor((low / 2 ** 32) * length);
  for (;;) {
    const [ownLow, ownHigh] = [lows[slot]!, highs[slot]!];
    if ((ownLow === low && ownHigh === high) || (ownLow === 0 && ownHigh === 0)) return slot;
    slot = slot + 1 === length ? 0 : slot + 1;
  }
}

function isFree({ low, high }: Table, slot: number): boolean {
  return low[slot] === 0 && high[slot] === 0;
}

function put(table: Table, slot: number, low: number, high: number): void {
  table.low[slot] = low;
  table.high[slot] = high;
  table.filled++;
}

/** A table half as large again, with what is in this one. */
function grown(table: Table | undefined): Table {
  const slots = table === undefined ? leastSlots : Math.ceil(1.5 * table.low.length);
  const larger: Table = { low: new Uint32Array(slots), high: new Uint8Array(slots), filled: 0 };
  if (table === undefined) return larger;
  for (let slot = 0; slot < table.low.length; slot++) {
    if (isFree(table, slot)) continue;
    const [low, high] = [table.low[slot]!, table.high[slot]!];
    put(larger, slotOf(larger, low, high), low, high);
  }
  return larger;
}
