import type { TakenSample } from "../workpaper/report-paper.js";
import { limitSentence } from "./evaluation-text.js";
import { count } from "./layout.js";
import type { Line } from "./population-lines.js";

/** What the examiner concluded of a sample, and what follows for the population. */
export function takenSampleLines({
  file,
  sha256,
  check,
  conclusions,
  evaluation,
}: TakenSample): readonly Line[] {
  const { items, replaced, open, counts, deviations, unread, notReplaced, testedBy } = conclusions;
  const lines: Line[] = [
    ["workpaper", `${file}, SHA-256 ${sha256}`],
    [
      "selection",
      check.differences.length === 0
        ? `drawn again from this ledger: ${count(check.rows, "item")}, all as the paper has them`
        : `DIFFERS from the sample drawn again: ${count(check.differences.length, "difference")} (sclaw sample check lists them)`,
    ],
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
      ? `not evaluated: ${unevaluated(open, unread.length, notReplaced.length, check.differences.length)}`
      : `${limitSentence(evaluation.result, evaluation.limit)}; ${deviations} of ${items} by the examiner's conclusions`,
  ]);
  return lines;
}

function unevaluated(open: number, unread: number, notReplaced: number, differences: number): string {
  const reasons = [
    ...(differences > 0 ? ["the sample is not the one that was drawn"] : []),
    ...(open > 0 ? [`${open} items without a conclusion`] : []),
    ...(unread > 0 ? [`${unread} conclusions that are not understood`] : []),
    ...(notReplaced > 0
      ? [`${notReplaced} items to which the procedure does not apply and which are not replaced`]
      : []),
  ];
  return reasons.join("; ") || "no item";
}
