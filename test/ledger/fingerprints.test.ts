import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha3 } from "../../fixtures/make/bytes.mjs";
import { FingerprintLog, Fingerprints } from "../../src/ledger/fingerprints.js";
import { Nonce } from "../../src/ledger/nonce.js";

/** A nonce whose hash is what a test wants it to be. */
function hashed(high: number, low: number): Nonce {
  const nonce = new Nonce(0);
  nonce.high = high | 0;
  nonce.low = low | 0;
  return nonce;
}

/** What is kept of a hash: eight bits, sixteen, and thirty-two. */
const keptOf = ({ high, low }: Nonce) => `${high >>> 24} ${high & 0xffff} ${low >>> 0}`;

const half = fc.constantFrom(0, 1, 2, -1, -2, 0x10000, 0x1000000, 0x7fffffff, -0x80000000);
const hash = fc.tuple(half, half).map(([high, low]) => hashed(high, low));

describe("fingerprints", () => {
  it("are a set of 56 bits each", () => {
    fc.assert(
      fc.property(fc.array(hash, { maxLength: 50 }), (hashes) => {
        const prints = new Fingerprints();
        const known = new Set<string>();
        for (const one of hashes) {
          expect(prints.has(one)).toBe(known.has(keptOf(one)));
          prints.add(one);
          known.add(keptOf(one));
          expect(prints.size).toBe(known.size);
        }
      }),
    );
  });

  it("come from all of a nonce and its seed", () => {
    const base = sha3("base").subarray(0, 16);
    const hashOf = (bytes: Uint8Array, seed: number) => keptOf(new Nonce(seed).take(bytes));
    const seen = new Set([hashOf(base, 0), hashOf(base, 0x12345678), hashOf(base, -1)]);
    for (let bit = 0; bit < 128; bit++) {
      const other = Buffer.from(base);
      other[bit >> 3]! ^= 1 << (bit & 7);
      seen.add(hashOf(other, 0));
    }
    expect(seen.size).toBe(131);
  });
});

describe("a log of fingerprints", () => {
  it("says which are there more than once, and adds them to others", () => {
    fc.assert(
      fc.property(fc.array(hash, { maxLength: 50 }), hash, (hashes, before) => {
        const log = new FingerprintLog();
        const counts = new Map<string, number>();
        for (const one of hashes) {
          log.add(one);
          counts.set(keptOf(one), (counts.get(keptOf(one)) ?? 0) + 1);
        }
        expect(log.size).toBe(hashes.length);
        const found = new Fingerprints();
        found.add(before);
        expect(log.addRepeated(found)).toBe([...counts.values()].some((count) => count > 1));
        for (const one of hashes)
          expect(found.has(one)).toBe(counts.get(keptOf(one))! > 1 || keptOf(one) === keptOf(before));
      }),
    );
  });

  it("finds the one among 600,000 that is there twice, wherever", () => {
    const nonce = new Nonce(7);
    const bytes = Buffer.alloc(16);
    const take = (i: number) => {
      bytes.writeUInt32LE(i, 3);
      return nonce.take(bytes);
    };
    const log = new FingerprintLog();
    for (let i = 0; i < 600_000; i++) log.add(take(i));
    const found = new Fingerprints();
    expect(log.addRepeated(found)).toBe(false);
    log.add(take(1234));
    expect(log.addRepeated(found)).toBe(true);
    expect(found.size).toBe(1);
    expect(found.has(take(1234))).toBe(true);
  });
});
