import { decodeUtf8 } from "../bytes/utf8.js";
import { isJsonObject, type Json } from "../json/json.js";
import { decodeStrict } from "../json/strict-decoder.js";
import { readCell } from "../report/csv.js";
import { readCsv } from "../report/read-csv.js";
import { rowKinds } from "../report/sample-csv.js";
import type { PaperRow, ReadPaper } from "../workpaper/read-paper.js";
import { readSmallFile } from "./read-file.js";
import { CannotDo } from "./refusal.js";

/** A workpaper that was read back, and in which format it came. */
export interface PaperFile extends ReadPaper {
  readonly format: "csv" | "json";
}

/**
 * Reads a workpaper of `sclaw sample`, as CSV (also as a spreadsheet saved it) or JSON, told
 * by its first character. Throws a refusal that says what is wrong with it.
 */
export function readPaperFile(path: string): PaperFile {
  const bytes = readSmallFile(path, "workpaper");
  const text = decodeUtf8(bytes);
  if (text === undefined)
    throw new CannotDo(`expected the workpaper ${path} in UTF-8, found other bytes`, "save it as CSV UTF-8");
  return /^\ufeff?\s*\{/.test(text) ? fromJson(bytes, path) : fromCsv(text, path);
}

function fromCsv(text: string, path: string): PaperFile {
  const read = readCsv(text);
  if (!read.ok) throw new CannotDo(`${path} cannot be read as a workpaper: ${read.reason}`);
  const { header, rows } = read.table;
  // A spreadsheet that took the byte order mark for text has put it and the quotes into the first
  // cell, as it is or in another encoding.
  if (header[0]?.replaceAll(/[^a-z]/g, "") !== rowKinds.column || !header.includes("receipt_id"))
    throw new CannotDo(
      `expected a workpaper of sclaw sample, found another table: ${path}`,
      "its first line holds the names of the columns, the first of them row",
    );
  const names = header.slice(2).map(readCell);
  const items = rows
    .filter((cells) => cells[0]?.trim() === rowKinds.item)
    .map((cells): PaperRow => new Map(names.map((name, i) => [name, readCell(cells[i + 2] ?? "")])));
  return { format: "csv", header: names, rows: items };
}

function fromJson(bytes: Uint8Array, path: string): PaperFile {
  const { value, issues } = decodeStrict(bytes, { canonical: false });
  const items = isJsonObject(value) && value["schema"] === "sclaw.sample/1" ? value["items"] : undefined;
  if (issues.length > 0 || !Array.isArray(items) || !items.every(isTextRow))
    throw new CannotDo(`expected a workpaper of sclaw sample, found other JSON: ${path}`);
  const rows = items.map(
    (item): PaperRow => new Map(Object.entries(item as { readonly [name: string]: string })),
  );
  return { format: "json", header: [...(rows[0]?.keys() ?? [])], rows };
}

function isTextRow(item: Json): boolean {
  return isJsonObject(item) && Object.values(item).every((cell) => typeof cell === "string");
}
