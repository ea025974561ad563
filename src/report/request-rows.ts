import { isJsonObject, type Json } from "../json/json.js";
import { pointerTo } from "../json/shape.js";
import { folded, mixedAlphabets } from "./folded.js";
import type { Page } from "./layout.js";
import { visible } from "./visible.js";

export type Row = readonly [label: string, text: string];

/** Rows with their texts in one column, broken where the page ends: whole, and nothing of them at the edge. */
export function rowsText(rows: readonly Row[], page: Page, indent = "  "): string {
  const widest = Math.max(...rows.map(([label]) => label.length));
  // A label can be a member's name of any length: then its text stands below it.
  const column = Math.min(widest, 30) + 2;
  const hanging = indent + " ".repeat(column);
  return rows
    .map(([label, text]) => {
      const body = folded(text, page.width, hanging);
      return label.length + 2 <= column
        ? `${indent}${page.paint.faint(label.padEnd(column))}${body.slice(hanging.length)}`
        : `${page.paint.faint(folded(label, page.width, indent))}\n${body}`;
    })
    .join("\n");
}

/** A text of somebody else's in quotes, its unseen characters as escapes, with a note where letters deceive. */
export function quotedText(text: string): string {
  const mixed = mixedAlphabets(text);
  const note = mixed.length === 0 ? "" : ` (mixes ${mixed.join(" and ")} letters with Latin ones)`;
  return `${visible(JSON.stringify(text))}${note}`;
}

/** Every value of an object, each behind the pointer to it: nothing is left out. */
export function valueRows(value: Json, pointer = ""): Row[] {
  if (Array.isArray(value) && value.length > 0)
    return value.flatMap((item: Json, i) => valueRows(item, pointerTo(pointer, String(i))));
  if (isJsonObject(value) && Object.keys(value).length > 0)
    return Object.entries(value).flatMap(([name, member]) => valueRows(member, pointerTo(pointer, name)));
  return [[pointerText(pointer), typeof value === "string" ? quotedText(value) : JSON.stringify(value)]];
}

/** A pointer as it is where it is plain; else in quotes, so that a name cannot pretend to be a value. */
function pointerText(pointer: string): string {
  if (pointer === "") return "(none)";
  return /^[\w/.~-]+$/.test(pointer) ? pointer : quotedText(pointer);
}
