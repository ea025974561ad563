import { spawnSync } from "node:child_process";
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
