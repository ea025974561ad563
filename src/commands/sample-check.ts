import { Command, Option } from "@commander-js/extra-typings";
import { formatDigest } from "../bytes/digest.js";
import { loadInputs } from "../io/load-inputs.js";
import { writeOut } from "../io/output.js";
import { type PaperFile, readPaperFile } from "../io/read-paper-file.js";
import { CannotDo } from "../io/refusal.js";
import { outputPage } from "../io/terminal.js";
import { neutralizeCell, readCell } from "../report/csv.js";
import { renderPaperCheck, renderPaperCheckJson } from "../report/paper-check.js";
import { checkPaper, type PaperCheck } from "../workpaper/check-paper.js";
import type { SamplePaper } from "../workpaper/paper.js";
import { type PaperParameters, parametersOf } from "../workpaper/read-paper.js";
import { drawSample } from "./draw-sample.js";
import { type Evidence, spoolWhereNeeded } from "./evidence.js";
import { addInputOptions, addLedgerOptions, type EvidenceOptions } from "./evidence-options.js";
import { exitCodes } from "./exit-codes.js";
import { commandGiven } from "./quoted.js";
import type { SetExitCode } from "./run.js";

interface CheckOptions extends EvidenceOptions {
  readonly format: "table" | "json";
}

/** `sclaw sample check`: repeats a selection from its workpaper alone plus the export. */
export function sampleCheckCommand(setExitCode: SetExitCode): Command {
  const command = new Command("check")
    .summary("repeat a selection from its workpaper")
    .description(
      "Draw a sample again from its workpaper (CSV, also as a spreadsheet saved it, or JSON) and the export, and say what differs.",
    )
    .argument("<workpaper>", "the CSV or JSON that sclaw sample wrote")
    .argument("[ledger...]", "the export (default: sclaw.json, ledger.jsonl)") as unknown as Command;
  addLedgerOptions(command);
  addInputOptions(command);
  return command
    .addOption(
      new Option("--format <format>", "how to print the answer")
        .choices(["table", "json"] as const)
        .default("table" as const),
    )
    .action(async (...args: readonly unknown[]) => {
      const [path, ledgers, options] = args as [string, readonly string[], CheckOptions];
      const file = readPaperFile(path);
      const { evidence, check } = await repeatSample(
        file,
        ledgers,
        options,
        spoolWhereNeeded(ledgers, options.keys),
      );
      const { verification } = evidence;
      const good = verification.integrity === "verified" && check.differences.length === 0;
      setExitCode(
        verification.integrity === "undecided"
          ? exitCodes.couldNot
          : good
            ? exitCodes.good
            : exitCodes.findings,
      );
      const answer = { check, verification, path, tool: evidence.origin.tool };
      writeOut(
        options.format === "json" ? renderPaperCheckJson(answer) : renderPaperCheck(answer, outputPage()),
      );
    }) as unknown as Command;
}

/** A workpaper, the same sample drawn again, and what differs. */
export interface RepeatedSample {
  readonly parameters: PaperParameters;
  readonly evidence: Evidence;
  readonly repeated: SamplePaper;
  readonly check: PaperCheck;
}

/**
 * Draws the sample of a workpaper again, from the entries that the ledger had then. Throws a
 * refusal where the paper does not say how it was drawn.
 */
export async function repeatSample(
  file: PaperFile,
  ledgers: readonly string[],
  options: EvidenceOptions,
  spooled: string | undefined,
): Promise<RepeatedSample> {
  const read = parametersOf(file);
  if (!read.ok) {
    const reasons = read.problems.map(
      ({ column, expected, actual }) => `${column}: expected ${expected}, found ${actual}`,
    );
    throw new CannotDo(`the workpaper does not say how its sample was drawn: ${reasons.join("; ")}`);
  }
  const { parameters } = read;
  const inputs = loadInputs(options);
  const named = new Set(file.header.map((name) => name.split(" ")[0]));
  const controls = inputs.controls.filter(({ id }) => named.has(id));
  const { root, size, start, unit, filter } = parameters;
  const { evidence, paper: repeated } = await drawSample({
    ledgers,
    options: {
      ...options,
      ...(start > 0 ? { start } : {}),
      // The paper says that entries were withheld: it was drawn without them.
      ...(parameters.withheld > 0 ? { allowWithheld: true as const } : {}),
      unit,
    },
    rule: { unit, filter, at: { size, root: formatDigest(root) } },
    inputs,
    command: commandGiven(process.argv),
    spooled,
    given: { size, root },
    root,
    seed: { seed: parameters.seed, suppliedBy: parameters.seedSuppliedBy, beacon: parameters.beacon },
    selection: parameters.rule,
    controls,
    criteria: [],
  });
  const shown =
    file.format === "csv" ? (cell: string) => readCell(neutralizeCell(cell)) : (cell: string) => cell;
  return { parameters, evidence, repeated, check: checkPaper(file, repeated, shown) };
}
