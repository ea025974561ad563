import type { Command } from "@commander-js/extra-typings";
import { requireBundle } from "../io/load-bundle.js";
import { writeOut } from "../io/output.js";
import { outputPage } from "../io/terminal.js";
import { BacktestPass } from "../replay/backtest-pass.js";
import { Backtester } from "../replay/backtester.js";
import { renderBacktest, renderBacktestJson } from "../report/backtest-text.js";
import { type EachReceiptOptions, eachReceipt, eachReceiptCommand } from "./each-receipt.js";
import { exitCodes } from "./exit-codes.js";
import { locatePolicy } from "./policy-options.js";
import type { SetExitCode } from "./run.js";

type BacktestOptions = EachReceiptOptions & {
  readonly policy?: string | undefined;
  readonly failOnWeaker?: true | undefined;
};

/** `sclaw backtest`: what another policy would have decided of last month's record. */
export function backtestCommand(setExitCode: SetExitCode): Command {
  return eachReceiptCommand(
    "backtest",
    "what a new policy would have decided",
    "Decide every receipt of a ledger that verifies by another policy bundle, at the same time of the same intent, and say what changes: what gets weaker first, deny to allow before all.",
  )
    .option("--policy <folder>", "the new policy bundle (default: sclaw.json, the folder policy)")
    .option("--fail-on-weaker", "exit with 1 only where a decision gets weaker")
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
  const redecider = new Backtester(bundle);
  const redecided = { what: "backtest", bundles: [bundle], redecider } as const;
  const tested = await eachReceipt(ledgers, options, setExitCode, redecided, new BacktestPass(redecider));
  if (tested === undefined) return;
  const { verification, result } = tested;
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
