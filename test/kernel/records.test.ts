import { existsSync, readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { ledgerLines, trustFile } from "../../bench/parts/ledger-writer.mjs";
import { textOf } from "../../fixtures/make/ledger.mjs";
import { standard, twoTenants } from "../../fixtures/make/story.mjs";
import type { KernelModule } from "../../src/kernel/kernel.js";
import { type Agreement, builtKernels, compareRecords } from "../support/kernel.js";
import { bytesOfSource, optionsOf, trust, trustOf } from "../support/verify.js";
import { crowds, crowdTrust, longest, places, sequences, variety, varietyTrust } from "./variety.js";

let kernels: readonly KernelModule[] = [];
beforeAll(async () => {
  kernels = await builtKernels();
});

/** Expects the same records, or a known reason, and returns what was found. */
async function expectAgreement(
  bytes: Uint8Array,
  compared: Parameters<typeof compareRecords>[2],
): Promise<Agreement> {
  const found = await compareRecords(bytes, kernels, compared);
  expect(found.wrong).toEqual([]);
  expect(found.unexplained).toEqual([]);
  return found;
}

const folder = (path: string) => new URL(path, import.meta.url);

describe("the kernel makes the reference's records", { timeout: 600_000 }, () => {
  it("of the corpus", async () => {
    const corpus = folder("../conformance/corpus/");
    const keys = trustOf(readFileSync(new URL("keys.json", corpus), "utf8"));
    const cases = JSON.parse(readFileSync(new URL("cases.json", corpus), "utf8")) as {
      readonly case: string;
      readonly args?: readonly string[];
    }[];
    let ordinary = 0;
    const handedOver = new Set<string>();
    for (const { case: name, args = [] } of cases) {
      const own = new URL(`${name}/keys.json`, corpus);
      const { tenant } = optionsOf(args, () => "");
      const asked = { trust: existsSync(own) ? trustOf(readFileSync(own, "utf8")) : keys, tenant };
      const found = await expectAgreement(readFileSync(new URL(`${name}/ledger.jsonl`, corpus)), asked);
      for (const reason of found.handedOver.keys()) handedOver.add(reason);
      ordinary += found.ordinary;
    }
    expect([...handedOver]).toEqual([]);
    expect(ordinary).toBeGreaterThan(500 * kernels.length);
  });

  it("of the fixtures", async () => {
    const handedOver = new Map<string, number>();
    for (const name of readdirSync(folder("../../fixtures/good/"))) {
      if (!name.endsWith(".jsonl")) continue;
      const bytes = readFileSync(folder(`../../fixtures/good/${name}`));
      const found = await expectAgreement(bytes, { trust, tenant: "tenant:acme-health/prod" });
      for (const [reason, count] of found.handedOver) handedOver.set(reason, count / kernels.length);
    }
    for (const name of readdirSync(folder("../../fixtures/bad/")))
      await expectAgreement(readFileSync(folder(`../../fixtures/bad/${name}/ledger.jsonl`)), { trust });
    expect(handedOver).toEqual(
      new Map([
        ["a tenant of over 208 bytes", 1],
        ["an escape in a tenant", 5],
      ]),
    );
  });

  it("of a ledger as the benchmarks measure it, every entry", async () => {
    const bytes = Buffer.from([...ledgerLines(2000)].join(""));
    const found = await expectAgreement(bytes, { trust: trustOf(trustFile()) });
    expect(found.ordinary).toBe(2000 * kernels.length);
  });

  it.each([undefined, "tenant:acme-health/prod", "tenant:é", 'tenant:a"b'])(
    "of entries of every kind, examining %s",
    async (tenant) => {
      const ledger = variety();
      const found = await expectAgreement(bytesOfSource(ledger), { trust: varietyTrust, tenant });
      expect(Object.fromEntries([...found.handedOver].map(([why, n]) => [why, n / kernels.length]))).toEqual({
        "a number of over 15 digits or with an exponent": 5,
        "a person who signs twice, the second time to reject": 1,
        "a tenant of over 208 bytes": 1,
        "an escape in a tenant": 2,
        "over 16 requirements": 2,
      });
      expect(found.ordinary).toBeGreaterThan(80 * kernels.length);
      const withheld = bytesOfSource(ledger.withhold(() => true));
      const all = await expectAgreement(withheld, { trust: varietyTrust, tenant });
      expect(all.ordinary).toBe(ledger.size * kernels.length);
    },
  );

  it("of entries that lack what those before them have", async () => {
    const ledger = sequences();
    const found = await expectAgreement(bytesOfSource(ledger), { trust: varietyTrust });
    expect(found.ordinary).toBe(ledger.size * kernels.length);
  });

  it("of entries with as many signatures as there can be", async () => {
    const found = await expectAgreement(bytesOfSource(crowds()), { trust: crowdTrust });
    expect(found.ordinary).toBe(21 * kernels.length);
    expect([...found.handedOver.keys()]).toEqual(["an approver of over 1022 bytes"]);
  });

  it("of lines as long as they can be, and longer by a byte", async () => {
    const found = await expectAgreement(longest(), { trust });
    expect(found.ordinary).toBe(3 * kernels.length);
  });

  it("at the bounds of the places and times of keys", async () => {
    const found = await expectAgreement(bytesOfSource(places()), { trust: varietyTrust });
    expect(found.ordinary).toBe(5 * kernels.length);
    const all = places().withhold(() => true);
    const withheld = await expectAgreement(bytesOfSource(all), { trust: varietyTrust });
    expect(withheld.ordinary).toBe(6 * kernels.length);
  });

  it("of withheld entries that name any scope: all zeros are nobody's", async () => {
    const zeros = `sha3-256:${"0".repeat(64)}`;
    const lines = twoTenants().withhold(() => true).lines;
    const scopeless = lines.map((line) => (line.scope === undefined ? line : { ...line, scope: zeros }));
    for (const tenant of [undefined, "tenant:acme-pay/prod"]) {
      const found = await expectAgreement(Buffer.from(textOf(scopeless)), { trust, tenant });
      expect(found.ordinary).toBe(16 * kernels.length);
    }
  });

  it("whatever stands around a line", async () => {
    const lines = standard()
      .text()
      .split("\n")
      .filter((line) => line !== "");
    const around = ["", " ", "\r", "\ufeff", "\u0000", "x", "{}", "[]", ",", "\t"];
    const texts = lines.flatMap((line) => around.flatMap((one) => [`${one}${line}`, `${line}${one}`]));
    const found = await expectAgreement(Buffer.from(`${texts.join("\n")}\n\n\n`), { trust });
    expect(found.ordinary).toBe(20 * 2 * kernels.length);
  });
});
