import { stringify } from "csv-stringify/browser/esm/sync";
import { visible } from "./visible.js";

/** What a spreadsheet cell holds at most (Excel; LibreOffice and others hold more). */
const mostCharacters = 32_767;

/**
 * What makes a spreadsheet calculate instead of show: these signs, also in full width, as a
 * cell's first character behind blanks. Apostrophes before them are counted too, so that
 * `readCell` gives back exactly what was there.
 */
const startsFormula = /^'*\s*[=+\-@\uff0b\uff0d\uff1d\uff20]/u;

/**
 * A cell as a spreadsheet can be given it: nothing in it calculates, steers or hides. NUL and
 * byte order marks are dropped, other controls and marks of direction and width stand as
 * visible escapes, a formula's beginning gets an apostrophe, and what no cell can hold is cut
 * with "…".
 */
export function neutralizeCell(text: string): string {
  const shown = visible(text.replaceAll(/[\u0000\ufeff]/g, ""));
  const safe = startsFormula.test(shown) ? `'${shown}` : shown;
  return safe.length <= mostCharacters ? safe : `${safe.slice(0, mostCharacters - 1)}…`;
}

/** What stood in a cell before its apostrophe; other changes of `neutralizeCell` stay as they are. */
export function readCell(text: string): string {
  return text.startsWith("'") && startsFormula.test(text) ? text.slice(1) : text;
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
