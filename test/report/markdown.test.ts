import { HtmlRenderer, Parser } from "commonmark";
import fc from "fast-check";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { describe, expect, it } from "vitest";
import { markdownList, markdownTable, markdownText } from "../../src/report/markdown.js";
import { visible } from "../../src/report/visible.js";
import { hostileCells } from "./hostile-cells.js";

/** Real renderers, with HTML on: the worst place that a paper could be pasted into. */
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

/** What a reader sees: elements that only hold text are taken off, references resolved. */
function textOf(html: string): string {
  return html
    .replaceAll(/<\/?(p|h1|ul|li|code|strong|blockquote|table|thead|tbody|tr|th|td)>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .trim();
}

/** What it should be: white space is collapsed, what cannot be seen stands as escapes. */
function seen(cell: string): string {
  return visible(cell.replaceAll(/[\t\n\r ]+/g, " ")).trim();
}

/** What renderers link that look in decoded text between the elements (remark for all, cmark-gfm for mail). */
const linked = /https?:\/\/[-.\w]|\bwww\.[-.\w]|ftp:\/\/\w|[-.\w+]@[-\w]/i;

/** No element but those that only hold text, and no text that a later pass would link. */
function expectInert(html: string): void {
  expect(
    html.replaceAll(/<\/?(p|h1|ul|li|code|strong|blockquote|table|thead|tbody|tr|th|td)>/g, ""),
  ).not.toMatch(/<[a-z!/?]/i);
  expect(textOf(html.replaceAll(/<code>[^<]*<\/code>/g, "<p>\n</p>"))).not.toMatch(linked);
}

const named = hostileCells.map((cell) => [JSON.stringify(cell).slice(0, 60), cell] as const);

describe.each(Object.keys(renderers))("in %s", (name) => {
  const render = renderers[name]!;

  it.each(named)("%s is only text", (_name, cell) => {
    const html = render(`${markdownText(cell)}\n`);
    expectInert(html);
    expect(html).toMatch(seen(cell) === "" ? /^$/ : /^<p>.*<\/p>\n?$/s);
    expect(textOf(html)).toBe(seen(cell));
  });

  it.each(named)("%s is only text in a heading and in a marked quote", (_name, cell) => {
    const html = render(`# x ${markdownText(cell)}\n\n> **a ${markdownText(cell)}.**\n`);
    expectInert(html);
    expect(html).toMatch(/^<h1>.*<\/h1>\n<blockquote>\n<p><strong>.*<\/strong><\/p>\n<\/blockquote>\n?$/);
    expect(textOf(html).split("\n")[0]!.trim()).toBe(`x ${seen(cell)}`.trim());
  });

  it.each(named)("%s is only text in a list", (_name, cell) => {
    const html = render(markdownList([["label", cell]]));
    expectInert(html);
    expect(textOf(html)).toBe(`label: ${seen(cell)}`.trim());
  });
});

it("any text is only text, in both", () => {
  const parts = fc.constantFrom(
    ...hostileCells.filter((cell) => cell.length < 100),
    ..."\\`*_[]<>&|~^$#{}\"'@:.-+=!()/ \n\t".split(""),
    "www",
    "a",
    "1",
  );
  const texts = fc.array(parts, { maxLength: 6 }).map((all) => all.join(""));
  fc.assert(
    fc.property(fc.oneof(texts, fc.string({ unit: "binary" })), (cell) => {
      for (const render of Object.values(renderers)) {
        const html = render(`${markdownText(cell)}\n`);
        expectInert(html);
        expect(textOf(html).replaceAll(/\s+/g, " ")).toBe(seen(cell));
      }
    }),
    { numRuns: 2000 },
  );
});

it("a table keeps its rows and columns, whatever is in its cells", () => {
  const rows = hostileCells.map((cell) => [cell, "between", cell]);
  const html = renderers["gfm"]!(markdownTable(["a", "b", "c"], rows));
  expect(html.match(/<tr>/g)).toHaveLength(rows.length + 1);
  expect(html.match(/<td>/g)).toHaveLength(3 * rows.length);
  const cells = [...html.matchAll(/<td>([\s\S]*?)<\/td>/g)].map((match) => textOf(match[1]!));
  expect(cells).toEqual(rows.flatMap((row) => row.map(seen)));
  expectInert(html);
});

it("a table has as many cells in each line as the longest, so that none is left out", () => {
  expect(markdownTable(["a"], [["1", "2", "3"], []])).toBe(
    "| a |   |   |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n|   |   |   |\n",
  );
});

it("text takes time that grows with its length only", () => {
  // Quadratic time would take hours here, and end in the runner's timeout.
  for (const part of ["@", "www.", "://", "_", " ", "w", "a@", "`", "1", "1.", "*@"])
    expect(() => markdownText(part.repeat(200_000))).not.toThrow();
});

it("ordinary text can be read in the source", () => {
  expect(markdownText("19 requests; 0 left out: 2026-06-01T08:00:24.940Z (UTC)")).toBe(
    "19 requests; 0 left out: 2026-06-01T08:00:24.940Z (UTC)",
  );
  expect(markdownText("rcpt_01KT13DC8G447Q227048V9E7GV")).toBe("rcpt_01KT13DC8G447Q227048V9E7GV");
  expect(markdownText("user:alice@acme.example")).toBe("`user:alice@acme.example`");
  expect(markdownText("by a@acme.example, see https://acme.example/1?a=b")).toBe(
    "by `a@acme.example,` see `https://acme.example/1?a=b`",
  );
  // Where code would not show a word as it is, only what makes the link is code.
  expect(markdownText("<a@b> @@x!")).toBe("&#60;a`@`b&#62; `@@`x!");
});
