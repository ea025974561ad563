import { existsSync, readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { ledgerLines, trustFile } from "../../bench/parts/ledger-writer.mjs";
import { RecognizeThreads } from "../../dist/io/recognize-threads.js";
import type { KernelModule } from "../../src/kernel/kernel.js";
import { StagedRecognizer } from "../../src/kernel/staged-recognizer.js";
import { kernelTrustOf } from "../../src/kernel/trust.js";
import { nobleEngine } from "../../src/keys/engine-noble.js";
import type { TrustFile } from "../../src/keys/trust-file.js";
import type { VerifyOptions } from "../../src/ledger/options.js";
import { scopeOf } from "../../src/receipt/signed-bytes.js";
import { builtKernels, sharedRecognizer } from "../support/kernel.js";
import { seeded } from "../support/seeded.mjs";
import { engine, optionsOf, trust, trustOf } from "../support/verify.js";
import { varietyTrust } from "./variety.js";
import { chunkSizes, damagedFiles, verdictBy, wholeLedgers } from "./verdicts.js";

let kernels: readonly KernelModule[] = [];
beforeAll(async () => {
  kernels = await builtKernels();
});

/** What the command line does, with kernel and threads from so many bytes on. */
function staged(module: KernelModule, options: VerifyOptions, threads: number, from = 0): StagedRecognizer {
  const ownScope = options.tenant === undefined ? undefined : scopeOf(engine.sha3_256, options.tenant);
  const work = { module, trust: kernelTrustOf(options.trust)!, ownScope };
  return new StagedRecognizer(async () => work, {
    kernelFrom: from,
    helpersFrom: 2 * from,
    startHelpers: (given) => new RecognizeThreads(given, { wholeLines: false }, threads),
    sample: () => 0.1,
  });
}

/** Expects the verdict of the line by line way from every kernel. */
async function expectSame(
  files: readonly Uint8Array[],
  options: VerifyOptions,
  chunks: readonly (number | undefined)[] = [undefined],
): Promise<string> {
  const expected = await verdictBy(files, options);
  for (const module of kernels) {
    const recognizer = await sharedRecognizer(module, options.trust, options.tenant);
    for (const chunk of chunks)
      expect(await verdictBy(files, options, { recognizer, chunk }), `${module.name} ${chunk}`).toBe(
        expected,
      );
  }
  return expected;
}

const folder = (path: string) => new URL(path, import.meta.url);
const asked = (args: readonly string[], from: URL, own: TrustFile): VerifyOptions =>
  ({ ...optionsOf(args, (path) => readFileSync(new URL(path, from), "utf8")), trust: own }) as VerifyOptions;

describe("a verdict is the same, whatever computes", { timeout: 600_000 }, () => {
  it("on the corpus", async () => {
    const corpus = folder("../conformance/corpus/");
    const keys = trustOf(readFileSync(new URL("keys.json", corpus), "utf8"));
    const cases = JSON.parse(readFileSync(new URL("cases.json", corpus), "utf8")) as {
      readonly case: string;
      readonly args?: readonly string[];
    }[];
    for (const { case: name, args = [] } of cases) {
      const own = new URL(`${name}/`, corpus);
      const trusted = existsSync(new URL("keys.json", own))
        ? trustOf(readFileSync(new URL("keys.json", own), "utf8"))
        : keys;
      await expectSame([readFileSync(new URL("ledger.jsonl", own))], asked(args, own, trusted), [
        undefined,
        1000,
      ]);
    }
  });

  it("on the fixtures", async () => {
    const good = folder("../../fixtures/good/");
    const cases = JSON.parse(readFileSync(new URL("cases.json", good), "utf8")) as {
      readonly files: readonly string[];
      readonly args: readonly string[];
    }[];
    for (const { files, args } of cases)
      await expectSame(
        files.map((file) => readFileSync(new URL(file, good))),
        asked(args, good, trust),
        [7, 65536],
      );
    const bad = folder("../../fixtures/bad/");
    for (const name of readdirSync(bad)) {
      const own = new URL(`${name}/`, bad);
      const { args } = JSON.parse(readFileSync(new URL("case.json", own), "utf8")) as { args: string[] };
      await expectSame([readFileSync(new URL("ledger.jsonl", own))], asked(args, own, trust));
    }
  });

  it("on ledgers that are damaged in every way, read in pieces of every size", async () => {
    const random = seeded(3);
    const ledgers = wholeLedgers();
    const tenants = [undefined, undefined, "tenant:acme-health/prod", "tenant:acme-pay/prod"];
    const verdicts = new Set<string>();
    for (let i = 0; i < 100; i++) {
      const files = damagedFiles(ledgers[i % ledgers.length]!, random);
      const bytes = files.reduce((sum, { length }) => sum + length, 0);
      const chunk = chunkSizes[i % chunkSizes.length];
      const options = {
        trust: varietyTrust,
        tenant: tenants[i % 4],
        allowWithheld: i % 8 === 0,
      } as VerifyOptions;
      const slow = chunk !== undefined && bytes / chunk > 100_000;
      verdicts.add(await expectSame(files, options, [slow ? 1000 : chunk]));
    }
    expect(verdicts.size).toBeGreaterThan(75);
  });

  it("by the engine that is JavaScript alone", async () => {
    for (const ledger of wholeLedgers().slice(0, 2)) {
      const options = { trust, allowWithheld: true };
      expect(await verdictBy([ledger], options, { engine: nobleEngine })).toBe(
        await verdictBy([ledger], options),
      );
    }
  });

  it("by one thread to eight, and where kernel and threads begin in the middle", async () => {
    const bytes = Buffer.from([...ledgerLines(1200)].join(""));
    const damaged = Buffer.from(bytes);
    damaged[damaged.length >> 1]! ^= 1;
    const options = { trust: trustOf(trustFile()) };
    for (const files of [[bytes], [damaged.subarray(0, 700_001), damaged.subarray(700_001)]]) {
      const expected = await verdictBy(files, options);
      for (const [threads, from] of [
        [1, 0],
        [2, 0],
        [3, 100_000],
        [4, 0],
        [5, 0],
        [6, 0],
        [7, 0],
        [8, 0],
        [2, 400_000],
      ] as const) {
        const recognizer = staged(kernels[threads % kernels.length]!, options, threads, from);
        const found = await verdictBy(files, options, { recognizer, chunk: 65536 }).finally(() =>
          recognizer.close(),
        );
        expect(found, `${threads} threads`).toBe(expected);
      }
    }
  });

  it("where reading stops, since nobody can read its lines", async () => {
    const junk = Buffer.from(`${wholeLedgers()[3]!.toString("utf8")}${"\n".repeat(100_100)}`);
    expect(await expectSame([junk], { trust })).toContain("lines in a row cannot be read");
  });
});
