import { join } from "node:path";
import { HtmlRenderer, Parser } from "commonmark";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { describe, expect, it } from "vitest";
import { hostileTexts } from "../../fixtures/make/good.mjs";
import { neutralizeCell } from "../../src/report/csv.js";
import { renderPopulationMarkdown } from "../../src/report/population-markdown.js";
import { readCsv } from "../../src/report/read-csv.js";
import { RowsCsv, renderReportCsv } from "../../src/report/report-csv.js";
import { renderReportMarkdown } from "../../src/report/report-markdown.js";
import { renderSampleCsv } from "../../src/report/sample-csv.js";
import { renderSampleMarkdown } from "../../src/report/sample-markdown.js";
import { columnsOf } from "../../src/workpaper/columns.js";
import { root, steering } from "../support/sclaw.js";
import { reportOf, sampleOf } from "./papers.js";

// A signed ledger that verifies and has every hostile text in every field of a receipt.
const ledger = join(root, "fixtures/good/hostile.jsonl");
const options = { keys: join(root, "fixtures/keys.json") };
// Nobody is registered: each item deviates, and what was found instead is listed.
const registers = { format: "sclaw.registers/1", agents: [], adapters: [], tenants: [] } as const;
const { paper, rows } = await reportOf(ledger, options, registers);
const sample = (await sampleOf(ledger, options, { n: 100, stratify: "tenant" }))!;
const rowsCsv = new RowsCsv();

describe.each([
  ["sample", renderSampleCsv(sample, false)],
  ["report", renderReportCsv(paper, false)],
  ["rows", rowsCsv.begin(paper, false) + rows.map((row) => rowsCsv.item(row)).join("") + rowsCsv.end(paper)],
])("the CSV of a %s", (_name, text) => {
  const read = readCsv(text);
  if (!read.ok) throw new Error(read.reason);
  const table = [read.table.header, ...read.table.rows];

  it("has no line, cell or character too many", () => {
    expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    expect(text.replaceAll("\r\n", "\n")).not.toMatch(steering);
    expect(new Set(table.map((cells) => cells.length)).size).toBe(1);
  });

  it("has no cell that a spreadsheet calculates, however it splits the cells", () => {
    for (const cell of table.flat()) expect(cell).not.toMatch(/(?:^|[,;])["\s]*[=+\-@\u2212\uff1d]/);
  });
});

it("the report lists what it holds against the registers", () => {
  const listed = paper.results.find(({ control }) => control.id === "SC-LA-2")!;
  expect(listed.deviations.length).toBeGreaterThanOrEqual(Object.keys(hostileTexts).length);
});

it("every field of the sample's CSV is read back as the record has it, made harmless", () => {
  const read = readCsv(renderSampleCsv(sample, false));
  if (!read.ok) throw new Error(read.reason);
  const items = read.table.rows.filter(([kind]) => kind === "item");
  const columns = columnsOf(sample.controls);
  expect(items).toHaveLength(sample.items.length);
  expect(items.length).toBeGreaterThanOrEqual(Object.keys(hostileTexts).length);
  sample.items.forEach((item, i) => {
    const expected = columns.map(({ cell }) => neutralizeCell(cell(sample, item)));
    expect(items[i]!.slice(2)).toEqual(expected);
  });
});

/** Real renderers, with HTML on. */
const renderers: { readonly [name: string]: (markdown: string) => string } = {
  commonmark: (markdown) => new HtmlRenderer({ safe: false }).render(new Parser().parse(markdown)),
  gfm: (markdown) =>
    micromark(markdown, {
      allowDangerousHtml: true,
      allowDangerousProtocol: true,
      extensions: [gfm()],
      htmlExtensions: [gfmHtml()],
    }),
};

describe.each(Object.keys(renderers))("in %s", (name) => {
  it.each([
    ["sample", renderSampleMarkdown(sample)],
    ["report", renderReportMarkdown(paper)],
    ["population", renderPopulationMarkdown(paper)],
  ])("the Markdown of a %s has no element of the record's", (_name, text) => {
    expect(text).not.toMatch(steering);
    const html = renderers[name]!(text);
    const held = /<\/?(p|h1|h2|ul|li|code|strong|table|thead|tbody|tr|th|td)>/g;
    expect(html.replaceAll(held, "")).not.toMatch(/<[a-z!/?]/i);
    expect(html.match(/<h1>/g)).toHaveLength(1);
  });
});

it("the sample's table has one row an item in GFM", () => {
  const [, items] = renderers["gfm"]!(renderSampleMarkdown(sample)).split("<h2>Items</h2>");
  expect(items!.split("<h2>")[0]!.match(/<tr>/g)).toHaveLength(1 + sample.items.length);
});
