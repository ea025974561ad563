import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { markdownTable, markdownText } from "../../src/report/markdown.js";
import { hostileCells } from "../report/hostile-cells.js";
import { needProgram } from "../support/system.js";

/** GitHub's own renderer, with every extension and with HTML on. */
function render(markdown: string): string {
  const program = needProgram("cmark-gfm", "cmark-gfm");
  const extensions = ["table", "autolink", "strikethrough", "tasklist", "tagfilter"].flatMap((name) => [
    "-e",
    name,
  ]);
  const run = spawnSync(program, ["--unsafe", ...extensions], {
    input: markdown,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout;
}

it("no hostile text becomes markup in GitHub's renderer", () => {
  const html = render(hostileCells.map((cell) => `${markdownText(cell)}\n`).join("\n"));
  expect(html.replaceAll(/<\/?(p|code)>/g, "")).not.toMatch(/<[a-z!/?]/i);
});

it("a table keeps its rows and columns in GitHub's renderer", () => {
  const html = render(
    markdownTable(
      ["a", "b", "c"],
      hostileCells.map((cell) => [cell, "between", cell]),
    ),
  );
  expect(html.match(/<tr>/g)).toHaveLength(hostileCells.length + 1);
  expect(html.match(/<td>/g)).toHaveLength(3 * hostileCells.length);
  expect(html.replaceAll(/<\/?(table|thead|tbody|tr|th|td|code)>/g, "")).not.toMatch(/<[a-z!/?]/i);
});
