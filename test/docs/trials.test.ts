import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, it } from "vitest";
import { bin, corpusKeys, inFolder, ledgerOf } from "../support/sclaw.js";
import { docsPath } from "./support/pages.js";

it("an examiner's day ends with a report and its conclusions", () => {
  inFolder((folder) => {
    const tools = join(folder, "tools");
    const work = join(folder, "work");
    mkdirSync(tools);
    mkdirSync(work);
    writeFileSync(join(tools, "sclaw"), `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`);
    chmodSync(join(tools, "sclaw"), 0o755);
    const run = spawnSync("sh", [docsPath("trials/examiner.sh"), ledgerOf("valid-standard"), corpusKeys], {
      cwd: work,
      encoding: "utf8",
      env: { ...process.env, PATH: `${tools}${delimiter}${process.env["PATH"]}` },
    });
    expect(run.stderr).not.toContain("sclaw: expected");
    expect(run.status).toBe(0);
    expect(run.stdout).toContain("VERIFIED");
    expect(run.stdout).toContain("REPEATED: 9 items drawn again, all as the paper has them");
    expect(run.stdout.match(/ holds$/gm)).toHaveLength(9);
    expect(readdirSync(work).sort()).toEqual(
      ["checkpoint.note", "proofs", "report.csv", "report.md", "sample.csv", "sample.json"].sort(),
    );
    const report = readFileSync(join(work, "report.md"), "utf8");
    expect(report).toContain("1 deviation in 9 items: the rate of deviation in the population is at most");
    expect(report).toContain("8 agree, 0 deviate, 1 cannot be tested");
    expect(report).toContain("J. Doe");
  });
});
