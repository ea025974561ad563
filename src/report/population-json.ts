import type { PopulationPaper } from "../workpaper/paper.js";
import { jsonText } from "./json-text.js";
import { completeness, unverifiedMark } from "./population-lines.js";
import { statements } from "./statements.js";

/** A stated population as JSON papers hold it; the same members in every paper. */
export function populationJson({ population, reconciliation }: PopulationPaper): object {
  const facts = population;
  return {
    mark: unverifiedMark(facts) ?? null,
    ledger: facts.ledger,
    integrity: facts.integrity,
    level: facts.level,
    anchored_size: facts.anchoredSize ?? null,
    start: facts.start,
    size: facts.size,
    root: facts.root ?? null,
    tenant: facts.tenant ?? null,
    entries: facts.entries,
    verified: facts.verified,
    withheld: facts.withheld,
    unverified: facts.unverified,
    readable: facts.readable,
    joined: facts.joined,
    items: facts.items,
    outside: facts.outside,
    count: facts.count,
    unit: facts.unit,
    filter: facts.filter,
    filter_hash: facts.filterHash,
    timezone: "UTC",
    period: facts.period ?? null,
    first_seq: facts.firstSeq ?? null,
    last_seq: facts.lastSeq ?? null,
    by_month: facts.byMonth,
    longest_silence: facts.silence ?? null,
    gap_count: facts.gapCount,
    gaps: facts.gaps,
    completeness: completeness(facts),
    ...(reconciliation === undefined
      ? {}
      : {
          reconciliation: {
            rows: reconciliation.rows,
            repeated: reconciliation.repeated,
            in_both: reconciliation.inBoth,
            only_in_list: reconciliation.onlyInList,
            only_in_population: reconciliation.onlyInPopulation,
            listed_only: reconciliation.listedOnly,
            population_only: reconciliation.populationOnly,
          },
        }),
  };
}

/** Where a paper came from, as JSON papers hold it. */
export function originJson({ origin }: PopulationPaper): object {
  return {
    tool: origin.tool,
    command: origin.command,
    files: origin.files,
    keys: { fingerprint: origin.keysFingerprint, source: origin.keysSource },
    inputs: Object.fromEntries(origin.inputs),
  };
}

/** `sclaw population --format json`. */
export function renderPopulationJson(paper: PopulationPaper): string {
  return jsonText({
    schema: "sclaw.population/1",
    population: populationJson(paper),
    origin: originJson(paper),
    statements: statements(paper.origin.tool),
  });
}
