import { beforeAll, describe, expect, it } from "vitest";
import { textOf } from "../../fixtures/make/ledger.mjs";
import type { KernelModule } from "../../src/kernel/kernel.js";
import { builtKernels, compareRecords } from "../support/kernel.js";
import { basicLines, editedLines, editedWithheld, looseTexts } from "./edits.js";
import { varietyTrust } from "./variety.js";

let kernels: readonly KernelModule[] = [];
beforeAll(async () => {
  kernels = await builtKernels();
});

/** Expects that the kernel says yes to nothing that the reference does not. */
async function agreeOn(text: string): Promise<{ readonly lines: number; readonly ordinary: number }> {
  const found = await compareRecords(Buffer.from(text), kernels, { trust: varietyTrust });
  expect(found.wrong).toEqual([]);
  expect(found.unexplained).toEqual([]);
  return { lines: found.lines, ordinary: found.ordinary / kernels.length };
}

describe("the kernel agrees with the reference on entries", { timeout: 600_000 }, () => {
  it("of which nothing is wrong before they are edited", async () => {
    const lines = basicLines();
    expect(await agreeOn(textOf(lines))).toEqual({ lines: lines.length, ordinary: lines.length });
  });

  it("that are edited in any value and signed again", async () => {
    // One of five: bench/kernel-agree.mjs goes through all of them.
    const edited = [...editedLines(basicLines())].filter((_, i) => i % 5 === 0);
    const { lines, ordinary } = await agreeOn(textOf(edited));
    expect(lines).toBeGreaterThan(1000);
    expect(ordinary).toBeGreaterThan(100);
  });

  it("that are withheld, edited in any value", async () => {
    const { ordinary } = await agreeOn(textOf([...editedWithheld(basicLines()[0])]));
    expect(ordinary).toBeGreaterThan(5);
  });

  it("whose text is no canonical form, signed as it stands", async () => {
    const texts = basicLines()
      .slice(0, 6)
      .flatMap((line) => [...looseTexts(line)]);
    const { lines, ordinary } = await agreeOn(`${texts.join("\n")}\n`);
    expect(lines).toBeGreaterThan(800);
    // A digit less in a number is another canonical form.
    expect(ordinary).toBeLessThan(10);
  });
});
