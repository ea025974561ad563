import { stringify } from "csv-stringify/browser/esm/sync";
import { visible } from "./visible.js";

/** What a spreadsheet cell holds at most, in UTF-16 units (Excel; LibreOffice and others hold more). */
const mostCharacters = 32_767;

/**
 * Where a spreadsheet would calculate instead of show: one of = + - @, also in full width, small
 * or as a minus sign, behind nothing but blanks, quotes and marks. That is at a cell's start, and
 * behind a comma or semicolon: whoever imports the file with the other separator, or without
 * quotes, splits the cell there. Apostrophes are passed over too, so that `readCell` gives back
 * exactly what was there.
 */
const formula = /(?=['"\s\p{M}]*[=+\-@\u2212\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20])/u.source;
const beforeFormula = new RegExp(`(?<=^|[,;])${formula}`, "gu");
const apostropheBeforeFormula = new RegExp(`(?<=^|[,;])'${formula}`, "gu");

/** Most cells of a report: nothing in them is changed, which one look tells. */
const plain = /^[A-Za-z0-9(][\w .:@/()-]*$/;

/**
 * A cell as a spreadsheet can be given it: nothing in it calculates, steers or hides. Takes any
 * string. NUL and byte order marks are dropped, other controls, line ends, tabs and marks of
 * direction and width stand as visible escapes, a formula's beginning gets an apostrophe, and
 * what no cell can hold is cut with "…".
 */
export function neutralizeCell(text: string): string {
  if (text.length <= mostCharacters && plain.test(text)) return text;
  const shown = visible(text.replaceAll(/[\u0000\ufeff]/g, ""));
  const safe = shown.replaceAll(beforeFormula, "'");
  if (safe.length <= mostCharacters) return safe;
  // A cut between the halves of a surrogate pair would leave what is no text.
  return `${safe.slice(0, mostCharacters - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/**
 * What stood in a cell before `neutralizeCell` gave it apostrophes: one is taken off before each
 * formula's beginning. What it dropped, escaped or cut is not brought back, so compare a cell that
 * was read with `readCell(neutralizeCell(text))`.
 */
export function readCell(text: string): string {
  return text.replaceAll(apostropheBeforeFormula, "");
}

/**
 * Writes rows as CSV (RFC 4180) for spreadsheets: commas, CRLF, every cell quoted and made
 * harmless. Rows may come in pieces, so that a report of any length needs no memory.
 */
export class CsvWriter {
  /** How many cells are not as they were in the record. */
  changed = 0;

  /** The text of rows. Takes cells as text: numbers and times are turned into text before. */
  rows(rows: readonly (readonly string[])[]): string {
    const safe = rows.map((cells) =>
      cells.map((cell) => {
        const shown = neutralizeCell(cell);
        if (shown !== cell) this.changed++;
        return shown;
      }),
    );
    return stringify(safe, { quoted: true, quoted_empty: true, record_delimiter: "\r\n" });
  }
}

/** What stands at the start of a CSV file, so that spreadsheets read it as UTF-8. */
export const byteOrderMark = "\ufeff";
