import { createHash, sign } from "node:crypto";
import { Point } from "@noble/ed25519";
import { beforeAll, describe, expect, it } from "vitest";
import { makeCases } from "../../fixtures/ed25519/make.mjs";
import { engine } from "../../src/io/engine-node.js";
import { verifySignature } from "../../src/keys/ed25519.js";
import { type PublicKey, readPublicKey } from "../../src/keys/public-key.js";
import { referenceEquation } from "../keys/reference.js";
import { rfc8032 } from "../keys/rfc8032.js";
import { hex } from "../keys/support.js";
import { seeded } from "../support/seeded.mjs";
import { checks, compile, type Kernel, keyPair, L, p, Verifier } from "./arithmetic.mjs";

const little = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
const toLittle = (n: bigint): Buffer => Buffer.from(n.toString(16).padStart(64, "0"), "hex").reverse();
const challengeOf = (signature: Uint8Array, key: Uint8Array, message: Uint8Array): bigint =>
  little(createHash("sha512").update(signature.subarray(0, 32)).update(key).update(message).digest()) % L;

interface Case {
  readonly name: string;
  readonly key: Uint8Array;
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
}

const adversarial = makeCases().filter((one) => one.key.length === 64 && one.signature.length === 128);

/** Signatures under a good key that verifiers disagree about, of messages of 47 bytes. */
function torsionedCases(): Case[] {
  const cases: Case[] = [];
  const secret = little(createHash("sha512").update("kernel secret").digest()) % L;
  const nonce = little(createHash("sha512").update("kernel nonce").digest()) % L;
  const key = Point.BASE.multiply(secret).toBytes();
  const torsion = Point.fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
  const message = Buffer.alloc(47, 0x5a);
  const push = (name: string, r: Uint8Array, s: (k: bigint) => bigint) => {
    const k = challengeOf(r, key, message);
    cases.push({ name, key, message, signature: Buffer.concat([r, toLittle(s(k))]) });
  };
  const mod = (n: bigint): bigint => ((n % L) + L) % L;
  let small = Point.ZERO;
  for (let i = 0; i < 8; i++, small = small.add(torsion)) {
    push(`R with torsion ${i}`, Point.BASE.multiply(nonce).add(small).toBytes(), (k) =>
      mod(nonce + k * secret),
    );
    push(`R of small order ${i}`, small.toBytes(), (k) => mod(k * secret));
  }
  for (let y = 0n; y < 19n; y++) {
    for (const bit of [0n, 2n ** 255n])
      push(`R not canonical, p + ${y}`, toLittle((p + y) | bit), (k) => mod(k * secret));
  }
  return cases;
}

describe.each(["fma", "integer"])("the kernel with the field %s", (field) => {
  let fresh: () => Kernel;

  beforeAll(async () => {
    fresh = await compile(field);
  }, 120_000);

  it.each(checks)("computes as BigInt and node:crypto do: $name", ({ run, share }) => {
    run(fresh(), seeded(7), share * 10);
  });

  it("answers as the rule does for every adversarial case whose key is one", () => {
    const cases = [
      ...[...adversarial, ...rfc8032].map((one) => ({
        name: one.name,
        key: hex(one.key),
        signature: hex(one.signature),
        message: hex(one.message),
      })),
      ...torsionedCases(),
    ];
    const verifier = new Verifier(fresh(), 512);
    const asked = cases.flatMap((one) => {
      const read = readPublicKey(engine.sha3_256, one.key);
      return read.ok ? [{ ...one, read: read.key, number: verifier.addKey(one.key) }] : [];
    });
    const found = verifier.check(
      asked.map((one) => ({
        key: one.number,
        signature: one.signature,
        ...(one.message.length === 47
          ? { message: one.message }
          : { k: challengeOf(one.signature, one.key, one.message) }),
      })),
    );
    const expected = asked.map((one) => verifySignature(engine, one.signature, one.message, one.read));
    expect(asked.filter((_, i) => found[i] !== expected[i]).map((one) => one.name)).toEqual([]);
    expect(found.filter((accepted) => accepted).length).toBeGreaterThan(9);
    expect(found.filter((accepted) => !accepted).length).toBeGreaterThan(200);
  });

  it("computes the equation for keys of any order, and refuses encodings that are not canonical", () => {
    const cases = adversarial.filter((one) => /^(small-order A|A )/.test(one.name));
    const verifier = new Verifier(fresh(), 512);
    const asked = cases.flatMap((one) => {
      const number = verifier.addKey(hex(one.key));
      const [key, message, signature] = [hex(one.key), hex(one.message), hex(one.signature)];
      return number < 0 ? [] : [{ name: one.name, number, key, message, signature }];
    });
    const refused = cases.filter((one) => verifier.addKey(hex(one.key)) < 0);
    expect(refused.every((one) => /not canonical|A with y/.test(one.name))).toBe(true);
    expect(refused.length).toBeGreaterThan(80);
    const found = verifier.check(
      asked.map((one) => ({
        key: one.number,
        signature: one.signature,
        k: challengeOf(one.signature, one.key, one.message),
      })),
    );
    const wrong = asked.filter((one, i) => {
      const isIdentity = little(one.signature.subarray(0, 32)) === 1n;
      return found[i] !== (!isIdentity && referenceEquation(one.signature, one.message, one.key));
    });
    expect(wrong.map((one) => one.name)).toEqual([]);
    expect(found.filter((accepted) => accepted).length).toBeGreaterThan(10);
  });

  it("has windows for few keys and for many", () => {
    const pair = keyPair(0);
    const message = Buffer.alloc(47, 1);
    const signature = sign(null, message, pair.privateKey);
    for (const count of [1, 50, 51, 512]) {
      const verifier = new Verifier(fresh(), count);
      const numbers = Array.from({ length: Math.min(count, 3) }, () => verifier.addKey(pair.bytes));
      expect(numbers).toEqual([0, 1, 2].slice(0, count));
      expect(verifier.check(numbers.map((key) => ({ key, message, signature })))).toEqual(
        numbers.map(() => true),
      );
      for (const key of [3, 512, 2 ** 31, 2 ** 32 - 1])
        expect(verifier.check([{ key, message, signature, k: 0n }])).toEqual([false]);
    }
    expect(() => new Verifier(fresh(), 513)).toThrow();
  });

  it("adds no key beyond the number it was told", () => {
    const verifier = new Verifier(fresh(), 1);
    expect(verifier.addKey(keyPair(0).bytes)).toBe(0);
    expect(verifier.addKey(keyPair(1).bytes)).toBe(-1);
  });

  it("takes every key that the format takes", () => {
    const verifier = new Verifier(fresh(), 64);
    for (let i = 0; i < 16; i++) {
      const { bytes } = keyPair(i);
      const read = readPublicKey(engine.sha3_256, bytes) as { ok: true; key: PublicKey };
      expect([read.ok, verifier.addKey(bytes)]).toEqual([true, i]);
    }
  });
});
