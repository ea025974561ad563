import { beforeAll, describe, expect, it } from "vitest";
import type { KernelModule } from "../../src/kernel/kernel.js";
import { compareRecords, moduleOf } from "../support/kernel.js";
import { seeded } from "../support/seeded.mjs";
import { basicLines, variedLines } from "./edits.js";
import { acceptingEngine, brokenTexts, compileAccepting, damagedLine, textsOf } from "./texts.js";
import { varietyTrust } from "./variety.js";

let kernels: readonly KernelModule[] = [];
beforeAll(async () => {
  kernels = [(await moduleOf("accepting", await compileAccepting()))!];
}, 300_000);

describe("the kernel reads a text as the reference does, where all signatures hold", {
  timeout: 600_000,
}, () => {
  it.each([
    ["of basic entries", basicLines],
    ["of entries of every kind", variedLines],
  ])("with bytes replaced, put in, taken out and moved, in lines %s", async (_name, make) => {
    const random = seeded(1);
    const texts = textsOf(make());
    const damaged = Array.from({ length: 3000 }, () =>
      damagedLine(texts[Math.floor(random() * texts.length)]!, random),
    );
    const bytes = Buffer.concat(damaged.flatMap((line) => [line, Buffer.of(0x0a)]));
    const found = await compareRecords(bytes, kernels, { trust: varietyTrust, engine: acceptingEngine });
    expect(found.wrong).toEqual([]);
    expect(found.unexplained).toEqual([]);
    expect(found.ordinary).toBeGreaterThan(300);
  });

  it("with each byte between values taken out, doubled and replaced", async () => {
    const [, , , , granted] = textsOf(basicLines());
    const bytes = Buffer.concat([...brokenTexts([granted!])].flatMap((line) => [line, Buffer.of(0x0a)]));
    const found = await compareRecords(bytes, kernels, { trust: varietyTrust, engine: acceptingEngine });
    expect(found.wrong).toEqual([]);
    expect(found.unexplained).toEqual([]);
    expect(found.lines).toBeGreaterThan(2000);
  });
});
