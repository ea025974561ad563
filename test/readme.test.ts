import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./support/sclaw.js";

test("the README's session is what the tool prints now", () => {
  const run = spawnSync(process.execPath, [join(root, "scripts/readme.mjs"), "--check"], {
    cwd: root,
    encoding: "utf8",
  });
  expect(run).toMatchObject({ status: 0, stderr: "" });
});

test("the README's blocks are closed, and name the two commands of the set-up", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const fences = readme.match(/^```\w*$/gm) ?? [];
  expect(fences.map((fence) => (fence === "```" ? "end" : "begin"))).toEqual(
    fences.map((_, i) => (i % 2 === 0 ? "begin" : "end")),
  );
  expect(readme).toMatch(/^npm ci && npm run demo\b/m);
  expect(readme).toMatch(/^npm ci && npm test\b/m);
});
