import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha3 } from "../../fixtures/make/bytes.mjs";
import { NonceIndex } from "../../src/ledger/nonce-index.js";

describe("NonceIndex", () => {
  /** Nonces that share most of their words, so that slots collide. */
  const nonce = fc
    .array(fc.constantFrom(0, 1, 255), { minLength: 16, maxLength: 16 })
    .map((bytes) => Uint8Array.from(bytes));

  it("is a Map from hex to numbers, whatever the seed", () => {
    fc.assert(
      fc.property(fc.array(nonce, { maxLength: 200 }), fc.integer(), (nonces, seed) => {
        const index = new NonceIndex(seed);
        const known = new Map<string, number>();
        for (const bytes of nonces) {
          const hex = Buffer.from(bytes).toString("hex");
          expect(index.find(bytes)).toBe(known.get(hex));
          if (!known.has(hex)) {
            expect(index.add(bytes)).toBe(known.size);
            known.set(hex, known.size);
          }
          expect(index.size).toBe(known.size);
        }
        for (const bytes of nonces)
          expect(index.find(bytes)).toBe(known.get(Buffer.from(bytes).toString("hex")));
      }),
    );
  });

  it("grows: 50,000 nonces, each with its number", () => {
    const index = new NonceIndex(7);
    const nonceOf = (i: number) => sha3(`nonce ${i}`).subarray(0, 16);
    for (let i = 0; i < 50_000; i++) expect(index.add(nonceOf(i))).toBe(i);
    for (let i = 0; i < 50_000; i += 7) expect(index.find(nonceOf(i))).toBe(i);
    for (let i = 50_000; i < 51_000; i++) expect(index.find(nonceOf(i))).toBeUndefined();
  });

  it("compares every word, where slots are full of nonces that differ in one alone", () => {
    for (let word = 0; word < 4; word++) {
      const index = new NonceIndex(3);
      const nonceOf = (i: number) => {
        const bytes = Buffer.alloc(16, 9);
        bytes.writeUInt32BE(i, 4 * word);
        return bytes;
      };
      for (let i = 0; i < 3000; i++) {
        expect(index.find(nonceOf(i))).toBeUndefined();
        index.add(nonceOf(i));
      }
      for (let i = 0; i < 3000; i++) expect(index.find(nonceOf(i))).toBe(i);
    }
  });

  it("tells nonces apart that differ in one bit", () => {
    const base = sha3("base").subarray(0, 16);
    const index = new NonceIndex(0);
    index.add(base);
    for (let bit = 0; bit < 128; bit++) {
      const other = Buffer.from(base);
      other[bit >> 3]! ^= 1 << (bit & 7);
      expect(index.find(other)).toBeUndefined();
    }
    // A view into a larger buffer, at any offset.
    const wide = Buffer.concat([Buffer.alloc(5), base, Buffer.alloc(3)]);
    expect(index.find(wide.subarray(5, 21))).toBe(0);
  });
});
