import { readFileSync } from "node:fs";
import { hashes, verify as nobleVerify, getPublicKey as publicKeyOfSeed, sign } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeCases, makeFile } from "../../fixtures/ed25519/make.mjs";
import { verifyEd25519With, verifySignature } from "../../src/keys/ed25519.js";
import type { Engine } from "../../src/keys/engine.js";
import { nobleEngine } from "../../src/keys/engine-noble.js";
import type { PublicKey } from "../../src/keys/public-key.js";
import { referenceEquation, referenceVerify } from "./reference.js";
import { rfc8032 } from "./rfc8032.js";
import { engines, hex, publicKeyOf } from "./support.js";

hashes.sha512 = sha512;

const adversarial = makeCases();

describe.each(engines)("the rule with $name", (engine) => {
  it.each(rfc8032)("accepts RFC 8032 $name", ({ key, message, signature }) => {
    expect(verifyEd25519With(engine, hex(signature), hex(message), hex(key))).toBe(true);
  });

  it("answers every adversarial case as it was built", () => {
    const wrong = adversarial.filter(
      (one) => verifyEd25519With(engine, hex(one.signature), hex(one.message), hex(one.key)) !== one.accepted,
    );
    expect(wrong.map((one) => one.name)).toEqual([]);
  });

  it("computes the reference's equation, for canonical keys of any order", () => {
    const keyOf = (key: string) => ({ bytes: hex(key), id: "" }) as unknown as PublicKey;
    const plain = adversarial.filter(
      (one) =>
        one.key.length === 64 &&
        one.signature.length === 128 &&
        !/not canonical|S = |S \+|bit/.test(one.name),
    );
    const differing = plain.filter((one) => {
      const [signature, message] = [hex(one.signature), hex(one.message)];
      const found = engine.equationHolds(signature, message, keyOf(one.key));
      return found !== referenceEquation(signature, message, hex(one.key));
    });
    expect(differing.map((one) => one.name)).toEqual([]);
    expect(plain.length).toBeGreaterThan(100);
  });

  it("says no to what is not bytes", () => {
    const { key, message, signature } = rfc8032[1]!;
    const good = [hex(signature), hex(message), hex(key)] as const;
    for (const bad of [undefined, null, "00", 7, {}, [1], new ArrayBuffer(32)]) {
      for (let i = 0; i < 3; i++) {
        const [s, m, k] = good.map((part, j) => (i === j ? bad : part)) as [
          Uint8Array,
          Uint8Array,
          Uint8Array,
        ];
        expect(verifyEd25519With(engine, s, m, k)).toBe(false);
      }
    }
  });
});

describe("the adversarial set", () => {
  it("is what its script makes", () => {
    const file = new URL("../../fixtures/ed25519/adversarial.jsonl", import.meta.url);
    expect(readFileSync(file, "utf8")).toBe(makeFile());
  });

  it("has the reference's answers", () => {
    const wrong = adversarial.filter(
      (one) => referenceVerify(hex(one.signature), hex(one.message), hex(one.key)) !== one.accepted,
    );
    expect(wrong.map((one) => one.name)).toEqual([]);
  });

  it("has signatures that a cofactored verifier accepts and the rule does not", () => {
    const torsioned = adversarial.filter((one) => /^R with .* cofactored equation holds$/.test(one.name));
    expect(torsioned.length).toBe(7);
    for (const one of torsioned) {
      expect(nobleVerify(hex(one.signature), hex(one.message), hex(one.key), { zip215: false })).toBe(true);
      expect(one.accepted).toBe(false);
    }
  });
});

describe("each check of the rule stands alone", () => {
  // An engine that says yes to everything: what is refused, the rule itself refuses.
  const yes: Engine = { ...nobleEngine, equationHolds: () => true };
  const key = publicKeyOf("rule");
  const good = hex(rfc8032[0]!.signature);
  const order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  const withS = (s: Uint8Array) => Uint8Array.of(...good.subarray(0, 32), ...s);

  it("asks the engine about a well-formed signature", () => {
    expect(verifySignature(yes, good, good, key)).toBe(true);
    expect(verifySignature({ ...yes, equationHolds: () => false }, good, good, key)).toBe(false);
  });

  it.each([0, 1, 32, 63, 65, 96, 128])("refuses a signature of %i bytes", (length) => {
    const other = new Uint8Array(length);
    other.set(good.subarray(0, Math.min(64, length)));
    expect(verifySignature(yes, other, good, key)).toBe(false);
  });

  it("refuses S from the group order on, and no smaller one", () => {
    expect(verifySignature(yes, withS(order), good, key)).toBe(false);
    for (let i = 0; i < 32; i++) {
      const [above, below] = [Uint8Array.from(order), Uint8Array.from(order)];
      if (above[i]! < 255) {
        above[i]!++;
        expect(verifySignature(yes, withS(above), good, key)).toBe(false);
      }
      if (below[i]! > 0) {
        below[i]!--;
        expect(verifySignature(yes, withS(below), good, key)).toBe(true);
      }
    }
  });

  it("refuses the identity as R, and nothing near it", () => {
    const r = new Uint8Array(64);
    r[0] = 1;
    expect(verifySignature(yes, r, good, key)).toBe(false);
    for (let i = 0; i < 32; i++) {
      const near = Uint8Array.from(r);
      near[i]! ^= 0x80;
      expect(verifySignature(yes, near, good, key)).toBe(true);
    }
  });
});

describe("genuine signatures", () => {
  it("are accepted by both engines, and by neither for another message", () => {
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    fc.assert(
      fc.property(bytes(32), fc.uint8Array({ maxLength: 300 }), fc.nat(), (seed, message, at) => {
        const signature = sign(message, seed);
        const key = publicKeyOfSeed(seed);
        const other = Uint8Array.of(...message, 0);
        const touched = Uint8Array.from(signature);
        touched[at % 64]! ^= 1 << (at % 8);
        for (const engine of engines) {
          expect(verifyEd25519With(engine, signature, message, key)).toBe(true);
          expect(verifyEd25519With(engine, signature, other, key)).toBe(false);
          expect(verifyEd25519With(engine, touched, message, key)).toBe(false);
        }
      }),
      { numRuns: 40, seed: 1 },
    );
  });
});
