import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { approveCommand } from "../../src/commands/approve.js";
import { backtestCommand } from "../../src/commands/backtest.js";
import { decideCommand } from "../../src/commands/decide.js";
import { evaluateCommand } from "../../src/commands/evaluate.js";
import { hookCommand } from "../../src/commands/hook.js";
import { hookInstallCommand } from "../../src/commands/hook-install.js";
import { planCommand } from "../../src/commands/plan.js";
import { populationCommand } from "../../src/commands/population.js";
import { replayCommand } from "../../src/commands/replay.js";
import { reportCommand } from "../../src/commands/report.js";
import { sampleCommand } from "../../src/commands/sample.js";
import { sampleCheckCommand } from "../../src/commands/sample-check.js";
import { verifyCommand } from "../../src/commands/verify.js";
import { engine } from "../../src/io/engine-node.js";
import { readTrustFile } from "../../src/keys/trust-file.js";
import { verifyWith } from "../../src/ledger/verify.js";
import { renderVerificationJson } from "../../src/report/verification-json.js";
import { blockOf, docsPath } from "./support/pages.js";

const page = readFileSync(docsPath("commands.md"), "utf8");
const section = (heading: string) => {
  const start = page.indexOf(`\n${heading}\n`);
  const level = /^#+/.exec(heading)![0];
  const end = page.slice(start + 1).search(new RegExp(`\n#{2,${level.length}} `));
  return page.slice(start, end < 0 ? undefined : start + 1 + end);
};
const firstCells = (text: string) => [...text.matchAll(/^\| (`.*?`) \|/gm)].map((match) => match[1]!);

it("lists the options of verify, and no others", () => {
  const cells = firstCells(section("## verify").split("**The headline**")[0]!);
  const listed = cells.flatMap((cell) => cell.match(/--[a-z-]+/g) ?? []);
  const options = verifyCommand(() => {}).options.map((option) => option.long);
  expect(listed.sort()).toEqual(options.sort());
});

it.each([
  ["## population", populationCommand(() => {}), []],
  ["## sample", sampleCommand(() => {}), ["population"]],
  ["### sample check", sampleCheckCommand(() => {}), []],
  ["## plan", planCommand(() => {}), []],
  ["## evaluate", evaluateCommand(() => {}), []],
  ["## report", reportCommand(() => {}), ["population"]],
  ["## decide", decideCommand(() => {}), []],
  ["## replay", replayCommand(() => {}), ["population"]],
  ["## backtest", backtestCommand(() => {}), ["population"]],
  ["## hook", hookCommand(() => {}), []],
  ["### hook install", hookInstallCommand(), []],
] as const)("lists the options of %s, and no others", (heading, command, others) => {
  const listed = (text: string) =>
    firstCells(text.split("\n### ")[0]!).flatMap((cell) => cell.match(/--[a-z-]+/g) ?? []);
  const own = heading.startsWith("###")
    ? firstCells(section(heading)).flatMap((cell) => cell.match(/--[a-z-]+/g) ?? [])
    : listed(section(heading));
  const shared = others.flatMap((other) => listed(section(`## ${other}`)));
  const named = new Set([...own, ...shared]);
  if (heading === "## report") named.delete("--unit");
  if (heading === "## replay" || heading === "## backtest")
    for (const other of ["control", "criteria", "reconcile", "column", "unit", "no-bom"])
      named.delete(`--${other}`);
  expect([...named].sort()).toEqual(command.options.map((option) => option.long).sort());
});

it("lists the options of approve and its subcommands, and no others", () => {
  const command = approveCommand(() => {});
  const options = [command, ...command.commands].flatMap((each) => each.options.map((option) => option.long));
  const listed = firstCells(section("## approve")).flatMap((cell) => cell.match(/--[a-z-]+/g) ?? []);
  expect(listed.sort()).toEqual([...new Set(options)].sort());
});

it("lists the members of verify's JSON, and no others", async () => {
  const format = readFileSync(docsPath("format.md"), "utf8");
  const read = readTrustFile(Buffer.from(blockOf(format, "keys.json")), engine);
  if (!read.ok) throw new Error("expected the example's trust file");
  const bytes = Buffer.from(blockOf(format, "ledger.jsonl"));
  const verdict = await verifyWith(engine, [{ name: "ledger.jsonl", bytes }], { trust: read.trust });
  const fork = { size: 1, notes: ["a", "b"] as const };
  const whole = { ...verdict, integrity: "undecided", reason: "r", stopped: "s", fork } as typeof verdict;
  const text = renderVerificationJson(whole, {
    keysSource: "option",
    keysPath: "keys.json",
    keysFoundInFolder: false,
    sinceFoundInFolder: false,
  });
  const members = Object.keys(JSON.parse(text));
  const listed = firstCells(section("### JSON")).map((cell) => cell.replaceAll("`", ""));
  expect(listed).toEqual(members);
});
