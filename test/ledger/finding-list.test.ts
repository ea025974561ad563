import { describe, expect, it } from "vitest";
import type { FindingCode } from "../../src/findings/catalogue.js";
import { FindingList } from "../../src/ledger/finding-list.js";

/** 10,000 findings of each code, each with so much text in all three of its places. */
function filled(codes: readonly FindingCode[], text: number): FindingList {
  const list = new FindingList();
  const long = "x".repeat(text);
  let line = 0;
  for (const code of codes) {
    for (let i = 0; i < 10_000; i++)
      list.add({ line: ++line }, { code, where: long, expected: long, actual: long });
  }
  return list;
}

const codes = ["receipt.schema", "intent.schema", "ledger.mismatch", "line.unknown"] as const;

describe("findings that are kept", () => {
  it("are the first ten thousand of each code", () => {
    expect(filled(codes, 30).kept).toHaveLength(40_000);
  });

  it("hold no more text than a reader needs; of every code a hundred are kept, and all are counted", () => {
    const { kept, counts } = filled(codes, 5000);
    const text = kept.reduce((sum, { problem }) => {
      return sum + problem.expected.length + problem.actual.length + problem.where!.length;
    }, 0);
    expect(text).toBeGreaterThan(16_000_000);
    expect(text).toBeLessThan(18_000_000);
    for (const code of codes) {
      expect(counts.get(code)).toBe(10_000);
      expect(kept.filter(({ problem }) => problem.code === code).length).toBeGreaterThanOrEqual(100);
    }
    expect(kept.filter(({ problem }) => problem.code === "line.unknown")).toHaveLength(100);
  });

  it("are only a hundred of each code once 16 MiB of text are reached", () => {
    const list = new FindingList();
    const text = "x".repeat(400);
    const problem = { where: text.slice(0, 224), expected: text, actual: text };
    // 1 KiB each: the first 16 Ki of them are as much text as that, to the character.
    for (let line = 1; line <= 16_385; line++)
      list.add({ line }, { ...problem, code: line <= 10_000 ? "receipt.schema" : "intent.schema" });
    expect(list.kept).toHaveLength(16_384);
  });
});
