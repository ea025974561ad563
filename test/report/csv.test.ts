import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CsvWriter, neutralizeCell, readCell } from "../../src/report/csv.js";
import { readCsv } from "../../src/report/read-csv.js";
import { hostileCells } from "./hostile-cells.js";

/** What a spreadsheet calculates: one of these signs behind blanks. */
const calculates = /^\s*[=+\-@\uff0b\uff0d\uff1d\uff20]/u;
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
  ])("%j stays as it is", (cell) => {
    expect(neutralizeCell(cell)).toBe(cell);
  });

  it("gets an apostrophe before a formula, and loses exactly that when it is read", () => {
    for (const cell of ["=1+1", "'=1+1", "''=1+1", " =x", "-1"]) {
      expect(neutralizeCell(cell)).toBe(`'${cell}`);
      expect(readCell(neutralizeCell(cell))).toBe(cell);
    }
    expect(readCell("'quoted'")).toBe("'quoted'");
  });

  it("shows what cannot be seen, and drops NUL and byte order marks", () => {
    expect(neutralizeCell("a\nb\r\tc")).toBe("a\\u{a}b\\u{d}\\u{9}c");
    expect(neutralizeCell("\u0000=a\ufeffb")).toBe("'=ab");
    expect(neutralizeCell("abc\u202edef")).toBe("abc\\u{202e}def");
  });

  it("is cut where no spreadsheet holds it", () => {
    expect(neutralizeCell("x".repeat(32_767))).toHaveLength(32_767);
    expect(neutralizeCell("x".repeat(32_768))).toBe(`${"x".repeat(32_766)}…`);
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
        expect([read.table.header, ...read.table.rows]).toEqual(named.map((row) => row.map(neutralizeCell)));
      }),
    );
  });
});

describe("reading CSV", () => {
  it.each([
    ["semicolons", "a;b\r\n1;2\r\n"],
    ["tabs", "a\tb\n1\t2\n"],
    ["commas", '"a","b"\n1,2'],
    ["a byte order mark", "\ufeffa,b\n1,2\n"],
    ["blank rows and columns", "a,b\n\n1,2\n,\n"],
    ["old line ends", "a,b\r1,2\r"],
  ])("takes %s", (_what, text) => {
    expect(readCsv(text)).toEqual({ ok: true, table: { header: ["a", "b"], rows: [["1", "2"]] } });
  });

  it("tells separators by what stands outside quotes", () => {
    expect(readCsv('"a;x;y",b\n1,2\n')).toMatchObject({ ok: true, table: { header: ["a;x;y", "b"] } });
  });

  it.each([
    ["nothing", ""],
    ["an open quote", 'a,b\n"1,2\n'],
    ["a quote inside a cell", 'a,b\n1"x"y,"2"z\n'],
    ["too many columns", `${"a,".repeat(1001)}\n`],
    ["an endless record", `a\n"${"x".repeat(5 * 1024 * 1024)}"\n`],
  ])("refuses %s with a reason", (_what, text) => {
    expect(readCsv(text)).toEqual({ ok: false, reason: expect.stringMatching(/\w/) });
  });
});
