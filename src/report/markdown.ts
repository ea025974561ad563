import { visible } from "./visible.js";

/** What CommonMark, its GFM extensions or HTML read as markup wherever it stands. */
const markup = /[\\`*[\]<>&|~^$#{}"]|:(?=\/\/)|(?<=[wW]{3})\.|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g;
/** What makes a list, a heading or a rule at the start of a block. */
const blockStart = /^[-+=]|(?<=^\d{1,9})[.)]/;
/** Names that hold an @ and nothing that a code span could not hold. */
const plainName = /^[\w@%+:,./-]+$/;

/**
 * Text from a record as Markdown shows it unchanged: white space collapsed, what cannot be
 * seen as escapes, everything that Markdown or HTML would read as markup encoded. No link,
 * image, tag or emphasis can come of it, in CommonMark or GFM, with HTML on.
 */
export function markdownText(text: string): string {
  const shown = visible(text.replaceAll(/[\t\n\r ]+/g, " ")).trim();
  // GFM makes mail links of decoded text; only a code span keeps an @ from it.
  if (shown.includes("@") && plainName.test(shown)) return `\`${shown}\``;
  return shown.replace(markup, reference).replace(blockStart, reference).replaceAll("@", "`@`");
}

function reference(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}

/** A table of the GFM extension; cells are made harmless, headers too. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => markdownText(cell) || " ").join(" | ")} |\n`;
  return [line(header), `|${" --- |".repeat(header.length)}\n`, ...rows.map(line)].join("");
}

/** A list of labels and texts. */
export function markdownList(lines: readonly (readonly [label: string, text: string])[]): string {
  return lines.map(([label, text]) => `- **${markdownText(label)}**: ${markdownText(text)}\n`).join("");
}
