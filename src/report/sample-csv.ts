import { columnsOf } from "../workpaper/columns.js";
import type { SamplePaper } from "../workpaper/paper.js";
import { byteOrderMark, CsvWriter } from "./csv.js";
import { closingRows, populationRows } from "./population-csv.js";
import { type Line, unverifiedMark } from "./population-lines.js";
import { sampleLines } from "./sample-lines.js";

/** The first two columns: what a row is, and the text of rows that are no items. */
export const rowKinds = { column: "row", item: "item", about: "about" } as const;

/**
 * The workpaper: one row an item, with blank columns for the examiner; behind them rows that
 * say what the paper is.
 */
export function renderSampleCsv(paper: SamplePaper, withMark: boolean): string {
  const csv = new CsvWriter();
  const columns = columnsOf(paper.controls);
  const blank = columns.map(() => "");
  const header = [rowKinds.column, rowKinds.about, ...columns.map(({ name }) => name)];
  const items = paper.items.map((item) => [
    rowKinds.item,
    "",
    ...columns.map(({ cell }) => cell(paper, item)),
  ]);
  const about = (lines: readonly Line[]) => lines.map(([label, text]) => [label, text, ...blank]);
  const mark = unverifiedMark(paper.population);
  const body = csv.rows([
    header,
    ...(mark === undefined ? [] : about([["mark", mark]])),
    ...items,
    ...about([...sampleLines(paper), ...populationRows(paper)]),
  ]);
  return (withMark ? byteOrderMark : "") + body + csv.rows(about(closingRows(paper, csv)));
}
