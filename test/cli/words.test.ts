import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { statements } from "../../src/report/statements.js";
import { corpusKeys, inFolder, ledgerOf, root, sclaw, steering } from "../support/sclaw.js";

// Commands in every format, as they print. What verify, show, population, sample and report make of
// the whole corpus is looked at in memory: test/report/wording.test.ts, test/commands/corpus-papers.test.ts.

const claims =
  /\b(passed|passes|compliant|complies|certif\w+|effective|immutable|tamper-?proof|audit-?proof|guarantee\w*|attest\w*|satisfied)\b/i;
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** What a command says in its own words: the statement that denies those claims is left out. */
function ownWords(text: string): string {
  const denied = statements(`sclaw ${version}`)[1]!;
  return text.replaceAll(/\s+/g, " ").replaceAll(denied, "");
}

function expectModest(args: readonly string[], cwd: string): string {
  const run = sclaw(args, { cwd });
  const text = run.stdout + run.stderr;
  expect(text.trim(), args.join(" ")).not.toBe("");
  const seen = text.replace(/^\ufeff/, "").replaceAll("\r\n", "\n");
  const found = [steering.exec(seen), claims.exec(ownWords(text)), /\bundefined\b|\[object|NaN/.exec(text)];
  expect(found.map((match) => match?.[0]).filter(Boolean), args.join(" ")).toEqual([]);
  return run.stdout;
}

const next = join(root, "fixtures/policies/platform-next");
const table = ["table", "json"];
const paper = ["md", "csv", "json"];

const platform = join(root, "fixtures/good/platform.jsonl");
const keyed = ["--keys", join(root, "fixtures/keys.json")];

describe.each([
  ["one with deviations", ledgerOf("ctl-executed-after-deny"), corpusKeys],
  ["one that is not what was signed", ledgerOf("flip-decision"), corpusKeys],
])("of %s, no command claims too much", (_what, ledger, keys) => {
  it("a workpaper checked and taken in, a proof made and checked", () => {
    inFolder((cwd) => {
      const given = ["--keys", keys];
      expectModest(["sample", ledger, ...given, "--n", "3", "--unverified", "--out", "s.csv"], cwd);
      for (const format of table)
        expectModest(["sample", "check", "s.csv", ledger, ...given, "--format", format], cwd);
      for (const format of paper)
        expectModest(
          ["report", ledger, ...given, "--sample", "s.csv", "--unverified", "--format", format],
          cwd,
        );
      writeFileSync(join(cwd, "p.json"), expectModest(["prove", ledger, "1", ...given], cwd) || "{}");
      for (const format of table)
        expectModest(["prove", "check", "p.json", ...given, "--format", format], cwd);
    });
  });
});

const before = join(root, "fixtures/policies/platform");

it.each<[readonly string[], readonly string[]]>([
  [["plan", "--tolerable", "5"], table],
  [["plan", "--tolerable", "5", "--population", "4"], table],
  [["evaluate", "--n", "25", "--deviations", "1", "--tolerable", "10", "--extended-from", "20"], table],
  [["replay", platform, ...keyed, "--policy", next], table],
  [["backtest", platform, ...keyed, "--policy", next], table],
  [
    ["policy", "test", next],
    ["table", "json", "junit"],
  ],
  [
    ["policy", "explain", next],
    ["table", "md", "json"],
  ],
  [["policy", "check", next], []],
  [["policy", "diff", before, next], []],
  [["keys", "show", corpusKeys], table],
])("nor does %j", (command, formats) => {
  inFolder((cwd) => {
    if (formats.length === 0) expectModest(command, cwd);
    for (const format of formats) expectModest([...command, "--format", format], cwd);
  });
});

it("nor does any help", () => {
  const commands = [...sclaw(["help"]).stdout.matchAll(/^ {2}([a-z]+) {2}/gm)].map(([, name]) => name!);
  expect(commands).toContain("report");
  inFolder((cwd) => {
    for (const command of commands) expectModest([command, "--help"], cwd);
  });
});
