import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { catalogue, type FindingKind } from "../../src/findings/catalogue.js";
import { docsPath } from "./support/pages.js";

const kinds: [string, FindingKind][] = Object.entries(catalogue);
const codes = kinds.map(([code]) => code);
const pages = readdirSync(docsPath("findings")).filter((name) => name !== "README.md");

describe("the pages of findings", () => {
  it("are one for each code of the catalogue", () => {
    expect([...pages].sort()).toEqual(codes.map((code) => `${code}.md`).sort());
  });

  it.each(kinds)(
    "%s: the page names code and severity, and says what the brief of a page is",
    (code, kind) => {
      const text = readFileSync(docsPath(`findings/${code}.md`), "utf8");
      const lines = text.split("\n");
      expect(lines[0]).toBe(`# \`${code}\``);
      const stated = lines.filter((line) => line.startsWith("Severity: "));
      expect(stated).toHaveLength(1);
      expect(stated[0]).toMatch(new RegExp(`^Severity: \\*\\*${kind.severity}\\*\\* · `));
      expect(stated[0]).toContain(` · ${kind.title} · `);
      expect(lines.filter((line) => line.startsWith("## "))).toEqual([
        "## What it means",
        "## How it comes about",
        "## How sure it is",
        "## What to do",
        "## Often confused with",
      ]);
    },
  );

  it("are all in the index, under their severity", () => {
    const index = readFileSync(docsPath("findings/README.md"), "utf8");
    const listed = index
      .split(/^## /m)
      .slice(1)
      .flatMap((section) => {
        const severity = section.slice(0, section.indexOf("\n")).toLowerCase();
        return [...section.matchAll(/^\| \[`([^`]+)`\]\(([^)]+)\) \| (.+) \|$/gm)].map(([, ...cells]) => [
          ...cells,
          severity,
        ]);
      });
    const expected = kinds.map(([code, kind]) => [code, `${code}.md`, kind.title, kind.severity]);
    expect(listed.sort()).toEqual(expected.sort());
  });

  it("are named by format.md only where they exist or are reserved there", () => {
    const format = readFileSync(docsPath("format.md"), "utf8");
    const named = new Set([...format.matchAll(/`\[([a-z]+\.[a-z-]+)\]`/g)].map((match) => match[1]!));
    expect([...named].filter((code) => !codes.includes(code))).toEqual([]);
    expect(codes.filter((code) => !named.has(code))).toEqual([]);
  });
});
