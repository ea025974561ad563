import { Command, Option } from "@commander-js/extra-typings";
import { engine } from "#engine";
import { now } from "../io/clock.js";
import { loadBundle, readBundleFiles, requireBundle } from "../io/load-bundle.js";
import { loadTrust } from "../io/load-trust.js";
import { locateKeys } from "../io/locate.js";
import { writeNote, writeOut } from "../io/output.js";
import { CannotDo } from "../io/refusal.js";
import { writeStarter } from "../io/starter.js";
import { outputPage } from "../io/terminal.js";
import { locateInJson } from "../json/locate.js";
import type { PolicyBundle } from "../policy/bundle.js";
import { checkAgainstTrust } from "../policy/check-trust.js";
import { requestOf, understand } from "../policy/decide.js";
import { diffBundles } from "../policy/diff.js";
import { policyHash } from "../policy/files.js";
import type { PolicyProblem } from "../policy/problem.js";
import { runCases } from "../policy/run-cases.js";
import { stockRequest } from "../policy/stock-request.js";
import { jsonText } from "../report/json-text.js";
import { count } from "../report/layout.js";
import { isSame, renderDiff, renderDiffJson } from "../report/policy-diff.js";
import { renderExplain, renderExplainJson, renderExplainMarkdown } from "../report/policy-explain.js";
import { renderProblems, renderProblemsJson } from "../report/policy-problems.js";
import { visible } from "../report/visible.js";
import { giveCases, readIntent } from "./decide.js";
import { exitCodes } from "./exit-codes.js";
import { locatePolicy, timeOption } from "./policy-options.js";
import { releaseCommand } from "./policy-release.js";
import { quoted } from "./quoted.js";
import type { SetExitCode } from "./run.js";

const folderWords = "the policy bundle (default: sclaw.json, the folder policy)";

/** `sclaw policy`: policy bundles, before they decide anything. */
export function policyCommand(setExitCode: SetExitCode): Command {
  return new Command("policy")
    .summary("write, check, test, explain and compare policy bundles")
    .description(
      "Write, check, test, explain and compare policy bundles: Cedar policies, a catalogue of operations, entities and tests.",
    )
    .addCommand(initCommand())
    .addCommand(checkCommand(setExitCode))
    .addCommand(testCommand(setExitCode))
    .addCommand(explainCommand())
    .addCommand(diffCommand())
    .addCommand(hashCommand())
    .addCommand(releaseCommand(setExitCode)) as unknown as Command;
}

function initCommand() {
  return new Command("init")
    .summary("make a bundle to start from")
    .description("Make a small policy bundle to start from, with comments and with tests that pass.")
    .argument("<folder>", "where to write it; it must not exist, or be empty")
    .action((folder) => {
      const files = writeStarter(folder);
      writeNote(`sclaw: ${count(files.length, "file")} written to ${visible(folder)}`);
      writeOut(`Next:\n  sclaw policy check ${quoted(folder)}\n  sclaw policy explain ${quoted(folder)}\n`);
    });
}

function checkCommand(setExitCode: SetExitCode) {
  return new Command("check")
    .summary("say everything that is wrong with a bundle")
    .description(
      "Check a policy bundle: its files, policies, schema, catalogue, entities and tests, and with --keys its obligations against the groups of a trust file. Says all problems at once, with file, line and column.",
    )
    .argument("[folder]", folderWords)
    .option("--keys <file>", "the trust file (default: SCLAW_KEYS, sclaw.json, keys.json)")
    .addOption(formatOption("table", "json"))
    .action((folder, { keys, format }) => {
      const where = locatePolicy(folder);
      const located = locateKeys(keys);
      const trust = located === undefined ? undefined : loadTrust(located, undefined);
      const result = loadBundle(where, "few");
      const problems: readonly PolicyProblem[] = result.ok
        ? [
            ...(trust === undefined ? [] : checkAgainstTrust(result.bundle, trust)),
            ...failingCases(result.bundle),
          ]
        : result.problems;
      const hash = result.ok ? result.bundle.hash : undefined;
      if (problems.length > 0) setExitCode(exitCodes.findings);
      if (format === "json") writeOut(renderProblemsJson(problems, hash));
      else if (problems.length > 0 || !result.ok) writeOut(renderProblems(where, problems, outputPage()));
      else {
        const { info, rules, cases } = result.bundle;
        const against =
          located === undefined
            ? "not held against a trust file (--keys)"
            : `held against the groups of ${visible(located.path)}`;
        writeOut(
          `${visible(info.version)}: no problem found\n\n  ${count(rules.length, "rule")}, ${count(cases.length, "case")}; ${against}\n  ${hash}\n`,
        );
      }
    });
}

