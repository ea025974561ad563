import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { decodeUtf8 } from "../bytes/utf8.js";
import { isJsonObject, type Json } from "../json/json.js";
import { readCsv } from "../report/read-csv.js";
import { CannotDo, refusalOf } from "./refusal.js";

/** The ids of one column of a file, row by row. */
export interface LoadedColumn {
  readonly ids: readonly string[];
  /** SHA-256 of the file in hex. */
  readonly sha256: string;
}

const mostBytes = 512 * 1024 * 1024;

/**
 * Reads one column of a CSV file, or one member of a JSON Lines file (told by its first
 * character); `what` names the file in errors. Rows whose cell is empty are left out.
 * Throws a refusal that says what is wrong and in which line.
 */
export function loadColumn(path: string, column: string, what: string): LoadedColumn {
  const bytes = readWhole(path, what);
  const text = decodeUtf8(bytes);
  if (text === undefined)
    throw new CannotDo(`expected the ${what} ${path} in UTF-8, found other bytes`, "save it as CSV UTF-8");
  const ids = /^\ufeff?\s*\{/.test(text) ? fromJsonLines(text, column, path) : fromCsv(text, column, path);
  return { ids: ids.filter((id) => id !== ""), sha256: createHash("sha256").update(bytes).digest("hex") };
}

function readWhole(path: string, what: string): Uint8Array {
  try {
    const facts = statSync(path);
    if (facts.isDirectory()) throw new CannotDo(`expected a ${what}, found a folder: ${path}`);
    if (facts.size > mostBytes)
      throw new CannotDo(`expected a ${what} of at most ${mostBytes} bytes, found more: ${path}`);
    return readFileSync(path);
  } catch (error) {
    throw refusalOf(error, `cannot read the ${what} ${path}`);
  }
}

function fromCsv(text: string, column: string, path: string): string[] {
  const read = readCsv(text);
  if (!read.ok) throw new CannotDo(`${path} cannot be read as CSV: ${read.reason}`);
  const at = read.table.header.indexOf(column);
  if (at < 0) {
    const names = read.table.header
      .slice(0, 20)
      .map((name) => JSON.stringify(name))
      .join(", ");
    throw new CannotDo(
      `expected a column ${JSON.stringify(column)} in ${path}, found ${names}`,
      "name the column that holds the correlation ids: --column NAME",
    );
  }
  return read.table.rows.map((row) => row[at] ?? "");
}

function fromJsonLines(text: string, column: string, path: string): string[] {
  return text
    .replace(/^\ufeff/, "")
    .split("\n")
    .flatMap((line, i) => {
      if (line.trim() === "") return [];
      const value = parsed(line);
      const id = isJsonObject(value) ? value[column] : undefined;
      if (typeof id === "string") return [id];
      throw new CannotDo(
        `expected an object with the text ${JSON.stringify(column)} in line ${i + 1} of ${path}, found none`,
      );
    });
}

function parsed(line: string): Json | undefined {
  try {
    return JSON.parse(line) as Json;
  } catch {
    return undefined;
  }
}
