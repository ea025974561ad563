import { Command, Option } from "@commander-js/extra-typings";
import { loadInputs } from "../io/load-inputs.js";
import { writeOut } from "../io/output.js";
import { renderPopulationCsv } from "../report/population-csv.js";
import { renderPopulationJson } from "../report/population-json.js";
import { renderPopulationMarkdown } from "../report/population-markdown.js";
import type { PopulationPaper } from "../workpaper/paper.js";
import { chooseControls, filterWithControl } from "./choose-controls.js";
import { gatherEvidence, refuseUnverified } from "./evidence.js";
import {
  addControlOptions,
  addFilterOptions,
  addLedgerOptions,
  addReconcileOptions,
  addUnverifiedOption,
  type EvidenceOptions,
  filterOf,
  unitOption,
} from "./evidence-options.js";
import { commandGiven } from "./quoted.js";
import type { SetExitCode } from "./run.js";

interface PopulationOptions extends EvidenceOptions {
  readonly format: "csv" | "md" | "json";
  readonly bom: boolean;
}

/** `sclaw population`: states a population before anything is drawn from it. */
export function populationCommand(setExitCode: SetExitCode): Command {
  const command = new Command("population")
    .summary("state a population: what it is, how many, from what")
    .description(
      "State a population of a ledger that verifies: its items by month, what its completeness rests on, and how it compares with an independent list.",
    )
    .argument("[ledger...]", "the export (default: sclaw.json, ledger.jsonl)") as unknown as Command;
  addLedgerOptions(command);
  addFilterOptions(command);
  addControlOptions(command);
  addReconcileOptions(command);
  addUnverifiedOption(command);
  return command
    .addOption(unitOption())
    .addOption(
      new Option("--format <format>", "how to print it")
        .choices(["csv", "md", "json"] as const)
        .default("md" as const),
    )
    .option("--no-bom", "no byte order mark before CSV")
    .action(async (...args: readonly unknown[]) => {
      const [ledgers, options] = args as [readonly string[], PopulationOptions];
      const inputs = loadInputs({});
      const { controls } = chooseControls(inputs.controls, options);
      const filter = filterWithControl(filterOf(options), options.control, controls);
      const evidence = await gatherEvidence({
        ledgers,
        options,
        rule: { unit: options.unit ?? "request", filter },
        inputs,
        command: commandGiven(process.argv),
      });
      if (refuseUnverified(evidence.verification, options, setExitCode)) return;
      writeOut(render(evidence, options));
    }) as unknown as Command;
}

function render(paper: PopulationPaper, { format, bom }: PopulationOptions): string {
  switch (format) {
    case "md":
      return renderPopulationMarkdown(paper);
    case "csv":
      return renderPopulationCsv(paper, bom);
    case "json":
      return renderPopulationJson(paper);
  }
}