/** Cases of a bundle's own tests that it decides otherwise, as problems of that file: where the expectation stands. */
function failingCases(bundle: PolicyBundle): readonly PolicyProblem[] {
  const source = bundle.sources.get("tests.json");
  if (source === undefined) return [];
  return runCases(bundle, bundle.cases).flatMap(({ case: one, differences }, i) =>
    differences.map(({ what, expected, actual }) =>
      source.problem(
        locateInJson(source.text, `/cases/${i}/${what}`),
        `${what} ${expected} in the case ${JSON.stringify(one.name)}`,
        actual,
      ),
    ),
  );
}

function testCommand(setExitCode: SetExitCode) {
  return new Command("test")
    .summary("run a bundle's own tests")
    .description(
      "Decide every case of a bundle's tests.json. Exits with 1 where one is decided otherwise than expected.",
    )
    .argument("[folder]", folderWords)
    .addOption(formatOption("table", "json", "junit"))
    .action((folder, { format }) => {
      const bundle = requireBundle(locatePolicy(folder), "few");
      if (bundle.cases.length === 0)
        throw new CannotDo(
          "expected a bundle with tests.json, found none",
          "docs/policy.md says how cases are written",
        );
      giveCases(bundle, bundle.cases, format, setExitCode);
    });
}

function explainCommand() {
  return new Command("explain")
    .summary("print a bundle as an auditor reads it")
    .description(
      "Print the rules of a policy bundle, what each does, when and why. With --request, print the exact Cedar request of an intent, for a stock Cedar engine to decide.",
    )
    .argument("[folder]", folderWords)
    .option("--request <file>", "the intent whose Cedar request is printed; - is standard input")
    .option("--at <time>", "when it is decided, in UTC (default: now)", timeOption)
    .addOption(formatOption("table", "md", "json"))
    .action((folder, { request, at, format }) => {
      const bundle = requireBundle(locatePolicy(folder), "few");
      if (request === undefined) {
        const render = {
          table: () => renderExplain(bundle, outputPage()),
          md: () => renderExplainMarkdown(bundle),
          json: () => renderExplainJson(bundle),
        };
        writeOut(render[format]());
        return;
      }
      const understood = understand(bundle, readIntent(request), at ?? now());
      if (!understood.ok)
        throw new CannotDo(
          `expected an intent that Cedar is asked about, found an invalid request: ${understood.decision.why.join("; ")}`,
        );
      writeOut(jsonText(stockRequest(requestOf(bundle, understood.question, []))));
    });
}

function diffCommand() {
  return new Command("diff")
    .summary("compare two bundles")
    .description(
      "Compare two policy bundles: files, rules, operations, and which cases of both bundles' tests are decided otherwise.",
    )
    .argument("<before>", "a policy bundle")
    .argument("<after>", "another")
    .addOption(formatOption("table", "json"))
    .action((before, after, { format }) => {
      const [a, b] = [before, after].map((folder) => ({
        bundle: requireBundle(folder, "few"),
        files: readBundleFiles(folder),
      })) as [Parameters<typeof diffBundles>[0], Parameters<typeof diffBundles>[0]];
      const named = ({ bundle }: typeof a) => ({ version: bundle.info.version, hash: bundle.hash });
      const paper = { before: named(a), after: named(b), diff: diffBundles(a, b) };
      writeOut(format === "json" ? renderDiffJson(paper) : renderDiff(paper, outputPage()));
      if (isSame(paper)) writeNote("sclaw: the two bundles are one policy");
    });
}

function hashCommand() {
  return new Command("hash")
    .summary("print a bundle's identity")
    .description(
      "Print the hash by which receipts name a policy bundle. It is of the files' bytes; the bundle is not checked.",
    )
    .argument("[folder]", folderWords)
    .action((folder) => {
      writeOut(`${policyHash(readBundleFiles(locatePolicy(folder)), engine.sha3_256)}\n`);
    });
}

function formatOption<const Formats extends readonly [string, ...string[]]>(...formats: Formats) {
  return new Option("--format <format>", "how to print it")
    .choices(formats)
    .default(formats[0] as Formats[number]);
}
