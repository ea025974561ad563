import type { Nonce } from "./nonce.js";

/** A fingerprint is 56 bits of a nonce's hash: eight choose a part, the others are kept in it. */
const parts = 256;

const partOf = ({ high }: Nonce): number => high >>> 24;
const keptOf = ({ high, low }: Nonce): number => (high & 0xffff) * 2 ** 32 + (low >>> 0);

/** A set of fingerprints. What it has not, is not there; what it has may, once in a long while, be another nonce. */
export class Fingerprints {
  readonly #parts = Array.from({ length: parts }, () => new Set<number>());

  get size(): number {
    return this.#parts.reduce((sum, { size }) => sum + size, 0);
  }

  add(nonce: Nonce): void {
    this.#parts[partOf(nonce)]!.add(keptOf(nonce));
  }

  has(nonce: Nonce): boolean {
    return this.#parts[partOf(nonce)]!.has(keptOf(nonce));
  }

  /** Adds one by its part, and what is kept in it. */
  addKept(part: number, kept: number): void {
    this.#parts[part]!.add(kept);
  }
}

/** Fingerprints for which memory is taken at once. */
const chunkLength = 1024;

interface Chunk {
  readonly low: Uint32Array;
  readonly high: Uint16Array;
}

/**
 * A list of millions of nonces, by their fingerprints of six bytes each, which is asked at its end
 * which of them are there twice. Nothing is looked up before, so that it costs no slots, no copies as
 * it grows, and no time to wait for memory.
 */
export class FingerprintLog {
  readonly #parts = Array.from({ length: parts }, (): Chunk[] => []);
  readonly #lengths = new Uint32Array(parts);

  get size(): number {
    return this.#lengths.reduce((sum, length) => sum + length, 0);
  }

  add(nonce: Nonce): void {
    const part = partOf(nonce);
    const length = this.#lengths[part]!++;
    const at = length % chunkLength;
    const chunks = this.#parts[part]!;
    if (at === 0) chunks.push({ low: new Uint32Array(chunkLength), high: new Uint16Array(chunkLength) });
    const { low, high } = chunks.at(-1)!;
    low[at] = nonce.low;
    high[at] = nonce.high;
  }

  /** Adds those that are there more than once to a set; returns whether there are any. */
  addRepeated(to: Fingerprints): boolean {
    let isAny = false;
    const room = new Float64Array(Math.max(...this.#lengths));
    for (let part = 0; part < parts; part++) {
      const sorted = this.#keptIn(part, room).sort();
      for (let i = 1; i < sorted.length; i++) {
        if (sorted[i] !== sorted[i - 1]) continue;
        to.addKept(part, sorted[i]!);
        isAny = true;
      }
    }
    return isAny;
  }

  /** All of one part; they stand in `room`. */
  #keptIn(part: number, room: Float64Array): Float64Array {
    const all = room.subarray(0, this.#lengths[part]!);
    for (let i = 0; i < all.length; i++) {
      const { low, high } = this.#parts[part]![Math.floor(i / chunkLength)]!;
      const at = i % chunkLength;
      all[i] = high[at]! * 2 ** 32 + low[at]!;
    }
    return all;
  }
}
