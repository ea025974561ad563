import { Command, Option } from "@commander-js/extra-typings";
import { engine } from "#engine";
import { formatDigest } from "../bytes/digest.js";
import { now } from "../io/clock.js";
import { requireBundle } from "../io/load-bundle.js";
import { writeOut } from "../io/output.js";
import { readJsonFile } from "../io/read-json.js";
import { CannotDo } from "../io/refusal.js";
import { outputPage } from "../io/terminal.js";
import { canonicalBytes } from "../json/canonical.js";
import type { Json } from "../json/json.js";
import { decodeShape, type Shaped } from "../json/shape.js";
import type { Time } from "../json/time.js";
import type { PolicyBundle } from "../policy/bundle.js";
import { casesShape } from "../policy/case.js";
import { decide } from "../policy/decide.js";
import { runCases } from "../policy/run-cases.js";
import type { Decision } from "../receipt/receipt.js";
import { renderCases, renderCasesJson, renderCasesJunit } from "../report/cases-text.js";
import { renderDecision, renderDecisionJson } from "../report/decision-text.js";
import { exitCodes } from "./exit-codes.js";
import { locatePolicy, timeOption } from "./policy-options.js";
import type { SetExitCode } from "./run.js";

/** A decision as an exit code (docs/commands.md): what a script branches on. */
const decisionCodes: { readonly [D in Decision]: number } = {
  allow: 0,
  deny: 10,
  escalate: 11,
  approval: 12,
};

export type CasesFormat = "table" | "json" | "junit";

/** `sclaw decide`: what a policy would decide, without executing anything. */
export function decideCommand(setExitCode: SetExitCode): Command {
  return new Command("decide")
    .summary("decide an intent by a policy, as a dry run")
    .description(
      "Decide an intent by a policy bundle, as a dry run: the decision, its rules, tier, obligations and facts. Exits with 0 for allow, 10 deny, 11 escalate, 12 approval.",
    )
    .option("--policy <folder>", "the policy bundle (default: sclaw.json, the folder policy)")
    .option("--intent <file>", "the intent, as JSON; - is standard input")
    .option("--cases <file>", "decide many intents, each with what is expected; exits with 0 or 1")
    .option("--at <time>", "when it is decided, in UTC (default: now)", timeOption)
    .addOption(
      new Option("--format <format>", "how to print it; junit is for --cases")
        .choices(["table", "json", "junit"] as const)
        .default("table" as const),
    )
    .action(({ policy, intent, cases, at, format }) => {
      if ((intent === undefined) === (cases === undefined))
        throw new CannotDo(
          "expected either --intent or --cases, found both or none",
          "for example: sclaw decide --intent intent.json",
        );
      if (cases !== undefined && at !== undefined)
        throw new CannotDo("expected no --at beside --cases: each case has its own");
      const bundle = requireBundle(locatePolicy(policy), "few");
      if (cases !== undefined) decideCases(bundle, cases, format, setExitCode);
      else if (format === "junit")
        throw new CannotDo("expected --format table or json for one intent, found junit");
      else decideOne(bundle, intent!, at ?? now(), format, setExitCode);
    }) as unknown as Command;
}

function decideOne(
  bundle: PolicyBundle,
  file: string,
  at: Time,
  format: "table" | "json",
  setExitCode: SetExitCode,
): void {
  const value = readIntent(file);
  const decided = decide(bundle, value, at);
  setExitCode(decisionCodes[decided.decision]);
  const irHash = formatDigest(engine.sha3_256(canonicalBytes(value)));
  const paper = { decided, at, irHash, policy: { version: bundle.info.version, hash: bundle.hash } };
  writeOut(format === "json" ? renderDecisionJson(paper) : renderDecision(paper, outputPage()));
}

/** The intent as it stands: whether it is one, the policy's own first step says. */
export function readIntent(file: string): Json {
  return readJsonFile(file, "intent", (json): Shaped<Json> => ({ ok: true, value: json })).value;
}

function decideCases(
  bundle: PolicyBundle,
  file: string,
  format: CasesFormat,
  setExitCode: SetExitCode,
): void {
  const { value } = readJsonFile(file, "file of cases", (json) => decodeShape(casesShape, json));
  giveCases(bundle, value.cases, format, setExitCode);
}

/** Runs cases and prints their results; exits with 1 where one is decided otherwise than expected. */
export function giveCases(
  bundle: PolicyBundle,
  cases: PolicyBundle["cases"],
  format: CasesFormat,
  setExitCode: SetExitCode,
): void {
  const results = runCases(bundle, cases);
  const paper = { policy: { version: bundle.info.version, hash: bundle.hash }, results };
  if (results.some(({ differences }) => differences.length > 0)) setExitCode(exitCodes.findings);
  const render = {
    table: () => renderCases(paper, outputPage()),
    json: () => renderCasesJson(paper),
    junit: () => renderCasesJunit(paper),
  };
  writeOut(render[format]());
}
