import { sha256 } from "../io/load-inputs.js";
import { readSmallFile } from "../io/read-file.js";
import { readPaperFile } from "../io/read-paper-file.js";
import { upperLimit } from "../statistics/limit.js";
import { conclusionsOf } from "../workpaper/conclusions.js";
import type { TakenSample } from "../workpaper/report-paper.js";
import type { EvidenceOptions } from "./evidence-options.js";
import { repeatSample } from "./sample-check.js";

/**
 * Takes a completed workpaper in: its sample is drawn again from the ledger, its conclusions
 * are read, and evaluated where all of them are there. Throws a refusal where it is none.
 */
export async function takeSample(
  path: string,
  ledgers: readonly string[],
  options: EvidenceOptions,
  spooled: string | undefined,
  confidenceBp: number,
): Promise<TakenSample> {
  const file = readPaperFile(path);
  const { check, evidence, repeated } = await repeatSample(file, ledgers, options, spooled);
  const conclusions = conclusionsOf(file);
  const { items, open, unread, notReplaced, deviations } = conclusions;
  const isComplete =
    repeated.population.integrity === "verified" &&
    check.differences.length === 0 &&
    items > 0 &&
    open === 0 &&
    unread.length === 0 &&
    notReplaced.length === 0;
  const result = { n: items, deviations, confidenceBp, population: evidence.population.count };
  return {
    file: path,
    sha256: sha256(readSmallFile(path, "workpaper")),
    check,
    population: repeated.population,
    seed: repeated.seed,
    stratify: repeated.rule.stratify,
    conclusions,
    evaluation: isComplete ? { result, limit: upperLimit(result) } : undefined,
  };
}
