import { describe, expect, it } from "vitest";
import { columnsOf } from "../../src/workpaper/columns.js";
import { examinerColumns, readConclusion } from "../../src/workpaper/examiner.js";
import { parametersOf, readWhole } from "../../src/workpaper/read-paper.js";
import { sameMeaning } from "../../src/workpaper/same-meaning.js";

const time = "2026-06-01T08:05:03.120Z";

describe("a cell that only looks alike", () => {
  it.each([
    ["x12", "12"],
    ["12x", "12"],
    ["1234567890123456", "1,234,567,890,123,456"],
    ["1000000", "1,0000,000"],
    ["0", ".0"],
    ["5", "5."],
    ["5", "5.0x"],
    [`x${time}`, "2026-06-01 08:05"],
    [`${time}x`, "2026-06-01 08:05"],
    ["12026-06-01T08:05:03.120Z", "12026-06-01 08:05"],
    ["026-06-01T08:05:03.120Z", "026-06-01 08:05"],
    ["2026-06-01T08:05:03.1200Z", "2026-06-01 08:05:03"],
    ["2026-06-01T08:05:03.12Z", "2026-06-01 08:05:03"],
    [time, "x2026-06-01 08:05"],
    [time, "2026-06-01 08:05x"],
    [time, "12026-06-01 08:05"],
    [time, "026-06-01 08:05"],
    [time, "2026-06-01 08:05:03.1200"],
    [time, "2026-06-01 08:05:03."],
    [time, "x6/1/2026 8:05"],
    [time, "6/1/2026 8:05x"],
    [time, "006/1/2026 8:05"],
    [time, "/1/2026 8:05"],
    [time, "6/001/2026 8:05"],
    [time, "6//2026 8:05"],
    [time, "6/1/026 8:05"],
    [time, "6/1/6 8:05"],
    [time, "6/1/02026 8:05"],
    [time, "6/1/2026 008:05"],
    ["2026-06-01T00:05:03.120Z", "6/1/2026 :05"],
    [time, "6/1/2026 8:05:03."],
    [time, "6/2/2026 8:05"],
    [time, "5/1/2026 8:05"],
    ["nottrue", "nottrue "],
    ["truex", "TRUEX"],
    ["xfalse", "XFALSE"],
    ["a\u00a0b", "a\u00c2\u00a1b"],
  ])("%j does not mean %j", (ours, theirs) => {
    expect(sameMeaning(ours, theirs)).toBe(ours === "nottrue");
  });

  it("is not the byte behind those of Windows-1252 either", () => {
    // U+00A0 is C2 A0 in UTF-8: the second byte is a blank of its own in both encodings.
    expect(sameMeaning("a\u00e0b", "a\u00c3\u00a0b")).toBe(true);
  });
});

it("whole numbers are read as spreadsheets write them, and nothing else is one", () => {
  expect(["1,0000", "1.0x", "1,000.00", "1.", "0"].map(readWhole)).toEqual([
    undefined,
    undefined,
    1000,
    undefined,
    0,
  ]);
});

it("an examiner may conclude in these words", () => {
  const all = (words: string) => words.split(", ").map((word) => readConclusion(word));
  const each = (words: string, conclusion: string) => words.split(", ").map(() => conclusion);
  for (const [words, conclusion] of [
    ["agrees, agreed, agree, no deviation, no exception, OK, y, Yes., AGREES", "agrees"],
    ["deviation, deviates, exception, n, No.", "deviation"],
    ["cannot be tested, can not be tested, not tested, untestable, cannot_be_tested", "cannot-be-tested"],
    ["does not apply, n/a, na, not applicable, Not-Applicable", "does-not-apply"],
  ] as const)
    expect(all(words)).toEqual(each(words, conclusion));
  expect(all("a.grees, agrees.., x, ok ok")).toEqual([undefined, undefined, undefined, undefined]);
  expect(readConclusion(" ")).toBe("open");
});

it("the columns of a workpaper are these, in this order", () => {
  expect(columnsOf([]).map(({ name, about }) => `${name} (${about})`)).toMatchSnapshot();
  expect(examinerColumns).toMatchSnapshot();
});

it("a paper's rows have to agree in every column that says how it was drawn", () => {
  const shared = [
    ...["ledger", "root", "size", "start", "withheld", "unit", "filter"],
    ...["n (sample)", "method", "seed", "seed supplied by", "beacon", "stratify"],
  ];
  const header = [...shared, "receipt_id", "draw", "replacement of", "replaced because"];
  for (const column of shared) {
    const row = (value: string) => new Map(header.map((name) => [name, name === column ? value : "same"]));
    const read = parametersOf({ header, rows: [row("one"), row("two")] });
    expect(read.ok ? [] : read.problems).toEqual([
      { column, expected: "the same in every row", actual: "2 values" },
    ]);
  }
});
