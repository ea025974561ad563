import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha3 } from "../../fixtures/make/bytes.mjs";
import { Fingerprints } from "../../src/ledger/fingerprints.js";
import { Nonce } from "../../src/ledger/nonce.js";

/** A nonce whose hash is what a test wants it to be. */
function hashed(high: number, low: number): Nonce {
  const nonce = new Nonce(0);
  nonce.high = high | 0;
  nonce.low = low | 0;
  return nonce;
}

/** What is kept of a hash: twelve bits, eight, and thirty-two. */
const keptOf = ({ high, low }: Nonce) =>
  `${high >>> 20} ${low === 0 ? (high & 0xff) | 1 : high & 0xff} ${low >>> 0}`;

describe("Fingerprints", () => {
  /** Few tables, and slots that collide, also at the end of a table. */
  const half = fc.constantFrom(0, 1, 2, -1, -2, 0x100, 0x7fffffff, -0x80000000);
  const hash = fc.tuple(half, half).map(([high, low]) => hashed(high, low));

  it("are a set of 52 bits each", () => {
    fc.assert(
      fc.property(fc.array(hash, { maxLength: 150 }), (hashes) => {
        const prints = new Fingerprints();
        const known = new Set<string>();
        for (const one of hashes) {
          expect(prints.has(one)).toBe(known.has(keptOf(one)));
          expect(prints.add(one)).toBe(known.has(keptOf(one)));
          known.add(keptOf(one));
          expect(prints.size).toBe(known.size);
        }
        for (const one of hashes) expect(prints.has(one)).toBe(true);
      }),
    );
  });

  it("tell 100,000 nonces apart, and know them all when they have grown", () => {
    const nonce = new Nonce(7);
    const prints = new Fingerprints();
    const take = (i: number) => nonce.take(sha3(`nonce ${i}`));
    for (let i = 0; i < 100_000; i++) {
      take(i);
      expect(prints.add(nonce)).toBe(false);
    }
    for (let i = 0; i < 100_000; i += 7) {
      take(i);
      expect(prints.has(nonce)).toBe(true);
    }
    take(100_000);
    expect(prints.has(nonce)).toBe(false);
  });

  it("come from all of a nonce and its seed", () => {
    const base = sha3("base").subarray(0, 16);
    const hashOf = (bytes: Uint8Array, seed: number) => {
      const nonce = new Nonce(seed);
      nonce.take(bytes);
      return keptOf(nonce);
    };
    const seen = new Set([hashOf(base, 0), hashOf(base, 0x12345678), hashOf(base, -1)]);
    for (let bit = 0; bit < 128; bit++) {
      const other = Buffer.from(base);
      other[bit >> 3]! ^= 1 << (bit & 7);
      seen.add(hashOf(other, 0));
    }
    expect(seen.size).toBe(131);
  });
});
