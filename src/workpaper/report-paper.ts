import type { ControlResult } from "../controls/result.js";
import type { Population } from "../population/population.js";
import type { StratumKind } from "../sampling/selection.js";
import type { SampleResult, UpperLimit } from "../statistics/limit.js";
import type { PaperCheck } from "./check-paper.js";
import type { Conclusions } from "./conclusions.js";
import type { PaperSeed, PopulationPaper } from "./paper.js";

/** A completed workpaper that a report takes in. */
export interface TakenSample {
  readonly file: string;
  readonly sha256: string;
  /** What came of drawing its sample again. */
  readonly check: PaperCheck;
  /** What it was drawn from, which may be less than the report is about. */
  readonly population: Population;
  readonly seed: PaperSeed;
  readonly stratify: StratumKind | undefined;
  readonly conclusions: Conclusions;
  /** What the conclusions say of the population; undefined where they cannot say it yet. */
  readonly evaluation: { readonly result: SampleResult; readonly limit: UpperLimit } | undefined;
}

/** Controls over a whole population, by criteria, and what the examiner concluded of a sample. */
export interface ReportPaper extends PopulationPaper {
  /** The criteria that the report is about, in their order. */
  readonly criteria: readonly string[];
  readonly results: readonly ControlResult[];
  readonly sample: TakenSample | undefined;
}
