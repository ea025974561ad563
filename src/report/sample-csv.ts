import { columnsOf } from "../workpaper/columns.js";
import type { SamplePaper } from "../workpaper/paper.js";
import { byteOrderMark, CsvWriter } from "./csv.js";
import { changedCells, statementRows } from "./population-csv.js";
import { populationLines } from "./population-lines.js";
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
  const about = (label: string, text: string) => [label, text, ...blank];
  const lines = [...sampleLines(paper), ...populationLines(paper)].map(([label, text]) => about(label, text));
  const closing = statementRows(paper).map(([label = "", text = ""]) => about(label, text));
  const body = csv.rows([header, ...items, ...lines, ...closing]);
  const [label = "", text = ""] = changedCells(csv);
  return (withMark ? byteOrderMark : "") + body + csv.rows([about(label, text)]);
}
