import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CsvWriter, neutralizeCell, readCell } from "../../src/report/csv.js";
import { readCsv } from "../../src/report/read-csv.js";
import { hostileCells } from "./hostile-cells.js";

/** What a spreadsheet calculates: one of these signs behind blanks, quotes or marks, or where it may split the cell. */
const calculates = /(?:^|[,;])["\s\p{M}]*[=+\-@\u2212\ufe66\uff0b\uff0d\uff1d\uff20]/u;
/** Everything that steers, hides or breaks a line. */
const controls =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]|[\u{e0000}-\u{e007f}]/u;

describe("a cell", () => {
  it.each(hostileCells.map((cell) => [JSON.stringify(cell).slice(0, 60), cell]))(
    "%s is inert",
    (_name, cell) => {
      const safe = neutralizeCell(cell);
      expect(safe).not.toMatch(calculates);
      expect(safe).not.toMatch(controls);
      expect(safe.length).toBeLessThanOrEqual(32_767);
      expect(safe.isWellFormed()).toBe(true);
    },
  );

  it.each([
    "",
    "12",
    "rcpt_01KT13DC8G447Q227048V9E7GV",
    "2026-06-01T12:00:00.000Z",
    "a-b",
    "N (approval.self)",
    "'",
    "it's",
    "a, b; c",
    '"quoted", as it is',
  ])("%j stays as it is", (cell) => {
    expect(neutralizeCell(cell)).toBe(cell);
  });

  it("gets an apostrophe before a formula, and loses exactly that when it is read", () => {
    for (const cell of ["=1+1", "'=1+1", "''=1+1", " =x", '"=x', "' \"'=x", "-1", "\u0301=x", "\u22121"]) {
      expect(neutralizeCell(cell)).toBe(`'${cell}`);
      expect(readCell(neutralizeCell(cell))).toBe(cell);
    }
    expect(readCell("'quoted'")).toBe("'quoted'");
  });

  it("gets one wherever another separator, or none of the quotes, would begin a cell", () => {
    expect(neutralizeCell('x";=1+1;"')).toBe('x";\'=1+1;"');
    expect(neutralizeCell("=a, -b,'@c;d")).toBe("'=a,' -b,''@c;d");
    expect(readCell("'=a,' -b,''@c;d")).toBe("=a, -b,'@c;d");
  });

  it("gives back every text that had only formulas in it", () => {
    const characters = fc.constantFrom(..."='\"+-@,; ab1\u0301\uff1d");
    fc.assert(
      fc.property(fc.string({ unit: characters }), (cell) => {
        expect(neutralizeCell(cell)).not.toMatch(calculates);
        expect(readCell(neutralizeCell(cell))).toBe(cell);
      }),
      { numRuns: 5000 },
    );
  });

  it("takes time that grows with its length only", () => {
    const start = performance.now();
    for (const part of [",", "'", ";'", ', "', " ", "\u0301", ",="]) {
      neutralizeCell(part.repeat(500_000));
      readCell(part.repeat(500_000));
    }
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  it("shows what cannot be seen, and drops NUL and byte order marks", () => {
    expect(neutralizeCell("a\nb\r\tc")).toBe("a\\u{a}b\\u{d}\\u{9}c");
    expect(neutralizeCell("\u0000=a\ufeffb")).toBe("'=ab");
    expect(neutralizeCell("abc\u202edef")).toBe("abc\\u{202e}def");
  });

  it("is cut where no spreadsheet holds it", () => {
    expect(neutralizeCell("x".repeat(32_767))).toHaveLength(32_767);
    expect(neutralizeCell("x".repeat(32_768))).toBe(`${"x".repeat(32_766)}…`);
    expect(neutralizeCell(`${"x".repeat(32_765)}\u{1f600}x`)).toBe(`${"x".repeat(32_765)}…`);
  });
});

describe("rows", () => {
  it("are quoted, with commas and CRLF", () => {
    expect(
      new CsvWriter().rows([
        ["a", "b,c"],
        ["", 'd"e'],
      ]),
    ).toBe('"a","b,c"\r\n"","d""e"\r\n');
  });

  it("count the cells that were changed, over all pieces", () => {
    const csv = new CsvWriter();
    csv.rows([
      ["a", "=1"],
      ["b", "c"],
    ]);
    csv.rows([["\n", "d"]]);
    expect(csv.changed).toBe(2);
  });

  it("hold no control but their own line ends, and begin no cell that calculates", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 1 }), (row) => {
        const text = new CsvWriter().rows([row, row]);
        expect(text.replaceAll(/"\r\n/g, '"')).not.toMatch(controls);
        expect(text).not.toMatch(calculates);
        expect(text.isWellFormed()).toBe(true);
      }),
    );
  });

  const cells = fc.array(fc.oneof(fc.constantFrom(...hostileCells), fc.string({ unit: "binary" })), {
    minLength: 1,
    maxLength: 5,
  });

  it("are read back as the same cells, whatever is in them", () => {
    fc.assert(
      fc.property(fc.array(cells, { minLength: 1, maxLength: 5 }), (rows) => {
        const named = rows.map((row) => ["row", ...row]);
        const read = readCsv(`\ufeff${new CsvWriter().rows(named)}`);
        if (!read.ok) throw new Error(read.reason);
        // Empty cells at a row's end say nothing, and are left out where the header has none.
        const full = (cells: readonly string[]) => cells.join("\u0000").replace(/\u0000+$/, "");
        const expected = named.map((row) => row.map(neutralizeCell));
        expect([read.table.header, ...read.table.rows].map(full)).toEqual(expected.map(full));
      }),
    );
  });
});
