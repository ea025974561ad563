import { CsvError, parse } from "csv-parse/browser/esm/sync";
import { encodeUtf8 } from "../bytes/utf8.js";

/** A table that was read. */
export interface CsvTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export type CsvResult =
  | { readonly ok: true; readonly table: CsvTable }
  | { readonly ok: false; readonly reason: string };

const mebibyte = 1024 * 1024;
/** Sizes in UTF-16 units of the text and in bytes of a row. */
const limits = { text: 64 * mebibyte, row: 4 * mebibyte, rows: 1_000_000, columns: 1000 };

/**
 * Reads CSV as spreadsheets write it: commas, semicolons or tabs (told by the header), with or
 * without byte order mark, any line ends, also mixed. Empty columns behind the last that has a
 * name are left out, blank rows too; otherwise rows that are shorter or longer than the header
 * are taken as they are.
 * Takes text of at most 64 Mi characters, 4 MiB a row, 1,000,000 rows and 1000 columns. Returns
 * the table, or why the text is none and in which line; never throws, and quotes nothing of the
 * text.
 */
export function readCsv(text: string): CsvResult {
  if (text.length > limits.text) return refused(`expected at most ${limits.text} characters`);
  const start = text.startsWith("\ufeff") ? 1 : 0;
  try {
    // Bytes: the parser would turn a string into an array of numbers, many times its size.
    const records: string[][] = parse(encodeUtf8(text.slice(start)), {
      delimiter: delimiterOf(text),
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: limits.row,
      to: limits.rows + 2,
    });
    return tableOf(records);
  } catch (error) {
    return refused(reasonOf(error));
  }
}

function refused(reason: string): CsvResult {
  return { ok: false, reason };
}

function tableOf(records: readonly (readonly string[])[]): CsvResult {
  const [first, ...rest] = records;
  if (first === undefined) return refused("expected a header line, found nothing");
  if (rest.length > limits.rows) return refused(`expected at most ${limits.rows} rows, found more`);
  const header = withoutBlankEnd(first, 0);
  const rows = rest
    .map((row) => withoutBlankEnd(row, header.length))
    .filter((row) => row.some((cell) => cell !== ""));
  const widest = rows.reduce((most, row) => Math.max(most, row.length), header.length);
  if (widest > limits.columns) return refused(`expected at most ${limits.columns} columns, found ${widest}`);
  return { ok: true, table: { header, rows } };
}

/** A row without the empty cells at its end, but not shorter than `least`. */
function withoutBlankEnd(row: readonly string[], least: number): readonly string[] {
  const length = Math.max(row.findLastIndex((cell) => cell !== "") + 1, Math.min(least, row.length));
  return length === row.length ? row : row.slice(0, length);
}

/** What the parser can refuse; its own words would quote the text, which is hostile and long. */
const reasons: { readonly [code: string]: string } = {
  CSV_QUOTE_NOT_CLOSED: "expected the end of a quoted cell, found the end of the text",
  CSV_INVALID_CLOSING_QUOTE: "expected a separator or a line end behind a quoted cell, found other text",
  INVALID_OPENING_QUOTE: "expected quotes around a whole cell or doubled, found one inside a cell",
  CSV_MAX_RECORD_SIZE: `expected a row of at most ${limits.row} bytes, found more (is a quote not closed?)`,
};

function reasonOf(error: unknown): string {
  if (!(error instanceof CsvError)) return "expected a table, found what the parser cannot hold";
  const reason = reasons[error.code] ?? "expected CSV, found other text";
  const line: unknown = error["lines"];
  return typeof line === "number" ? `line ${line}: ${reason}` : reason;
}

/** The separator that stands most often in the header outside quotes, which may hold line ends. */
function delimiterOf(text: string): string {
  // Some thousand characters are enough to tell.
  const outside = text.slice(0, 100_000).replaceAll(/"[^"]*"/g, "");
  const header = outside.replace(/^[\ufeff\r\n]+/, "").split(/[\r\n]/, 1)[0]!;
  const times = (delimiter: string) => header.split(delimiter).length;
  return [";", "\t"].reduce((best, other) => (times(other) > times(best) ? other : best), ",");
}
