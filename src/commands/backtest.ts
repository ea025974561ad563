import { Command, Option } from "@commander-js/extra-typings";
import { requireBundle } from "../io/load-bundle.js";
import { writeOut } from "../io/output.js";
import { outputPage } from "../io/terminal.js";
import { BacktestPass } from "../replay/backtest-pass.js";
import { renderBacktest, renderBacktestJson } from "../report/backtest-text.js";
import { gatherEvidence, noInputs, refuseUnverified } from "./evidence.js";
import {
  addFilterOptions,
  addLedgerOptions,
  addUnverifiedOption,
  type EvidenceOptions,
  filterOf,
} from "./evidence-options.js";
import { exitCodes } from "./exit-codes.js";
import { locatePolicy } from "./policy-options.js";
import { commandGiven } from "./quoted.js";
import type { SetExitCode } from "./run.js";

type BacktestOptions = Omit<EvidenceOptions, "policy"> & {
  readonly policy?: string | undefined;
  readonly failOnWeaker?: true | undefined;
  readonly format: "table" | "json";
};

/** `sclaw backtest`: what another policy would have decided of last month's record. */
export function backtestCommand(setExitCode: SetExitCode): Command {
  const command = new Command("backtest")
    .summary("what a new policy would have decided")
    .description(
      "Decide every receipt of a ledger that verifies by another policy bundle, at the same time of the same intent, and say what changes: what gets weaker first, deny to allow before all.",
    )
    .argument("[ledger...]", "the export (default: sclaw.json, ledger.jsonl)") as unknown as Command;
  addLedgerOptions(command);
  addFilterOptions(command);
  addUnverifiedOption(command);
  return command
    .option("--policy <folder>", "the new policy bundle (default: sclaw.json, the folder policy)")
    .option("--fail-on-weaker", "exit with 1 only where a decision gets weaker")
    .addOption(
      new Option("--format <format>", "how to print it")
        .choices(["table", "json"] as const)
        .default("table" as const),
    )
    .action(async (...args: readonly unknown[]) => {
      const [ledgers, options] = args as [readonly string[], BacktestOptions];
      await backtest(ledgers, options, setExitCode);
    }) as unknown as Command;
}

async function backtest(
  ledgers: readonly string[],
  { policy, failOnWeaker, format, ...options }: BacktestOptions,
  setExitCode: SetExitCode,
): Promise<void> {
  const bundle = requireBundle(locatePolicy(policy), "many");
  const pass = new BacktestPass(bundle);
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
  const { weaker, changed } = result;
  if ((failOnWeaker ? weaker : changed) > 0) setExitCode(exitCodes.findings);
  const { ledger: name, size, level } = verification;
  const paper = {
    ledger: { name, size, level },
    policy: { version: bundle.info.version, hash: bundle.hash },
    result,
  };
  writeOut(format === "json" ? renderBacktestJson(paper) : renderBacktest(paper, outputPage()));
}
