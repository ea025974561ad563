import { describeFilter } from "../population/filter.js";
import type { Population } from "../population/population.js";
import { writeBeacon, writeSeed } from "../sampling/seed.js";
import type { TakenSample } from "../workpaper/report-paper.js";
import { limitSentence } from "./evaluation-text.js";
import { count } from "./layout.js";
import type { Line } from "./population-lines.js";

/** What the examiner concluded of a sample, and what follows for the population. */
export function takenSampleLines(sample: TakenSample, reported: Population): readonly Line[] {
  const { file, sha256, check, conclusions, evaluation, stratify } = sample;
  const { items, replaced, open, counts, deviations, unread, notReplaced, testedBy } = conclusions;
  const lines: Line[] = [
    ["workpaper", `${file}, SHA-256 ${sha256}`],
    [
      "selection",
      check.differences.length === 0
        ? `drawn again from this ledger: ${count(check.rows, "item")}, all as the paper has them`
        : `DIFFERS from the sample drawn again: ${count(check.differences.length, "difference")} (sclaw sample check lists them)`,
    ],
    ["drawn from", drawnFrom(sample, reported)],
    ["drawn with", drawnWith(sample)],
    ["items", `${items}${replaced > 0 ? `, and ${replaced} replaced` : ""}`],
    [
      "concluded",
      `${counts.agrees} agree, ${counts.deviation} deviate, ${counts["cannot-be-tested"]} cannot be tested (counted as deviations), ${counts["does-not-apply"]} do not apply; ${open} open`,
    ],
    ["tested by", testedBy.join(", ") || "nobody named"],
  ];
  if (unread.length > 0)
    lines.push(["not understood", unread.map(({ receiptId, words }) => `${receiptId}: ${words}`).join("; ")]);
  if (notReplaced.length > 0)
    lines.push(["to be replaced", `${notReplaced.join(", ")} (sclaw sample --replace)`]);
  lines.push([
    "evaluation",
    evaluation === undefined
      ? `not evaluated: ${unevaluated(sample)}`
      : `${limitSentence(evaluation.result, evaluation.limit)}; ${deviations} of ${items} by the examiner's conclusions${stratify === undefined ? "" : strataNote}`,
  ]);
  return lines;
}

const strataNote =
  "; computed as for a sample that was not stratified, which is near where each stratum has its share, and counts a small stratum's items too much";

/** The population that the limit is about: a reader must not take it for the report's where it is another. */
function drawnFrom({ population }: TakenSample, reported: Population): string {
  const { count: many, unit, filter, filterHash, root, size } = population;
  const same = filterHash === reported.filterHash && root === reported.root && size === reported.size;
  const of = same ? "the population of this report" : "another population than this report's";
  return `${of}: ${count(many, unit)}, ${describeFilter(filter)} (${filterHash}), root ${root ?? "unknown"} at size ${size}`;
}

function drawnWith({ seed, stratify }: TakenSample): string {
  const beacon = seed.beacon === undefined ? "" : `, ${writeBeacon(seed.beacon)}`;
  const strata = stratify === undefined ? "" : `, stratified by ${stratify}`;
  return `${writeSeed(seed.seed)} (${seed.suppliedBy})${beacon}${strata}`;
}

function unevaluated({ conclusions, check, population }: TakenSample): string {
  const { open, unread, notReplaced } = conclusions;
  const reasons = [
    ...(population.integrity === "verified" ? [] : ["the ledger does not verify"]),
    ...(check.differences.length > 0 ? ["the sample is not the one that was drawn"] : []),
    ...(open > 0 ? [`${open} items without a conclusion`] : []),
    ...(unread.length > 0 ? [`${unread.length} conclusions that are not understood`] : []),
    ...(notReplaced.length > 0
      ? [`${notReplaced.length} items to which the procedure does not apply and which are not replaced`]
      : []),
  ];
  return reasons.join("; ") || "no item";
}
