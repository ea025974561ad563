import type { PopulationPaper } from "../workpaper/paper.js";
import { byteOrderMark, CsvWriter } from "./csv.js";
import { type Line, populationLines, unverifiedMark } from "./population-lines.js";
import { statements } from "./statements.js";

/** `sclaw population --format csv`: what it is, then its months. */
export function renderPopulationCsv(paper: PopulationPaper, withMark: boolean): string {
  const csv = new CsvWriter();
  const text = csv.rows([["about", "text"], ...populationRows(paper)]);
  return (withMark ? byteOrderMark : "") + text + csv.rows(closingRows(paper, csv));
}

/** A population with its months, as every CSV paper has it. */
export function populationRows(paper: PopulationPaper): readonly Line[] {
  const months = paper.population.byMonth.map(
    ({ month, count }): Line => [`items in ${month} (UTC)`, String(count)],
  );
  return [...populationLines(paper), ...months];
}

/**
 * The last rows of a CSV paper: how many of the cells before are not as they stand in the record
 * (the JSON Lines export stays the evidence), its mark, and the statements.
 */
export function closingRows({ population, origin }: PopulationPaper, csv: CsvWriter): readonly Line[] {
  const mark = unverifiedMark(population);
  const texts = [...(mark === undefined ? [] : [mark]), ...statements(origin.tool)];
  return [
    ["cells changed", `${csv.changed} (formulas, controls and marks made harmless)`],
    ...texts.map((text): Line => ["statement", text]),
  ];
}
