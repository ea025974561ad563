import { Command, Option } from "@commander-js/extra-typings";
import type { Verification } from "../ledger/verification.js";
import type { Item } from "../population/item.js";
import { gatherEvidence, noInputs, type Redecided, refuseUnverified } from "./evidence.js";
import {
  addFilterOptions,
  addLedgerOptions,
  addUnverifiedOption,
  type EvidenceOptions,
  filterOf,
} from "./evidence-options.js";
import { threadCount } from "./options.js";
import { commandGiven } from "./quoted.js";
import type { SetExitCode } from "./run.js";

/** What commands that decide a ledger's receipts take besides their policies. */
export interface EachReceiptOptions extends Omit<EvidenceOptions, "policy"> {
  readonly jobs?: number | undefined;
  readonly format: "table" | "json";
}

/** A command over a ledger, with the options that choose receipts and a format. */
export function eachReceiptCommand(name: string, summary: string, description: string): Command {
  const command = new Command(name)
    .summary(summary)
    .description(description)
    .argument("[ledger...]", "the export (default: sclaw.json, ledger.jsonl)") as unknown as Command;
  addLedgerOptions(command);
  addFilterOptions(command);
  addUnverifiedOption(command);
  command.option(
    "--jobs <n>",
    "threads that verify and decide; 0 for none (default: one for each core, at most 8, where there is much to do)",
    threadCount,
  );
  return command.addOption(
    new Option("--format <format>", "how to print it")
      .choices(["table", "json"] as const)
      .default("table" as const),
  ) as unknown as Command;
}

/** What is made of receipts that are decided again. */
export interface EachReceiptPass<R> {
  add(item: Item): void;
  end(): R;
}

/**
 * Verifies a ledger and gives each receipt that the options select to a pass. Returns the verdict and
 * what came of the pass, or undefined where nothing may be made of the ledger, which was said.
 */
export async function eachReceipt<R>(
  ledgers: readonly string[],
  { jobs, ...options }: Omit<EachReceiptOptions, "format">,
  setExitCode: SetExitCode,
  redecided: Redecided,
  pass: EachReceiptPass<R>,
): Promise<{ readonly verification: Verification; readonly result: R } | undefined> {
  const { verification } = await gatherEvidence({
    ledgers,
    options,
    rule: { unit: "receipt", filter: filterOf(options) },
    inputs: noInputs,
    command: commandGiven(process.argv),
    onItem: (item, selected) => {
      if (selected) pass.add(item);
    },
    redecided: { ...redecided, jobs },
  });
  if (refuseUnverified(verification, options, setExitCode)) return undefined;
  return { verification, result: pass.end() };
}
