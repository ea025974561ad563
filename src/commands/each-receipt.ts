import { Command, Option } from "@commander-js/extra-typings";
import type { Verification } from "../ledger/verification.js";
import type { Item } from "../population/item.js";
import { gatherEvidence, noInputs, refuseUnverified } from "./evidence.js";
import {
  addFilterOptions,
  addLedgerOptions,
  addUnverifiedOption,
  type EvidenceOptions,
  filterOf,
} from "./evidence-options.js";
import { commandGiven } from "./quoted.js";
import type { SetExitCode } from "./run.js";

/** What commands that decide a ledger's receipts take besides their policies. */
export interface EachReceiptOptions extends Omit<EvidenceOptions, "policy"> {
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
  return command.addOption(
    new Option("--format <format>", "how to print it")
      .choices(["table", "json"] as const)
      .default("table" as const),
  ) as unknown as Command;
}

/**
 * Verifies a ledger and gives each receipt that the options select to `add`, in one pass.
 * Returns the verdict, or undefined where nothing may be made of it, which was said.
 */
export async function eachReceipt(
  ledgers: readonly string[],
  options: Omit<EvidenceOptions, "policy">,
  setExitCode: SetExitCode,
  add: (item: Item) => void,
): Promise<Verification | undefined> {
  const { verification } = await gatherEvidence({
    ledgers,
    options,
    rule: { unit: "receipt", filter: filterOf(options) },
    inputs: noInputs,
    command: commandGiven(process.argv),
    onItem: (item, selected) => {
      if (selected) add(item);
    },
  });
  return refuseUnverified(verification, options, setExitCode) ? undefined : verification;
}
