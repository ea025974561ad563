import { describe, expect, it } from "vitest";
import { conclusionsOf } from "../../src/workpaper/conclusions.js";
import { conclusionColumn, readConclusion } from "../../src/workpaper/examiner.js";
import { parametersOf, readWhole } from "../../src/workpaper/read-paper.js";
import { sameMeaning } from "../../src/workpaper/same-meaning.js";

describe("a cell that a spreadsheet wrote in its own way", () => {
  const time = "2026-06-01T08:05:03.120Z";
  it.each([
    ["1000", "1,000"],
    ["1000", "1000.0"],
    ["1000", "1'000"],
    ["a b", " a  b "],
    [time, "2026-06-01 08:05:03"],
    [time, "2026-06-01T08:05:03.12Z"],
    [time, "2026-06-01 08:05"],
    [time, "06/01/2026 08:05"],
    [time, "1.6.2026 08:05:03"],
    [time, "6/1/26 8:05 AM"],
    ["2026-06-01T20:05:03.120Z", "6/1/26 8:05 PM"],
    ["2026-06-01T00:05:03.120Z", "6/1/26 12:05 AM"],
    ["true", "TRUE"],
    ["Zürich – ok", "Z\u00c3\u00bcrich \u00e2\u20ac\u201c ok"],
  ])("%j means the same as %j", (ours, theirs) => {
    expect(sameMeaning(ours, theirs)).toBe(true);
  });

  it.each([
    ["1000", "100"],
    ["1000", "1000.5"],
    ["1000", "10,00"],
    ["1000", "1E+3"],
    ["T0_OBSERVE", "T1_STANDARD"],
    [time, "2026-06-02 08:05:03"],
    [time, "2026-06-01 08:06"],
    [time, "2026-06-01 08:05:04"],
    [time, "2026-06-01T08:05:03.130Z"],
    [time, "6/1/26 8:05 PM"],
    [time, "6/2/26 8:05"],
    [time, "6/1/25 8:05"],
    [time, ""],
    ["Y", "N"],
    ["rcpt_a", "rcpt_A"],
    ["", "0"],
    ["Zürich", "Zurich"],
  ])("%j does not mean %j", (ours, theirs) => {
    expect(sameMeaning(ours, theirs)).toBe(false);
  });

  it("gives its number back, or none", () => {
    expect(["15", " 15 ", "15.0", "1,500"].map(readWhole)).toEqual([15, 15, 15, 1500]);
    expect(["", "x", "1.5", "-1", "1,50", "1e3", "9007199254740993"].map(readWhole)).toEqual(
      Array(7).fill(undefined),
    );
  });
});

describe("conclusions", () => {
  it.each([
    ["agrees", "agrees"],
    [" Agrees. ", "agrees"],
    ["No deviation", "agrees"],
    ["DEVIATION", "deviation"],
    ["exception", "deviation"],
    ["cannot be tested", "cannot-be-tested"],
    ["Does not apply", "does-not-apply"],
    ["n/a", "does-not-apply"],
    ["", "open"],
    ["  ", "open"],
    ["fine, I guess", undefined],
    ["passed", undefined],
  ])("%j is read as %s", (words, conclusion) => {
    expect(readConclusion(words)).toBe(conclusion);
  });

  const row = (id: string, conclusion: string, more: Record<string, string> = {}) =>
    new Map(Object.entries({ receipt_id: id, [conclusionColumn]: conclusion, ...more }));

  it("are counted: what cannot be tested is a deviation, what was replaced is not counted", () => {
    const rows = [
      row("a", "agrees", { "tested by": "Jo" }),
      row("b", "deviation", { "tested by": "Al" }),
      row("c", "cannot be tested", { "tested by": "Jo" }),
      row("d", "does not apply", { "replaced because": "test account" }),
      row("e", "does not apply"),
      row("f", ""),
      row("g", "maybe"),
    ];
    expect(conclusionsOf({ header: [], rows })).toEqual({
      items: 6,
      replaced: 1,
      open: 1,
      counts: { agrees: 1, deviation: 1, "cannot-be-tested": 1, "does-not-apply": 1 },
      deviations: 2,
      unread: [{ receiptId: "g", words: "maybe" }],
      notReplaced: ["e"],
      testedBy: ["Al", "Jo"],
    });
  });
});

describe("a paper's parameters", () => {
  const cells = {
    ledger: "acme.example/agents",
    root: `sha3-256:${"0".repeat(64)}`,
    size: "26",
    start: "0",
    withheld: "0",
    unit: "request",
    filter: '{"ran":"yes"}',
    "n (sample)": "25",
    method: "sclaw.sample.v1",
    seed: "seed:20237331128159211123",
    "seed supplied by": "supplied by Jo",
    beacon: "",
    stratify: "tier",
    receipt_id: "rcpt_1",
    draw: "1",
    "replacement of": "",
    "replaced because": "",
  };
  const paper = (...rows: readonly Partial<typeof cells>[]) => ({
    header: Object.keys(cells),
    rows: rows.map((row) => new Map(Object.entries({ ...cells, ...row }) as [string, string][])),
  });

  it("are read from its rows", () => {
    const read = parametersOf(
      paper(
        { draw: "1", "replaced because": "why" },
        { draw: "2", receipt_id: "rcpt_2", "replacement of": "rcpt_1" },
      ),
    );
    expect(read).toEqual({
      ok: true,
      parameters: {
        ledger: "acme.example/agents",
        root: new Uint8Array(32),
        size: 26,
        start: 0,
        withheld: 0,
        unit: "request",
        filter: { ran: "yes" },
        seed: "20237331128159211123",
        seedSuppliedBy: "supplied by Jo",
        beacon: undefined,
        rule: { n: 25, stratify: "tier", replacements: [{ receiptId: "rcpt_1", reason: "why" }] },
      },
    });
  });

  it.each([
    ["root", "sha3-256:x"],
    ["size", "many"],
    ["unit", "day"],
    ["filter", '{"ran":"maybe"}'],
    ["filter", "{"],
    ["seed", "seed:"],
    ["method", "sclaw.sample.v2"],
    ["stratify", "colour"],
    ["n (sample)", ""],
  ] as const)("are refused where %s is %j", (column, value) => {
    const read = parametersOf(paper({ [column]: value }));
    expect(read.ok ? [] : read.problems.map((problem) => problem.column)).toEqual([column]);
  });

  it("are refused where rows disagree, a column or every row is missing", () => {
    const disagree = parametersOf(paper({}, { seed: "seed:other" }));
    expect(disagree.ok ? [] : disagree.problems).toMatchObject([{ column: "seed", actual: "2 values" }]);
    const { header, rows } = paper({});
    const missing = parametersOf({ header: header.filter((name) => name !== "seed"), rows });
    expect(missing.ok ? [] : missing.problems).toMatchObject([{ column: "seed" }]);
    expect(parametersOf({ header, rows: [] }).ok).toBe(false);
  });
});
