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

  /** `seed` mixes the order of slots, so that nobody can choose nonces that all collide. */
  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  get size(): number {
    return this.#size;
  }

  /** The number of a nonce, or undefined where it was never added. */
  find(nonce: Uint8Array): number | undefined {
    const found = this.#slots[this.#slotOf(readWords(nonce))]!;
    return found === none ? undefined : found;
  }

  /** Adds a nonce that is not there yet and returns its number. */
  add(nonce: Uint8Array): number {
    if (4 * (this.#size + 1) > 3 * this.#slots.length) this.#rehash();
    const words = readWords(nonce);
    const number = this.#size++;
    this.#words = growTo(this.#words, this.#size * wordsPerNonce);
    this.#words.set(words, number * wordsPerNonce);
    this.#slots[this.#slotOf(words)] = number;
    return number;
  }

  /** The slot that holds these words, or the free one where they belong (linear probing). */
  #slotOf(words: Uint32Array): number {
    const mask = this.#slots.length - 1;
    let slot = mix(words, this.#seed) & mask;
    for (;;) {
      const number = this.#slots[slot]!;
      if (number === none || this.#holds(number, words)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #holds(number: number, words: Uint32Array): boolean {
    const at = number * wordsPerNonce;
    for (let i = 0; i < wordsPerNonce; i++) if (this.#words[at + i] !== words[i]) return false;
    return true;
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(none);
    for (let number = 0; number < this.#size; number++) {
      const at = number * wordsPerNonce;
      this.#slots[this.#slotOf(this.#words.slice(at, at + wordsPerNonce))] = number;
    }
  }
}

function readWords(nonce: Uint8Array): Uint32Array {
  const view = new DataView(nonce.buffer, nonce.byteOffset, nonce.byteLength);
  const words = new Uint32Array(wordsPerNonce);
  for (let i = 0; i < wordsPerNonce; i++) words[i] = view.getUint32(4 * i);
  return words;
}

function mix(words: Uint32Array, seed: number): number {
  let h = seed;
  for (const word of words) {
    h = Math.imul(h ^ word, 0x9e3779b1);
    h ^= h >>> 15;
    h = Math.imul(h, 0x85ebca6b);
    h ^= h >>> 13;
  }
  return h;
}
