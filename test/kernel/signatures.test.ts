import { existsSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { makeCases } from "../../fixtures/ed25519/make.mjs";
import { Kernel, type KernelModule } from "../../src/kernel/kernel.js";
import { verifySignature } from "../../src/keys/ed25519.js";
import { type PublicKey, readPublicKey } from "../../src/keys/public-key.js";
import { engines, hex, utf8 } from "../keys/support.js";
import { builtKernels } from "../support/kernel.js";
import { engine } from "../support/verify.js";
import { kernelAnswers, kernelCases, type SignatureCase } from "./adversarial.mjs";

let kernels: readonly KernelModule[] = [];
beforeAll(async () => {
  kernels = await builtKernels();
});

/** Cases whose key the format accepts, and signatures that are whole. */
function usable(cases: readonly SignatureCase[]): { readonly one: SignatureCase; readonly key: PublicKey }[] {
  const known = new Map<string, ReturnType<typeof readPublicKey>>();
  return cases.flatMap((one) => {
    const name = Buffer.from(one.key).toString("hex");
    const read = known.get(name) ?? readPublicKey(engine.sha3_256, one.key);
    known.set(name, read);
    return read.ok && one.signature.length === 64 ? [{ one, key: read.key }] : [];
  });
}

/** Expects the same of every engine; returns how many cases there were and how many are accepted. */
async function expectSame(cases: readonly SignatureCase[], more: readonly number[] = [0, 60]) {
  const known = usable(cases);
  const own = known.map(({ one }) => one);
  const [expected, ...others] = engines.map((each) =>
    known.map(({ one, key }) => verifySignature(each, one.signature, one.message, key)),
  );
  for (const other of others) expect(other).toEqual(expected);
  for (const module of kernels) {
    for (const count of more) {
      const answers = kernelAnswers(await Kernel.start(module), own, count);
      const differing = own.filter((_, i) => answers[i] !== expected![i]).map(({ name }) => name);
      expect(differing, `${module.name}, ${count} further keys`).toEqual([]);
    }
  }
  return { cases: own.length, accepted: expected!.filter(Boolean).length };
}

describe("every engine says the same of signatures", { timeout: 600_000 }, () => {
  it("over 47 bytes, by keys of every kind", async () => {
    expect(await expectSame(kernelCases(41))).toEqual({ cases: 1566, accepted: 90 });
  });

  it("of the adversarial set, whatever its messages", async () => {
    const cases = makeCases().map(({ name, key, message, signature }) => {
      return { name, key: hex(key), message: hex(message), signature: hex(signature) };
    });
    expect(await expectSame(cases, [0])).toEqual({ cases: 181, accepted: 5 });
  });

  // As test/keys/vectors.test.ts has them.
  const folder = process.env["SCLAW_VECTORS"] ?? "";
  const load = (file: string): unknown => JSON.parse(readFileSync(`${folder}/${file}`, "utf8"));
  const present = (file: string) => folder !== "" && existsSync(`${folder}/${file}`);

  it.skipIf(!present("cctv-ed25519.json"))("of CCTV", async () => {
    const all = load("cctv-ed25519.json") as { number: number; key: string; sig: string; msg: string }[];
    const cases = all.map(({ number, key, sig, msg }) => {
      return { name: String(number), key: hex(key), message: utf8(msg), signature: hex(sig) };
    });
    expect((await expectSame(cases, [0])).accepted).toBe(1);
  });

  it.skipIf(!present("wycheproof-ed25519.json"))("of Wycheproof", async () => {
    const { testGroups } = load("wycheproof-ed25519.json") as {
      testGroups: { publicKey: { pk: string }; tests: { tcId: number; msg: string; sig: string }[] }[];
    };
    const cases = testGroups.flatMap(({ publicKey, tests }) =>
      tests.map(({ tcId, msg, sig }) => {
        return { name: String(tcId), key: hex(publicKey.pk), message: hex(msg), signature: hex(sig) };
      }),
    );
    expect((await expectSame(cases, [0])).accepted).toBeGreaterThan(50);
  });

  it.skipIf(!present("speccheck-ed25519.json"))("of speccheck", async () => {
    const all = load("speccheck-ed25519.json") as { message: string; pub_key: string; signature: string }[];
    const cases = all.map(({ message, pub_key, signature }, i) => {
      return { name: String(i), key: hex(pub_key), message: hex(message), signature: hex(signature) };
    });
    expect((await expectSame(cases, [0])).accepted).toBe(0);
  });
});
