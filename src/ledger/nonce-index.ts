import { growTo } from "./grow.js";

const wordsPerNonce = 4;
const none = -1;

/**
 * A set of 16-byte nonces that gives each a number, 0, 1, 2 …, in some 30 bytes a nonce
 * where a Map of strings takes 150. Exact: no fingerprints, so no two nonces are confused.
 */
export class NonceIndex {
  #size = 0;
  #words = new Uint32Array(1024 * wordsPerNonce);
  #slots = new Int32Array(2048).fill(none);
  readonly #seed: number;
  /** The nonce that is looked for: one buffer, as this happens once an entry. */
  readonly #wanted = new Uint32Array(wordsPerNonce);

  /** `seed` mixes the order of slots, so that nobody can choose nonces that all collide. */
  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  get size(): number {
    return this.#size;
  }

  /** The number of the nonce that stands at `at`, or undefined where it was never added. */
  find(bytes: Uint8Array, at = 0): number | undefined {
    this.#want(bytes, at);
    const found = this.#slots[this.#slotOf(this.#wanted, 0)]!;
    return found === none ? undefined : found;
  }

  /** Adds the nonce at `at`, which is not there yet, and returns its number. */
  add(bytes: Uint8Array, at = 0): number {
    if (4 * (this.#size + 1) > 3 * this.#slots.length) this.#rehash();
    this.#want(bytes, at);
    const number = this.#size++;
    this.#words = growTo(this.#words, this.#size * wordsPerNonce);
    this.#slots[this.#slotOf(this.#wanted, 0)] = number;
    this.#words.set(this.#wanted, number * wordsPerNonce);
    return number;
  }

  /** The slot that holds the words at `from`, or the free one where they belong (linear probing). */
  #slotOf(words: Uint32Array, from: number): number {
    const mask = this.#slots.length - 1;
    let slot = mix(words, from, this.#seed) & mask;
    for (;;) {
      const number = this.#slots[slot]!;
      if (number === none || this.#holds(number, words, from)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #holds(number: number, words: Uint32Array, from: number): boolean {
    const at = number * wordsPerNonce;
    for (let i = 0; i < wordsPerNonce; i++) if (this.#words[at + i] !== words[from + i]) return false;
    return true;
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(none);
    for (let number = 0; number < this.#size; number++) {
      this.#slots[this.#slotOf(this.#words, number * wordsPerNonce)] = number;
    }
  }

  #want(bytes: Uint8Array, at: number): void {
    for (let i = 0; i < wordsPerNonce; i++) {
      const from = at + 4 * i;
      this.#wanted[i] =
        (bytes[from]! << 24) | (bytes[from + 1]! << 16) | (bytes[from + 2]! << 8) | bytes[from + 3]!;
    }
  }
}

function mix(words: Uint32Array, from: number, seed: number): number {
  let h = seed;
  for (let i = 0; i < wordsPerNonce; i++) {
    h = Math.imul(h ^ words[from + i]!, 0x9e3779b1);
    h ^= h >>> 15;
    h = Math.imul(h, 0x85ebca6b);
    h ^= h >>> 13;
  }
  return h;
}
