import type { EvaluatedItem } from "../controls/evaluate.js";
import { markText } from "../workpaper/columns.js";
import type { ReportPaper } from "../workpaper/report-paper.js";
import { byteOrderMark, CsvWriter } from "./csv.js";
import { attributeClass, codesText } from "./outcome-text.js";
import { closingRows, populationRows } from "./population-csv.js";
import { type Line, unverifiedMark } from "./population-lines.js";
import {
  attributeHeader,
  attributeRows,
  deviationHeader,
  deviationRows,
  summaryCells,
  summaryHeader,
  summaryRows,
} from "./report-rows.js";
import { takenSampleLines } from "./report-sample.js";

/** How wide the table is: rows of all kinds stand in one file, each named by its first cell. */
const columns = 1 + summaryHeader.length;

/**
 * `sclaw report --format csv`: one table whose first column names the kind of the row, each
 * kind behind a header of its own.
 */
export function renderReportCsv(paper: ReportPaper, withMark: boolean): string {
  const csv = new CsvWriter();
  const kind = (name: string, rows: readonly (readonly string[])[]) =>
    rows.map((cells) => padded([name, ...cells]));
  const mark = unverifiedMark(paper.population);
  const body = csv.rows([
    padded(["row", ...summaryHeader]),
    ...(mark === undefined ? [] : [padded(["mark", mark])]),
    ...kind(
      "criterion",
      summaryRows(paper).map((row) => summaryCells(row, paper)),
    ),
    ...kind("header of attribute", [attributeHeader]),
    ...kind("attribute", attributeRows(paper)),
    ...kind("header of deviation", [deviationHeader]),
    ...kind("deviation", deviationRows(paper)),
    ...kind(
      "unrecorded execution",
      [...new Set(paper.results.flatMap(({ unrecorded }) => unrecorded))].map((id) => [id]),
    ),
    ...(paper.sample === undefined ? [] : kind("sample", takenSampleLines(paper.sample, paper.population))),
    ...kind("population", populationRows(paper)),
  ]);
  return (withMark ? byteOrderMark : "") + body + csv.rows(closingRows(paper, csv).map(padded));
}

function padded(cells: readonly string[]): readonly string[] {
  return [...cells, ...Array.from({ length: Math.max(0, columns - cells.length) }, () => "")];
}

/** The columns of the row level: one row for each receipt and attribute. */
const rowHeader = [
  "control",
  "criteria",
  "attribute",
  "receipt_id",
  "seq",
  "decided_at (UTC)",
  "correlation_id",
  "tenant",
  "tier",
  "decision",
  "outcome",
  "mark",
  "findings or reason",
];

/** Controls over the record as a whole have no row a receipt: one row for each of their attributes. */
function recordRows({ results, population }: ReportPaper): readonly (readonly string[])[] {
  return results
    .filter(({ control }) => control.population.unit !== "request")
    .flatMap(({ control, attributes }) =>
      attributes.map((attribute) => {
        const found = codesText(attribute);
        const whole = `the whole record: ${attributeClass(attribute, population.integrity)}`;
        const blank = rowHeader.slice(4).map(() => "");
        return [
          control.id,
          Object.keys(control.criteria).join(" "),
          attribute.letter,
          ...blank,
          found === "" ? whole : `${whole} (${found})`,
        ];
      }),
    );
}

/** Writes the row level of a report piece by piece: receipts by attributes are many. */
export class RowsCsv {
  readonly #csv = new CsvWriter();

  /** The first lines; they come before the rows, and are known only after them. */
  begin({ population }: ReportPaper, withMark: boolean): string {
    const mark = unverifiedMark(population);
    const marked = mark === undefined ? [] : [["mark", mark, ...rowHeader.slice(2).map(() => "")]];
    return (withMark ? byteOrderMark : "") + this.#csv.rows([rowHeader, ...marked]);
  }

  item({ control, item, marks }: EvaluatedItem): string {
    const { receipt } = item;
    return this.#csv.rows(
      marks.map((mark) => [
        control.id,
        Object.keys(control.criteria).join(" "),
        mark.letter,
        receipt.receipt_id,
        String(receipt.seq),
        receipt.decided_at,
        receipt.correlation_id,
        receipt.tenant,
        receipt.risk_tier,
        receipt.decision,
        receipt.outcome.status,
        mark.mark,
        markText(mark).slice(mark.mark.length).trim(),
      ]),
    );
  }

  /** What the paper is, and what it rests on: the verdict is known only now. */
  end(paper: ReportPaper): string {
    const rest = rowHeader.slice(2).map(() => "");
    const about = (lines: readonly Line[]) => lines.map((line) => [...line, ...rest]);
    const record = this.#csv.rows(recordRows(paper));
    const text = this.#csv.rows(about(populationRows(paper)));
    return record + text + this.#csv.rows(about(closingRows(paper, this.#csv)));
  }
}
