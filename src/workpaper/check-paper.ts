import { type Column, columnsOf } from "./columns.js";
import type { PaperItem, SamplePaper } from "./paper.js";
import { type PaperRow, type ReadPaper, readWhole } from "./read-paper.js";
import { sameMeaning } from "./same-meaning.js";

/** A cell, a row or a column that is not what the selection gives when it is repeated. */
export interface PaperDifference {
  /** The draw number of the row; undefined where it is about a column. */
  readonly draw: number | undefined;
  readonly column: string;
  readonly expected: string;
  readonly actual: string;
}

/** A column whose cells mean the same and look otherwise: a spreadsheet did that. */
export interface ChangedColumn {
  readonly column: string;
  readonly cells: number;
  readonly expected: string;
  readonly actual: string;
}

/** What came of holding a paper against the selection repeated. */
export interface PaperCheck {
  /** Rows of the paper that are items of the selection. */
  readonly rows: number;
  readonly differences: readonly PaperDifference[];
  readonly changed: readonly ChangedColumn[];
  /** Columns that the paper no longer has. */
  readonly removed: readonly string[];
  /** Columns that somebody added. */
  readonly added: readonly string[];
  /** Attributes that need an input which was given only when the paper was made, or only now. */
  readonly notRepeated: readonly string[];
}

/**
 * Holds a workpaper that was read back against the same selection, drawn again from the
 * ledger. `shown` turns a cell, and the name of a column, into what the paper's format makes of it.
 */
export function checkPaper(
  paper: ReadPaper,
  repeated: SamplePaper,
  shown: (cell: string) => string,
): PaperCheck {
  const columns = columnsOf(repeated.controls).map((column): Column => {
    return { ...column, name: shown(column.name) };
  });
  const known = new Set(columns.map(({ name }) => name));
  const differences: PaperDifference[] = [];
  const changed = new Map<string, ChangedColumn>();
  const notRepeated = new Set<string>();
  const rows = byDraw(paper.rows, differences);
  const lacking = new Set(
    columns
      .filter((column) => column.needsInput === true)
      .filter((column) => {
        return (
          lacksInput(repeated.items.map((item) => shown(column.cell(repeated, item)))) ||
          lacksInput(paper.rows.map((row) => row.get(column.name) ?? ""))
        );
      }),
  );
  const held = columns.filter(({ name, about }) => {
    return about !== "examiner" && about !== "context" && paper.header.includes(name);
  });

  for (const item of repeated.items) {
    const row = rows.get(item.number);
    rows.delete(item.number);
    const expected = item.item.receipt.receipt_id;
    if (row === undefined) {
      differences.push({ draw: item.number, column: "receipt_id", expected, actual: "no such row" });
      continue;
    }
    for (const column of held) compareCell(column, row, item);
  }
  for (const [draw, row] of rows) {
    const actual = row.get("receipt_id") ?? "";
    differences.push({ draw, column: "receipt_id", expected: "no such draw", actual });
  }
  return {
    rows: paper.rows.length,
    differences,
    changed: [...changed.values()],
    removed: columns.map(({ name }) => name).filter((name) => !paper.header.includes(name)),
    added: paper.header.filter((name) => !known.has(name) && name !== ""),
    notRepeated: [...notRepeated],
  };

  function compareCell(column: Column, row: PaperRow, item: PaperItem): void {
    const expected = shown(column.cell(repeated, item));
    const actual = row.get(column.name) ?? "";
    if (actual === expected) return;
    if (lacking.has(column)) {
      notRepeated.add(column.name);
      return;
    }
    if (!sameMeaning(expected, actual)) {
      differences.push({ draw: item.number, column: column.name, expected, actual });
      return;
    }
    const before = changed.get(column.name);
    changed.set(
      column.name,
      before === undefined
        ? { column: column.name, cells: 1, expected, actual }
        : { ...before, cells: before.cells + 1 },
    );
  }
}

/**
 * Whether these marks of one attribute were made without an input that it needs: some are not
 * evaluated, and none is. A single "NE" among other marks is no such case.
 */
function lacksInput(marks: readonly string[]): boolean {
  return marks.some((mark) => /^NE\b/.test(mark)) && !marks.some((mark) => /^[YN](?!\/|E)/.test(mark));
}

/** The rows by their draw number; what has none, or one that another row has, is a difference. */
function byDraw(rows: readonly PaperRow[], differences: PaperDifference[]): Map<number, PaperRow> {
  const found = new Map<number, PaperRow>();
  for (const row of rows) {
    const text = row.get("draw") ?? "";
    const draw = readWhole(text);
    if (draw === undefined || found.has(draw)) {
      const expected = draw === undefined ? "a draw number" : `one row with the draw number ${draw}`;
      differences.push({ draw, column: "draw", expected, actual: draw === undefined ? text : "another" });
    } else found.set(draw, row);
  }
  return found;
}
