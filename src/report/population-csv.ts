import type { PopulationPaper } from "../workpaper/paper.js";
import { byteOrderMark, CsvWriter } from "./csv.js";
import { populationLines, unverifiedMark } from "./population-lines.js";
import { statements } from "./statements.js";

/** `sclaw population --format csv`: what it is, then its months. */
export function renderPopulationCsv(paper: PopulationPaper, withMark: boolean): string {
  const csv = new CsvWriter();
  const months = paper.population.byMonth.map(({ month, count }) => [
    `items in ${month} (UTC)`,
    String(count),
  ]);
  const rows = [["about", "text"], ...populationLines(paper).map((line) => [...line]), ...months];
  const text = csv.rows([...rows, ...statementRows(paper)]);
  return (withMark ? byteOrderMark : "") + text + csv.rows([changedCells(csv)]);
}

/** The last rows of a CSV paper: its mark and the statements. */
export function statementRows({ population, origin }: PopulationPaper): string[][] {
  const mark = unverifiedMark(population);
  return [...(mark === undefined ? [] : [mark]), ...statements(origin.tool)].map((text) => [
    "statement",
    text,
  ]);
}

/** How many cells are not as they stand in the record: the JSON Lines export stays the evidence. */
export function changedCells(csv: CsvWriter): string[] {
  return ["cells changed", `${csv.changed} (formulas, controls and marks made harmless)`];
}
