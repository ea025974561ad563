/** How many words of 32 bits a nonce has. */
export const wordsPerNonce = 4;

/**
 * A nonce in words, with 64 bits by which it is looked for: one object takes all nonces of a pass,
 * one after another, as this happens once an entry.
 */
export class Nonce {
  readonly #seed: number;
  readonly words = new Uint32Array(wordsPerNonce);
  high = 0;
  low = 0;

  /** Who does not know `seed` can hardly choose nonces that collide. */
  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  /** Takes the 16 bytes that stand at `at`. */
  take(bytes: Uint8Array, at = 0): this {
    for (let i = 0; i < wordsPerNonce; i++) {
      const from = at + 4 * i;
      this.words[i] =
        (bytes[from]! << 24) | (bytes[from + 1]! << 16) | (bytes[from + 2]! << 8) | bytes[from + 3]!;
    }
    return this.#mixed();
  }

  /** Takes four words that another one had. */
  takeWords(words: Uint32Array, from: number): this {
    for (let i = 0; i < wordsPerNonce; i++) this.words[i] = words[from + i]!;
    return this.#mixed();
  }

  #mixed(): this {
    this.high = mix(this.words, this.#seed);
    this.low = mix(this.words, ~this.#seed);
    return this;
  }
}

function mix(words: Uint32Array, seed: number): number {
  let h = seed;
  for (let i = 0; i < wordsPerNonce; i++) {
    h = Math.imul(h ^ words[i]!, 0x9e3779b1);
    h ^= h >>> 15;
    h = Math.imul(h, 0x85ebca6b);
    h ^= h >>> 13;
  }
  return h;
}
