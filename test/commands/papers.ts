import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { drawSample } from "../../src/commands/draw-sample.js";
import { controlInputs, type Evidence, gatherEvidence } from "../../src/commands/evidence.js";
import type { EvidenceOptions } from "../../src/commands/evidence-options.js";
import { builtInControls } from "../../src/controls/built-in.js";
import { criteria } from "../../src/controls/criteria.js";
import { ControlEvaluation, type EvaluatedItem } from "../../src/controls/evaluate.js";
import type { Registers } from "../../src/controls/registers.js";
import type { StratumKind } from "../../src/sampling/selection.js";
import type { SamplePaper } from "../../src/workpaper/paper.js";
import type { ReportPaper } from "../../src/workpaper/report-paper.js";
import { corpus, corpusKeys, ledgerOf } from "../support/sclaw.js";

export interface CorpusCase {
  readonly case: string;
  readonly args?: readonly string[];
  readonly must?: readonly string[];
}

export const cases: readonly CorpusCase[] = JSON.parse(readFileSync(join(corpus, "cases.json"), "utf8"));

/** What a case asks for, as the options of the evidence commands. */
export function optionsOfCase({ case: name, args = [] }: CorpusCase): EvidenceOptions {
  const own = join(corpus, name, "keys.json");
  const value = (option: string) => (args.includes(option) ? args[args.indexOf(option) + 1] : undefined);
  const since = value("--since");
  const start = value("--start");
  return {
    keys: existsSync(own) ? own : corpusKeys,
    since: since === undefined ? undefined : join(corpus, name, since),
    start: start === undefined ? undefined : Number(start),
    tenant: value("--tenant"),
    ...(args.includes("--allow-withheld") ? { allowWithheld: true as const } : {}),
    unverified: true,
  };
}

const inputs = {
  controls: builtInControls,
  registers: undefined,
  executions: undefined,
  policies: [],
  words: [],
};

/** The whole report of a ledger in memory, whether it verifies or not. */
export async function reportOf(
  ledger: string,
  options: EvidenceOptions,
  registers?: Registers,
): Promise<{ paper: ReportPaper; evidence: Evidence; rows: EvaluatedItem[] }> {
  const rows: EvaluatedItem[] = [];
  const given = controlInputs({ ...inputs, registers }, options, undefined);
  const evaluation = new ControlEvaluation(builtInControls, given, (row) => rows.push(row));
  const evidence = await gatherEvidence({
    ledgers: [ledger],
    options,
    rule: { unit: "request", filter: options.tenant === undefined ? {} : { tenant: [options.tenant] } },
    inputs,
    command: "sclaw report",
    observe: (observed) => evaluation.observe(observed),
    onItem: (item, selected) => evaluation.add(item, selected),
  });
  const { origin, population, reconciliation, verification } = evidence;
  const results = evaluation.end(verification, population);
  return {
    paper: { origin, population, reconciliation, criteria, results, sample: undefined },
    evidence,
    rows,
  };
}

/** A sample of a ledger in memory; undefined where its root cannot be computed. */
export async function sampleOf(
  ledger: string,
  options: EvidenceOptions,
  {
    n = 5,
    stratify,
    registers,
  }: { readonly n?: number; readonly stratify?: StratumKind; readonly registers?: Registers } = {},
): Promise<SamplePaper | undefined> {
  try {
    const { paper } = await drawSample({
      ledgers: [ledger],
      options,
      rule: { unit: "request", filter: {} },
      inputs: { ...inputs, registers },
      command: "sclaw sample --n 5",
      seed: { seed: "f85c342b0ccb0518d246e7db7e7686d3", suppliedBy: "supplied by a test", beacon: undefined },
      selection: { n, stratify, replacements: [] },
      controls: builtInControls,
      criteria,
    });
    return paper;
  } catch (error) {
    if (error instanceof Error && /root can be computed/.test(error.message)) return undefined;
    throw error;
  }
}

export { ledgerOf };
