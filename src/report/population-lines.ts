import { levels } from "../ledger/level.js";
import { describeFilter } from "../population/filter.js";
import type { Population } from "../population/population.js";
import type { Reconciliation } from "../population/reconcile.js";
import type { PopulationPaper } from "../workpaper/paper.js";
import { count } from "./layout.js";

/** A label and its text; the text is as it is in the record, not yet made harmless for any format. */
export type Line = readonly [label: string, text: string];

/** What marks every page of a paper that rests on a ledger that did not verify; undefined where it did. */
export function unverifiedMark({ integrity }: Population): string | undefined {
  switch (integrity) {
    case "verified":
      return undefined;
    case "failed":
      return "UNVERIFIED: the integrity of this ledger failed. A dry run, no evidence.";
    case "undecided":
      return "UNVERIFIED: the integrity of this ledger could not be decided. A dry run, no evidence.";
  }
}

/** A population as a paper states it: from what, by which rule, how many, and what completeness rests on. */
export function populationLines({ origin, population, reconciliation }: PopulationPaper): readonly Line[] {
  const { start, size, entries, unit } = population;
  const mark = unverifiedMark(population);
  const { period } = population;
  return [
    ...(mark === undefined ? [] : [["integrity", mark] as const]),
    ["ledger", population.ledger],
    ...origin.files.map(
      ({ name, bytes, sha256 }): Line => ["file", `${name}, ${bytes} bytes, SHA-256 ${sha256}`],
    ),
    [
      "entries",
      `${entries} (${start} to ${size - 1}): ${population.verified} verified, ${population.withheld} withheld, ${population.unverified} unverified`,
    ],
    ["root", `${population.root ?? "cannot be recomputed"} at size ${size}`],
    ["level", `${population.level}: ${levels[population.level].checked}${anchored(population)}`],
    ["keys", `${origin.keysFingerprint}, ${origin.keysSource}`],
    [
      "unit",
      unit === "request" ? "request: a held receipt and the one that resolves it are one item" : "receipt",
    ],
    ["filter", `${describeFilter(population.filter)} (${population.filterHash})`],
    [
      "population",
      `${count(population.count, unit)}; ${population.outside} of ${count(population.items, unit)} left out by the filter`,
    ],
    [
      "receipts",
      `${population.readable} read whole: ${count(population.items, unit)} and ${population.joined} held before another`,
    ],
    ["period", period === undefined ? "no item" : `${period.from} to ${period.to} (decided, UTC)`],
    ["sequence", sequence(population)],
    ["completeness", completeness(population)],
    ...(reconciliation === undefined ? [] : reconciliationLines(reconciliation, population)),
    ...origin.inputs.map(([what, text]): Line => [what, text]),
    ["tool", origin.tool],
    ["command", origin.command],
  ];
}

function anchored({ anchoredSize }: Population): string {
  return anchoredSize === undefined
    ? "; anchored to nothing outside this export"
    : `; anchored up to size ${anchoredSize}`;
}

function sequence({ firstSeq, lastSeq, gaps, gapCount, silence }: Population): string {
  const span = firstSeq === undefined ? "no item" : `first seq ${firstSeq}, last seq ${lastSeq}`;
  const listed = gaps.slice(0, 10).map(({ from, to }) => (from === to ? `${from}` : `${from} to ${to}`));
  const missing =
    gapCount === 0
      ? "no number is missing in the ledger"
      : `numbers missing in the ledger: ${listed.join(", ")}${gapCount > listed.length ? ` and ${gapCount - listed.length} more gaps` : ""}`;
  const quiet =
    silence === undefined
      ? ""
      : `; the longest time without a decision is ${silence.seconds} s, from ${silence.from} to ${silence.to}`;
  return `${span}; ${missing}${quiet}`;
}

/** What the completeness of the population rests on; never more than the verdict says. */
export function completeness(population: Population): string {
  const { integrity, withheld, size, root, tenant } = population;
  if (integrity !== "verified") return "not evaluated: the ledger did not verify";
  const hides = levels[population.level].canHide.join("; ");
  const parts = [
    `every entry from ${population.start} to ${size - 1} was read; the record is tamper-evident relative to the checkpoint of size ${size}, root ${root}`,
    `not excluded at level ${population.level}: ${hides}`,
  ];
  if (population.start > 0)
    parts.push(
      `not evaluated for ${count(population.start, "entry", "entries")} before the start of this range`,
    );
  if (withheld > 0)
    parts.push(
      `not evaluated for ${count(withheld, "withheld entry", "withheld entries")}${tenant === undefined ? ": whoever withheld them chose which" : `, which say that they are of other tenants than ${tenant}`}`,
    );
  return parts.join(". ");
}

function reconciliationLines(
  reconciliation: Reconciliation,
  { withheld, start, outside }: Population,
): readonly Line[] {
  const { rows, repeated, inBoth, onlyInList, onlyInPopulation, listedOnly, populationOnly } = reconciliation;
  const some = (ids: readonly string[], total: number) =>
    total === 0 ? "" : `: ${ids.slice(0, 20).join(", ")}${total > 20 ? ` and ${total - 20} more` : ""}`;
  const hidden = [
    ...(outside > 0 ? [`${outside} that the filter leaves out`] : []),
    ...(withheld > 0 ? [`${withheld} withheld`] : []),
    ...(start > 0 ? [`${start} before this range`] : []),
  ];
  const elsewhere =
    onlyInList === 0 || hidden.length === 0 ? "" : `; not looked for among ${hidden.join(", ")}`;
  return [
    [
      "reconciled",
      `${rows} rows of an independent list (${repeated} repeated); ${count(inBoth, "item")} in both`,
    ],
    ["only in the list", `${onlyInList}${some(listedOnly, onlyInList)}${elsewhere}`],
    ["only in the ledger", `${onlyInPopulation}${some(populationOnly, onlyInPopulation)}`],
  ];
}
