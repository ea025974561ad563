import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { neutralizeCell } from "../../src/report/csv.js";
import { readCsv } from "../../src/report/read-csv.js";
import { root } from "../support/sclaw.js";
import { hostileCells } from "./hostile-cells.js";

const table = { ok: true, table: { header: ["a", "b"], rows: [["1", "2"]] } };

describe("reading CSV", () => {
  it.each([
    ["semicolons", "a;b\r\n1;2\r\n"],
    ["tabs", "a\tb\n1\t2\n"],
    ["commas", '"a","b"\n1,2'],
    ["a byte order mark", "\ufeffa,b\n1,2\n"],
    ["a byte order mark before quotes", '\ufeff"a";"b"\r\n"1";"2"\r\n'],
    ["blank rows and columns", "a,b\n\n1,2\n,\n"],
    ["empty columns behind the last", "a,b,,\n1,2,,\n,,,\n"],
    ["blank lines before the header", "\n\r\na;b\n1;2\n"],
    ["old line ends", "a,b\r1,2\r"],
  ])("takes %s", (_what, text) => {
    expect(readCsv(text)).toEqual(table);
  });

  it.each([
    ["\r\n", "\n"],
    ["\n", "\r\n"],
    ["\n", "\r"],
    ["\r", "\r\n"],
  ])("merges no rows where line ends differ: %j, then %j", (first, then) => {
    for (const quote of ["", '"']) {
      const line = (a: string, b: string) => `${quote}${a}${quote},${quote}${b}${quote}`;
      const text = `${line("a", "b")}${first}${line("1", "2")}${then}${line("3", "4")}${then}`;
      expect(readCsv(text)).toEqual({
        ok: true,
        table: {
          header: ["a", "b"],
          rows: [
            ["1", "2"],
            ["3", "4"],
          ],
        },
      });
    }
  });

  it("keeps rows that are shorter or longer than the header, empty cells before others, line ends in quotes", () => {
    expect(readCsv('a,b,c\n1\n1,2,3,,5\n,,"x\ny"\n')).toEqual({
      ok: true,
      table: { header: ["a", "b", "c"], rows: [["1"], ["1", "2", "3", "", "5"], ["", "", "x\ny"]] },
    });
  });

  it("tells separators by what stands outside quotes", () => {
    expect(readCsv('"a;x;y",b\n1,2\n')).toMatchObject({ ok: true, table: { header: ["a;x;y", "b"] } });
    expect(readCsv('"a,\n,x";b\n1;2\n')).toMatchObject({ ok: true, table: { header: ["a,\n,x", "b"] } });
    expect(readCsv("a,x;b;c\n1;2;3\n")).toMatchObject({ ok: true, table: { header: ["a,x", "b", "c"] } });
  });

  it.each([",", ";", "\t"])("reads hostile cells behind %j as they were written", (delimiter) => {
    const cells = hostileCells.map((cell) => neutralizeCell(cell));
    const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
    const text = cells.map((cell) => ["x", quoted(cell), "x"].join(delimiter)).join("\n");
    expect(readCsv(`a${delimiter}b${delimiter}c\n${text}`)).toEqual({
      ok: true,
      table: { header: ["a", "b", "c"], rows: cells.map((cell) => ["x", cell, "x"]) },
    });
  });

  const wide = 1001;
  it.each([
    ["nothing", "", /^expected a header line/],
    ["only a byte order mark", "\ufeff", /^expected a header line/],
    ["an open quote", 'a,b\n"1,2\n', /^line 2: expected the end of a quoted cell/],
    ["an open quote in a later row", 'a\r\n1\r\n"2', /^line 3: expected the end of a quoted cell/],
    ["text behind a quoted cell", 'a,b\n1,"2"z\n', /^line 2: expected a separator or a line end/],
    ["a quote inside a cell", 'a,b\n1"x"y,2\n', /^line 2: expected quotes around a whole cell/],
    ["too many columns", `${"a,".repeat(wide)}a\n`, /^expected at most 1000 columns, found 1002$/],
    [
      "too many columns in a row",
      `a\n${"1,".repeat(wide)}1\n`,
      /^expected at most 1000 columns, found 1002$/,
    ],
    [
      "an endless row",
      `a\n"${"x".repeat(5 * 1024 * 1024)}"\n`,
      /^line 2: expected a row of at most 4194304 b/,
    ],
    ["too many rows", `a\n${"1\n".repeat(1_000_001)}`, /^expected at most 1000000 rows, found more$/],
    ["too long a text", "x".repeat(64 * 1024 * 1024 + 1), /^expected at most 67108864 characters$/],
  ])("refuses %s and says why", (_what, text, reason) => {
    expect(readCsv(text)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  it("repeats nothing of a hostile text in its reasons", () => {
    for (const cell of hostileCells) {
      for (const text of [`a\n${cell}"x`, `a\n"${cell.replaceAll('"', "")}"\u001b`, `"${cell}`]) {
        const read = readCsv(text);
        if (!read.ok) expect(read.reason).toMatch(/^(line \d+: )?expected [ -~]{1,120}$/);
      }
    }
  });

  it("takes a million rows", () => {
    const read = readCsv(`a,b\n${"1,2\n".repeat(1_000_000)}`);
    expect(read.ok && read.table.rows.length).toBe(1_000_000);
  });
});

it("papers are written and read without Node", async () => {
  const bundle = await build({
    stdin: {
      contents: `
        import { CsvWriter, readCell } from "./src/report/csv.js";
        import { markdownTable } from "./src/report/markdown.js";
        import { readCsv } from "./src/report/read-csv.js";
        const csv = new CsvWriter().rows([["a", "é"], ["1", "=1\\u{1f600}"]]);
        const { table } = readCsv("\\ufeff" + csv);
        answer = JSON.stringify([csv, table.rows.map((row) => row.map(readCell)), markdownTable(table.header, table.rows)]);`,
      resolveDir: root,
    },
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    target: "es2022",
    tsconfigRaw: "{}",
  });
  // What every browser has; no Buffer, process, require or global.
  const context = { TextEncoder, TextDecoder, Uint8Array, answer: "" };
  runInNewContext(bundle.outputFiles[0]!.text, context);
  expect(JSON.parse(context.answer)).toEqual([
    '"a","é"\r\n"1","\'=1\u{1f600}"\r\n',
    [["1", "=1\u{1f600}"]],
    "| a | é |\n| --- | --- |\n| 1 | '=1\u{1f600} |\n",
  ]);
});
