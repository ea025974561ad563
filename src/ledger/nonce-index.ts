import { growTo } from "./grow.js";
import { Nonce, wordsPerNonce } from "./nonce.js";

const none = -1;

/**
 * A set of nonces that gives each a number, 0, 1, 2 …, in some 30 bytes a nonce where a Map of
 * strings takes 150. Exact: no fingerprints, so no two nonces are confused. The number of a
 * nonce that was removed is given again.
 */
export class NonceIndex {
  /** How many numbers were given, and which of them are free again. */
  #given = 0;
  readonly #freed: number[] = [];
  #words = new Uint32Array(1024 * wordsPerNonce);
  #slots = new Int32Array(2048).fill(none);
  /** One that is moved to another slot. */
  readonly #moved: Nonce;

  /** `seed` is that of all nonces which are looked for. */
  constructor(seed: number) {
    this.#moved = new Nonce(seed);
  }

  get size(): number {
    return this.#given - this.#freed.length;
  }

  /** The number of a nonce, or undefined where it was never added. */
  find(nonce: Nonce): number | undefined {
    const found = this.#slots[this.#slotOf(nonce)]!;
    return found === none ? undefined : found;
  }

  /** All nonces, one after another in the same object. */
  *nonces(): Generator<Nonce> {
    for (const number of this.#slots) if (number !== none) yield this.#take(number);
  }

  /** Adds a nonce that is not there yet, and returns its number. */
  add(nonce: Nonce): number {
    if (4 * (this.size + 1) > 3 * this.#slots.length) this.#rehash();
    const number = this.#freed.pop() ?? this.#given++;
    this.#words = growTo(this.#words, this.#given * wordsPerNonce);
    this.#slots[this.#slotOf(nonce)] = number;
    this.#words.set(nonce.words, number * wordsPerNonce);
    return number;
  }

  /** Removes a nonce, where it is there. */
  remove(nonce: Nonce): void {
    const slot = this.#slotOf(nonce);
    const number = this.#slots[slot]!;
    if (number === none) return;
    this.#freed.push(number);
    this.#closeUp(slot);
  }

  /** Frees a slot, and moves those behind it that would no longer be found to where they are (linear probing). */
  #closeUp(slot: number): void {
    const mask = this.#slots.length - 1;
    let free = slot;
    for (let next = (free + 1) & mask; this.#slots[next] !== none; next = (next + 1) & mask) {
      const wanted = this.#take(this.#slots[next]!).high & mask;
      if (((next - wanted) & mask) < ((next - free) & mask)) continue;
      this.#slots[free] = this.#slots[next]!;
      free = next;
    }
    this.#slots[free] = none;
  }

  /** The slot that holds a nonce, or the free one where it belongs. */
  #slotOf(nonce: Nonce): number {
    const mask = this.#slots.length - 1;
    let slot = nonce.high & mask;
    for (;;) {
      const number = this.#slots[slot]!;
      if (number === none || this.#holds(number, nonce)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #holds(number: number, { words }: Nonce): boolean {
    const at = number * wordsPerNonce;
    for (let i = 0; i < wordsPerNonce; i++) if (this.#words[at + i] !== words[i]) return false;
    return true;
  }

  #take(number: number): Nonce {
    return this.#moved.takeWords(this.#words, number * wordsPerNonce);
  }

  #rehash(): void {
    const numbers = this.#slots.filter((number) => number !== none);
    this.#slots = new Int32Array(this.#slots.length * 2).fill(none);
    for (const number of numbers) this.#slots[this.#slotOf(this.#take(number))] = number;
  }
}
