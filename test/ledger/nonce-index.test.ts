import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha3 } from "../../fixtures/make/bytes.mjs";
import { Nonce } from "../../src/ledger/nonce.js";
import { NonceIndex } from "../../src/ledger/nonce-index.js";

/** An index that takes bytes. */
function indexOf(seed: number) {
  const index = new NonceIndex(seed);
  const nonce = new Nonce(seed);
  return {
    index,
    find: (bytes: Uint8Array) => index.find(nonce.take(bytes)),
    add: (bytes: Uint8Array) => index.add(nonce.take(bytes)),
    remove: (bytes: Uint8Array) => index.remove(nonce.take(bytes)),
  };
}

describe("NonceIndex", () => {
  /** Nonces that share most of their words, so that slots collide. */
  const nonce = fc
    .array(fc.constantFrom(0, 1, 255), { minLength: 16, maxLength: 16 })
    .map((bytes) => Uint8Array.from(bytes));

  it("is a Map from hex to numbers, whatever the seed, also where nonces are removed", () => {
    const step = fc.record({ bytes: nonce, isRemoved: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer(), (steps, seed) => {
        const { index, find, add, remove } = indexOf(seed);
        const known = new Map<string, number>();
        for (const { bytes, isRemoved } of steps) {
          const hex = Buffer.from(bytes).toString("hex");
          expect(find(bytes)).toBe(known.get(hex));
          if (isRemoved) {
            remove(bytes);
            known.delete(hex);
          } else if (!known.has(hex)) {
            const number = add(bytes);
            expect([...known.values()]).not.toContain(number);
            expect(number).toBeLessThanOrEqual(known.size);
            known.set(hex, number);
          }
          expect(index.size).toBe(known.size);
        }
        for (const { bytes } of steps)
          expect(find(bytes)).toBe(known.get(Buffer.from(bytes).toString("hex")));
      }),
    );
  });

  it("finds all that are left where full slots are closed up", () => {
    const { index, find, add, remove } = indexOf(11);
    const nonceOf = (i: number) => sha3(`nonce ${i}`).subarray(0, 16);
    const left = new Map<number, number>();
    for (let i = 0; i < 1500; i++) left.set(i, add(nonceOf(i)));
    for (let i = 0; i < 1500; i++) {
      if (i % 3 === 0) continue;
      remove(nonceOf(i));
      left.delete(i);
    }
    for (let i = 0; i < 1500; i++) expect(find(nonceOf(i))).toBe(left.get(i));
    remove(nonceOf(1));
    expect(index.size).toBe(500);
  });

  it("grows: 50,000 nonces, each with its number", () => {
    const { find, add } = indexOf(7);
    const nonceOf = (i: number) => sha3(`nonce ${i}`).subarray(0, 16);
    for (let i = 0; i < 50_000; i++) expect(add(nonceOf(i))).toBe(i);
    for (let i = 0; i < 50_000; i += 7) expect(find(nonceOf(i))).toBe(i);
    for (let i = 50_000; i < 51_000; i++) expect(find(nonceOf(i))).toBeUndefined();
  });

  it("compares every word, where slots are full of nonces that differ in one alone", () => {
    for (let word = 0; word < 4; word++) {
      const { find, add } = indexOf(3);
      const nonceOf = (i: number) => {
        const bytes = Buffer.alloc(16, 9);
        bytes.writeUInt32BE(i, 4 * word);
        return bytes;
      };
      for (let i = 0; i < 3000; i++) {
        expect(find(nonceOf(i))).toBeUndefined();
        add(nonceOf(i));
      }
      for (let i = 0; i < 3000; i++) expect(find(nonceOf(i))).toBe(i);
    }
  });

  it("tells nonces apart that differ in one bit", () => {
    const base = sha3("base").subarray(0, 16);
    const { find, add } = indexOf(0);
    add(base);
    for (let bit = 0; bit < 128; bit++) {
      const other = Buffer.from(base);
      other[bit >> 3]! ^= 1 << (bit & 7);
      expect(find(other)).toBeUndefined();
    }
    // A view into a larger buffer, at any offset.
    const wide = Buffer.concat([Buffer.alloc(5), base, Buffer.alloc(3)]);
    expect(find(wide.subarray(5, 21))).toBe(0);
  });
});
