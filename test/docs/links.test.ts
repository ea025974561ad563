import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { allPages, docsPath } from "./support/pages.js";

const pages = allPages();
const read = (page: string) => readFileSync(docsPath(page), "utf8");

/** The page without its code, in which nothing is a link. */
const withoutCode = (text: string) =>
  text
    .replace(/^```[\s\S]*?^```$/gm, "")
    .replace(/^ {4}.*$/gm, "")
    .replace(/`[^`\n]*`/g, (code) => "x".repeat(code.length));

/** The anchors that GitHub makes of a page's headings. */
function anchorsOf(page: string): Set<string> {
  const headings = [...read(page).matchAll(/^#{1,6} (.+)$/gm)].map((match) => match[1]!);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\-_ ]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

const linksOf = (page: string) =>
  [...withoutCode(read(page)).matchAll(/\]\(([^)\s]*)\)/g)].map((match) => match[1]!);

/** Words that claim more than a verdict can; README.md explains them in one place. */
const words =
  /\b(?:complian(?:t|ce)|certif(?:y|ies|ied|ication)|passed|effective(?:ly|ness)?|immutab(?:le|ility)|(?:tamper|audit)[- ]?proof|guarantee[ds]?)\b/gi;

describe.each(pages)("docs/%s", (page) => {
  it("links to pages and headings that exist", () => {
    const broken = linksOf(page).filter((link) => {
      if (/^https?:/.test(link)) return false;
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? page : join(dirname(page), path);
      if (target.startsWith("..") || !existsSync(docsPath(target))) return true;
      return anchor !== undefined && !anchorsOf(relative(".", target)).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  it("names no path of any machine", () => {
    const found = read(page).match(
      /(?:^|[\s("'`])(?:\/(?:work|home|root|tmp|usr|Users|mnt|opt|var)\b|[A-Z]:\\|file:\/\/)[^\s]*/gm,
    );
    expect(found).toBeNull();
  });

  it("claims no more than a verdict can", () => {
    const text = read(page).replace(/<!-- words: begin -->[\s\S]*?<!-- words: end -->/, "");
    expect(text.match(words)).toBeNull();
  });
});

it("every page is reached from docs/README.md", () => {
  const reached = new Set(["README.md"]);
  for (const page of reached) {
    for (const link of linksOf(page)) {
      const path = link.split("#")[0]!;
      if (path.endsWith(".md") && !/^https?:/.test(link)) reached.add(join(dirname(page), path));
    }
  }
  expect(pages.filter((page) => !reached.has(page))).toEqual([]);
});
