import { Command, Option } from "@commander-js/extra-typings";
import { requireBundle } from "../io/load-bundle.js";
import { writeOut } from "../io/output.js";
import { CannotDo } from "../io/refusal.js";
import { outputPage } from "../io/terminal.js";
import { version } from "../io/version.js";
import { ReplayPass } from "../replay/replay-pass.js";
import { renderReplay, renderReplayJson } from "../report/replay-text.js";
import { gatherEvidence, noInputs, refuseUnverified } from "./evidence.js";
import {
  addFilterOptions,
  addLedgerOptions,
  addUnverifiedOption,
  type EvidenceOptions,
  filterOf,
} from "./evidence-options.js";
import { exitCodes } from "./exit-codes.js";
import { locatePolicies, repeated } from "./policy-options.js";
import { commandGiven } from "./quoted.js";
import type { SetExitCode } from "./run.js";

interface ReplayOptions extends EvidenceOptions {
  readonly policy?: readonly string[] | undefined;
  readonly format: "table" | "json";
}

/** `sclaw replay`: every decision of a ledger made again. */
export function replayCommand(setExitCode: SetExitCode): Command {
  const command = new Command("replay")
    .summary("decide every receipt of a ledger again")
    .description(
      "Decide every receipt of a ledger that verifies again: from its intent, at its time, under the policy bundle whose hash it names. Decision, tier, rules, facts and required signatures are compared. Exits with 1 where any differs.",
    )
    .argument("[ledger...]", "the export (default: sclaw.json, ledger.jsonl)") as unknown as Command;
  addLedgerOptions(command);
  addFilterOptions(command);
  addUnverifiedOption(command);
  return command
    .option(
      "--policy <folder>",
      "a policy bundle; may be repeated (default: sclaw.json, the folder policy)",
      repeated,
    )
    .addOption(
      new Option("--format <format>", "how to print it")
        .choices(["table", "json"] as const)
        .default("table" as const),
    )
    .action(async (...args: readonly unknown[]) => {
      const [ledgers, options] = args as [readonly string[], ReplayOptions];
      await replay(ledgers, options, setExitCode);
    }) as unknown as Command;
}

async function replay(
  ledgers: readonly string[],
  options: ReplayOptions,
  setExitCode: SetExitCode,
): Promise<void> {
  const bundles = locatePolicies(options.policy).map((folder) => requireBundle(folder, "many"));
  const pass = new ReplayPass(bundles);
  const { verification } = await gatherEvidence({
    ledgers,
    options,
    rule: { unit: "receipt", filter: filterOf(options) },
    inputs: noInputs,
    command: commandGiven(process.argv),
    onItem: (item, selected) => {
      if (selected) pass.add(item);
    },
  });
  if (refuseUnverified(verification, options, setExitCode)) return;
  const result = pass.end();
  if (result.receipts > 0 && result.unused.length === bundles.length) {
    const named = [...result.notEvaluated.keys()]
      .filter((reason) => reason.startsWith("the policy "))
      .slice(0, 3);
    throw new CannotDo(
      `expected a policy bundle that a receipt names, found ${bundles.map(({ hash }) => hash).join(", ")}: another policy`,
      `${named.join("; ")}; one changed byte makes another policy: ask for the bundle that was in force`,
    );
  }
  if (result.different > 0) setExitCode(exitCodes.findings);
  const policies = bundles.map(({ info, hash }) => ({ version: info.version, hash }));
  const paper = { verification, policies, result, tool: `sclaw ${version()}` };
  writeOut(options.format === "json" ? renderReplayJson(paper) : renderReplay(paper, outputPage()));
}
