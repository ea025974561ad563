import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, it } from "vitest";
import { installPacked } from "../support/packed.js";
import { bin, corpusKeys, inFolder, ledgerOf, root } from "../support/sclaw.js";
import { docsPath } from "./support/pages.js";

/** Runs a trial in the folder `work` with this command as `sclaw` on the path. */
function trial(command: string, folder: string, [script, ...args]: readonly string[]) {
  const tools = join(folder, "tools");
  const work = join(folder, "work");
  mkdirSync(tools);
  mkdirSync(work);
  writeFileSync(join(tools, "sclaw"), `#!/bin/sh\nexec "${process.execPath}" "${command}" "$@"\n`);
  chmodSync(join(tools, "sclaw"), 0o755);
  return spawnSync("sh", [docsPath(`trials/${script}`), ...args], {
    cwd: work,
    encoding: "utf8",
    env: { ...process.env, PATH: `${tools}${delimiter}${process.env["PATH"]}` },
  });
}

it("an examiner's day ends with a report and its conclusions", () => {
  inFolder((folder) => {
    const work = join(folder, "work");
    const run = trial(bin, folder, ["examiner.sh", ledgerOf("valid-standard"), corpusKeys]);
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

it("an engineer's day, from a packed install, ends with a change of policy that is refused", () => {
  inFolder((folder) => {
    const installed = installPacked(folder);
    const fixtures = (path: string) => join(root, "fixtures", path);
    const run = trial(join(installed, "bin/sclaw.js"), folder, [
      "engineer.sh",
      fixtures("good/platform.jsonl"),
      fixtures("keys.json"),
      fixtures("policies/platform"),
      fixtures("policies/platform-next"),
    ]);
    expect(run.stdout).not.toContain("expected exit");
    expect(run.status).toBe(0);
    const three = [
      /policy\.cedar:12:1: expected @id with the rule's name, found none/,
      /policy\.cedar:28:34: .*`facts\.rowz` .* not found\n {2}did you mean `rows`\?/,
      /policy\.cedar:36:1: expected one unless \{ context\.satisfied\.contains\("1:on-call"\) \}, found none/,
      /^3 problems$/m,
    ];
    for (const mistake of three) expect(run.stdout).toMatch(mistake);
    expect(run.stdout).toContain("ESCALATE at T2_ELEVATED");
    expect(run.stdout).toContain("1 of 14 cases decided otherwise than expected");
    expect(run.stdout).toContain("NO DIFFERENCE in 10 receipts decided again");
    expect(run.stdout).toContain("deny -> allow (weaker): 1 decision");
    expect(readFileSync(join(folder, "work/tests.xml"), "utf8")).toContain('tests="14" failures="0"');
  });
});

it("a coding agent's hook, from a packed install, denies a command, and its ledger verifies", () => {
  inFolder((folder) => {
    const installed = installPacked(folder);
    const policy = join(root, "fixtures/policies/coding-agent");
    const run = trial(join(installed, "bin/sclaw.js"), folder, ["hook.sh", policy]);
    expect(run.stdout).not.toContain("expected exit");
    expect(run.status).toBe(0);
    for (const said of [
      "PreToolUse: added",
      '"permissionDecision":"deny"',
      "denied by C-003: commands that destroy are for people",
      "held by C-020: what leaves the machine needs a maintainer",
      "VERIFIED (level L0",
      "outcomes     executed 3, failed 0, not_executed 4, unknown 0",
      "NO DIFFERENCE in 7 receipts decided again",
    ])
      expect(run.stdout).toContain(said);
    expect(run.stderr).toContain("a call ran which no permit awaits");
    expect(run.stderr).toContain("cannot read the gate configuration");
  });
});

it("a gate in front of an MCP server, from a packed install, holds a call for two people", () => {
  inFolder((folder) => {
    const installed = installPacked(folder);
    const run = trial(join(installed, "bin/sclaw.js"), folder, ["gate.sh", join(installed, "example")]);
    expect(run.stderr).not.toContain("expected");
    expect(run.status).toBe(0);
    for (const said of [
      "wrote plan",
      "denied (T2_ELEVATED, by default-deny): no policy permits it",
      "denied (T2_ELEVATED, by N-010): agents work for their own tenant only",
      "not run, waits for people's signatures (T2_ELEVATED, by N-020)",
      "published plan",
      "VERIFIED (level L0",
      "outcomes     executed 3, failed 0, not_executed 4, unknown 0",
      "NO DIFFERENCE in 7 receipts decided again",
    ])
      expect(run.stdout).toContain(said);
    // Two looks into the server's folder: only the second finds the note published.
    expect(run.stdout.match(/^tenant-acme-prod--plan\.txt$/gm)).toHaveLength(2);
    expect(run.stdout.match(/^tenant-acme-prod--plan\.txt\.public$/gm)).toHaveLength(1);
  });
});

it("parts of a ledger come to the verdict of the whole, by xargs", () => {
  inFolder((folder) => {
    const run = trial(bin, folder, ["parts.sh", ledgerOf("valid-standard"), corpusKeys, "3"]);
    expect(run.stderr).toBe("");
    expect(run.stdout).toBe("3 parts come to the verdict of the whole\n");
    expect(run.status).toBe(0);
  });
});
