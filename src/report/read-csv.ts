import { CsvError, parse } from "csv-parse/browser/esm/sync";

/** A table that was read. */
export interface CsvTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export type CsvResult =
  | { readonly ok: true; readonly table: CsvTable }
  | { readonly ok: false; readonly reason: string };

const limits = { characters: 256 * 1024 * 1024, rowCharacters: 4 * 1024 * 1024, columns: 1000 };

/**
 * Reads CSV as spreadsheets write it: commas, semicolons or tabs (told by the header), with or
 * without byte order mark, any line end. Rows that are shorter or longer than the header are
 * taken as they are; blank ones are left out.
 * Returns the table, or why the text is none; never throws.
 */
export function readCsv(text: string): CsvResult {
  if (text.length > limits.characters)
    return { ok: false, reason: `expected at most ${limits.characters} characters` };
  try {
    const records: string[][] = parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: limits.rowCharacters,
    });
    const [header, ...rows] = records;
    if (header === undefined) return { ok: false, reason: "expected a header line, found nothing" };
    if (header.length > limits.columns)
      return { ok: false, reason: `expected at most ${limits.columns} columns, found ${header.length}` };
    return { ok: true, table: { header, rows: rows.filter((row) => row.some((cell) => cell !== "")) } };
  } catch (error) {
    if (error instanceof CsvError) return { ok: false, reason: error.message };
    throw error;
  }
}

/** The separator that stands most often in the first line outside quotes. */
function delimiterOf(text: string): string {
  const outside = firstLine(text).replaceAll(/"[^"]*"/g, "");
  const times = (delimiter: string) => outside.split(delimiter).length;
  return [";", "\t"].reduce((best, other) => (times(other) > times(best) ? other : best), ",");
}

/** A quoted header may hold line ends; some thousand characters are enough to tell. */
function firstLine(text: string): string {
  const start = text.slice(0, 100_000);
  const end = start.search(/[\r\n]/);
  return end < 0 ? start : start.slice(0, end);
}
