import { Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { ControlEvaluation } from "../controls/evaluate.js";
import type { ControlResult } from "../controls/result.js";
import { loadInputs } from "../io/load-inputs.js";
import { writeBytesOut, writeNote } from "../io/output.js";
import { CannotDo } from "../io/refusal.js";
import { TemporaryText } from "../io/temporary-text.js";
import { writeWholeFileOf } from "../io/write-file.js";
import { RowsCsv, renderReportCsv } from "../report/report-csv.js";
import { renderReportJson } from "../report/report-json.js";
import { renderReportMarkdown } from "../report/report-markdown.js";
import { visible } from "../report/visible.js";
import type { ReportPaper } from "../workpaper/report-paper.js";
import { chooseControls } from "./choose-controls.js";
import { controlInputs, gatherEvidence, refuseUnverified, replayerOf, spoolWhereNeeded } from "./evidence.js";
import {
  addControlOptions,
  addFilterOptions,
  addInputOptions,
  addLedgerOptions,
  addReconcileOptions,
  addUnverifiedOption,
  type EvidenceOptions,
  filterOf,
} from "./evidence-options.js";
import { exitCodes } from "./exit-codes.js";
import { percentage } from "./options.js";
import { commandGiven } from "./quoted.js";
import type { SetExitCode } from "./run.js";
import { takeSample } from "./take-sample.js";
import { type PaperFormat, paperFormat } from "./write-sample.js";

interface ReportOptions extends EvidenceOptions {
  readonly sample?: string | undefined;
  readonly confidence: number;
  readonly rows?: true | undefined;
  readonly failOn?: "deviation" | undefined;
  readonly format?: PaperFormat | undefined;
  readonly out?: string | undefined;
  readonly bom: boolean;
}

/** `sclaw report`: controls against Trust Services Criteria, over the whole population. */
export function reportCommand(setExitCode: SetExitCode): Command {
  const command = new Command("report")
    .summary("report controls against Trust Services Criteria")
    .description(
      "Test controls over the whole population of a ledger that verifies, and report them by Trust Services Criteria. What was not evaluated is said to be so.",
    )
    .argument("[ledger...]", "the export (default: sclaw.json, ledger.jsonl)") as unknown as Command;
  addLedgerOptions(command);
  addFilterOptions(command);
  addControlOptions(command);
  addInputOptions(command);
  addReconcileOptions(command);
  addUnverifiedOption(command);
  return command
    .option("--sample <file>", "take a completed workpaper in, with the examiner's conclusions")
    .addOption(
      new Option("--confidence <percent>", "of the upper limit for that sample")
        .argParser(confidence)
        .default(9500, "95"),
    )
    .option("--rows", "one row for each receipt and attribute in place of the summary (CSV)")
    .addOption(
      new Option("--fail-on <severity>", "exit with 1 where a deviation was noted").choices([
        "deviation",
      ] as const),
    )
    .addOption(
      new Option("--format <format>", "how to print it (default: md, or as --out is named)").choices([
        "csv",
        "md",
        "json",
      ] as const),
    )
    .option("--out <file>", "write the report to a new file")
    .option("--no-bom", "no byte order mark before CSV")
    .action(async (...args: readonly unknown[]) => {
      const [ledgers, options] = args as [readonly string[], ReportOptions];
      await report(ledgers, options, setExitCode);
    }) as unknown as Command;
}

async function report(
  ledgers: readonly string[],
  options: ReportOptions,
  setExitCode: SetExitCode,
): Promise<void> {
  const format =
    options.rows && options.format === undefined && options.out === undefined ? "csv" : paperFormat(options);
  if (options.rows && format !== "csv")
    throw new CannotDo(`expected CSV for --rows, found ${format}`, "name it: --format csv");
  const inputs = loadInputs(options);
  const { controls, criteria } = chooseControls(inputs.controls, options);
  const spooled = options.sample === undefined ? undefined : spoolWhereNeeded(ledgers, options.keys);
  const rows = options.rows ? { csv: new RowsCsv(), text: new TemporaryText() } : undefined;
  const replayer = replayerOf(inputs, controls);
  const evaluation = new ControlEvaluation(
    controls,
    controlInputs(inputs, { ...options, unit: "request" }, replayer),
    (evaluated) => {
      rows?.text.add(rows.csv.item(evaluated));
    },
  );
  const evidence = await gatherEvidence({
    ledgers,
    options,
    rule: { unit: "request", filter: filterOf(options) },
    inputs,
    command: commandGiven(process.argv),
    spooled,
    observe: (observed) => evaluation.observe(observed),
    onItem: (item, selected) => evaluation.add(item, selected),
    redecided:
      replayer === undefined ? undefined : { what: "replay", bundles: inputs.policies, redecider: replayer },
  });
  const { verification, population, origin, reconciliation } = evidence;
  if (refuseUnverified(verification, options, setExitCode)) return;
  const results = evaluation.end(verification, population);
  const sample =
    options.sample === undefined
      ? undefined
      : await takeSample(options.sample, ledgers, options, spooled, options.confidence);
  const paper: ReportPaper = { origin, population, reconciliation, criteria, results, sample };
  if (mustFail(results, sample, options)) setExitCode(exitCodes.findings);
  const pieces =
    rows === undefined
      ? [Buffer.from(render(paper, format, options.bom))]
      : rowPieces(rows, paper, options.bom);
  give(pieces, options.out);
}

/** With `--fail-on deviation`, what the record shows and what the examiner concluded both count. */
function mustFail(
  results: readonly ControlResult[],
  sample: ReportPaper["sample"],
  { failOn }: ReportOptions,
): boolean {
  if (sample !== undefined && sample.check.differences.length > 0) return true;
  if (failOn === undefined) return false;
  return (
    results.some(({ outcome }) => outcome.kind === "deviations") || (sample?.conclusions.deviations ?? 0) > 0
  );
}

function render(paper: ReportPaper, format: PaperFormat, bom: boolean): string {
  switch (format) {
    case "csv":
      return renderReportCsv(paper, bom);
    case "md":
      return renderReportMarkdown(paper);
    case "json":
      return renderReportJson(paper);
  }
}

function* rowPieces(
  { csv, text }: { readonly csv: RowsCsv; readonly text: TemporaryText },
  paper: ReportPaper,
  bom: boolean,
): Generator<Uint8Array> {
  yield Buffer.from(csv.begin(paper, bom));
  yield* text.read();
  yield Buffer.from(csv.end(paper));
}

function give(pieces: Iterable<Uint8Array>, out: string | undefined): void {
  if (out === undefined) {
    for (const piece of pieces) writeBytesOut(piece);
    return;
  }
  writeWholeFileOf(out, pieces, { replace: false });
  writeNote(`sclaw: report written to ${visible(out)}`);
}

function confidence(text: string): number {
  const basisPoints = percentage(text);
  if (basisPoints <= 0 || basisPoints >= 10_000)
    throw new InvalidArgumentError("Expected a confidence above 0 and below 100 percent.");
  return basisPoints;
}
