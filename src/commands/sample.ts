import { Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import type { Control } from "../controls/control.js";
import { loadInputs } from "../io/load-inputs.js";
import { writeNote } from "../io/output.js";
import { freshSeed } from "../io/random-seed.js";
import { CannotDo } from "../io/refusal.js";
import { isReceiptId } from "../receipt/identifiers.js";
import { visible } from "../report/visible.js";
import { mostBits, readBeacon, readSeed, seedBits, writeSeed } from "../sampling/seed.js";
import type { Replacement, StratumKind } from "../sampling/selection.js";
import type { PaperSeed } from "../workpaper/paper.js";
import { chooseControls, filterWithControl } from "./choose-controls.js";
import { drawSample } from "./draw-sample.js";
import { refuseUnverified, spoolWhereNeeded } from "./evidence.js";
import {
  addControlOptions,
  addFilterOptions,
  addInputOptions,
  addLedgerOptions,
  addReconcileOptions,
  addUnverifiedOption,
  type EvidenceOptions,
  filterOf,
  unitOption,
} from "./evidence-options.js";
import { wholeNumber } from "./options.js";
import { commandGiven } from "./quoted.js";
import type { SetExitCode } from "./run.js";
import { sampleCheckCommand } from "./sample-check.js";
import { writeProofs } from "./write-proofs.js";
import { type PaperFormat, paperFormat, writeSamplePaper } from "./write-sample.js";

interface SampleOptions extends EvidenceOptions {
  readonly n?: number | undefined;
  readonly seed?: string | undefined;
  readonly seedBy?: string | undefined;
  readonly beacon?: string | undefined;
  readonly stratify?: StratumKind | undefined;
  readonly replace?: readonly Replacement[] | undefined;
  readonly format?: PaperFormat | undefined;
  readonly out?: string | undefined;
  readonly bom: boolean;
  readonly proofs?: string | undefined;
}

/** More than any examination draws; the items of a sample are held in memory. */
const mostItems = 100_000;

/** `sclaw sample`: draws items so that nobody can steer which. */
export function sampleCommand(setExitCode: SetExitCode): Command {
  const command = new Command("sample")
    .summary("draw a sample that nobody could steer, or check one")
    .description(
      "Draw a sample of a ledger that verifies. Which items are drawn follows from the seed, the ledger's root and the receipt ids alone: anyone can draw it again, nobody can steer it.",
    )
    .argument("[ledger...]", "the export (default: sclaw.json, ledger.jsonl)") as unknown as Command;
  addLedgerOptions(command);
  addFilterOptions(command);
  addControlOptions(command);
  addInputOptions(command);
  addReconcileOptions(command);
  addUnverifiedOption(command);
  return command
    .addOption(unitOption())
    .option("--n <items>", "how many items", sampleSize)
    .option("--seed <seed>", "the examiner's seed of at least 128 bits (default: a fresh one)", printable)
    .option("--seed-by <who>", "who supplied the seed, for the paper", printable)
    .option("--beacon <value>", "a public randomness round that was announced beforehand", printable)
    .addOption(
      new Option("--stratify <by>", "draw from each stratum").choices([
        "tier",
        "decision",
        "tenant",
        "adapter",
      ] as const),
    )
    .option(
      "--replace <receipt=reason>",
      "replace an item to which the procedure does not apply by the next ticket; may be repeated",
      replacement,
    )
    .addOption(
      new Option("--format <format>", "how to print it (default: md, or as --out is named)").choices([
        "csv",
        "md",
        "json",
      ] as const),
    )
    .option("--out <file>", "write the workpaper to a new file; beside a .csv also the same as .json")
    .option("--no-bom", "no byte order mark before CSV")
    .option("--proofs <folder>", "write the inclusion proof of each item into a new folder")
    .action(async (...args: readonly unknown[]) => {
      const [ledgers, options] = args as [readonly string[], SampleOptions];
      await sample(ledgers, options, setExitCode);
    })
    .addCommand(sampleCheckCommand(setExitCode)) as unknown as Command;
}

async function sample(
  ledgers: readonly string[],
  options: SampleOptions,
  setExitCode: SetExitCode,
): Promise<void> {
  const { n } = options;
  if (n === undefined)
    throw new CannotDo(
      "expected how many items to draw, found no --n",
      "for example --n 25; sclaw plan computes a size",
    );
  const inputs = loadInputs(options);
  const { controls, criteria } = chooseControls(inputs.controls.filter(isOfItems), options);
  const filter = filterWithControl(filterOf(options), options.control, controls);
  if (options.replace !== undefined && options.seed === undefined)
    throw new CannotDo(
      "expected --seed beside --replace, found none",
      "replacing is drawing on with the same seed: name it",
    );
  const format = paperFormat(options);
  const seed = seedOf(options);
  const { evidence, paper, leaves } = await drawSample({
    ledgers,
    options,
    rule: { unit: options.unit ?? "request", filter },
    inputs,
    command: commandGiven(process.argv),
    spooled: spoolWhereNeeded(ledgers, options.keys),
    seed,
    selection: { n, stratify: options.stratify, replacements: options.replace ?? [] },
    controls,
    criteria,
    proofs: options.proofs !== undefined,
  });
  if (refuseUnverified(evidence.verification, options, setExitCode)) return;
  writeSamplePaper(paper, { format, out: options.out, bom: options.bom });
  if (options.proofs !== undefined && leaves !== undefined)
    writeProofs(options.proofs, paper.items, evidence.verification, leaves);
  if (options.seed === undefined)
    writeNote(
      `sclaw: drawn with a fresh seed; to draw the same again: ${visible(`${commandGiven(process.argv)} --seed ${writeSeed(seed.seed)}`)}`,
    );
  if (mostBits(seed.seed) < seedBits)
    writeNote(
      `sclaw: warning: this seed holds at most ${mostBits(seed.seed)} bits; below ${seedBits} somebody could have searched for one that suits`,
    );
}

/** Controls over the ledger as a whole have no mark for an item. */
function isOfItems({ population }: Control): boolean {
  return population.unit !== "ledger";
}

function seedOf({ seed, seedBy, beacon }: SampleOptions): PaperSeed {
  const read = seed === undefined ? freshSeed() : readSeed(seed);
  if (read === undefined) throw new CannotDo("expected a seed, found an empty one");
  const by = seedBy === undefined ? "by whoever gave the command" : `by ${seedBy}, as the command says`;
  const suppliedBy =
    seed === undefined ? "drawn by the tool from the system's random source" : `supplied ${by}`;
  const round = beacon === undefined ? undefined : readBeacon(beacon);
  if (beacon !== undefined && round === undefined)
    throw new CannotDo("expected a beacon, found an empty one");
  return { seed: read, suppliedBy, beacon: round };
}

function sampleSize(text: string): number {
  const n = wholeNumber(text);
  if (n < 1 || n > mostItems) throw new InvalidArgumentError(`Expected from 1 to ${mostItems} items.`);
  return n;
}

/** Seeds and names go into papers as they are: what no spreadsheet or terminal changes. */
function printable(text: string): string {
  if (/^[\x21-\x7e]([\x20-\x7e]{0,198}[\x21-\x7e])?$/.test(text)) return text;
  throw new InvalidArgumentError("Expected 1 to 200 printable ASCII characters, no blank at either end.");
}

function replacement(text: string, before: readonly Replacement[] | undefined): readonly Replacement[] {
  const at = text.indexOf("=");
  const [receiptId, reason] = [text.slice(0, at), text.slice(at + 1).trim()];
  if (at < 0 || !isReceiptId(receiptId) || reason === "")
    throw new InvalidArgumentError(
      "Expected a receipt id, = and the reason, for example rcpt_…=test account.",
    );
  return [...(before ?? []), { receiptId, reason }];
}
