import { visible } from "./visible.js";

/**
 * What makes a link of plain text: an @, :// and the point of www. Some renderers (cmark-gfm for
 * mail, remark for all) look for it in decoded text, so that a character reference does not help;
 * only a code span keeps them from it. A run is one match: two spans side by side would be one.
 */
const links = /(?:@|:\/\/|(?<=www)\.)+/gi;
/** Names, addresses and locators that hold nothing but what a code span shows unchanged. */
const plainWord = /^[\w@%+:,./?=-]+$/;
/** What CommonMark, its GFM extensions or HTML read as markup wherever it stands. */
const markup = /[\\`*[\]<>&|~^$#{}"]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g;
/** What makes a list, a heading, a rule or a table's delimiter at the start of a block. */
const blockStart = /^[-+=:]|(?<=^\d{1,9})[.)]/;

/**
 * Text from a record as Markdown shows it unchanged: white space collapsed, what cannot be
 * seen as escapes, everything that Markdown or HTML would read as markup encoded, addresses as
 * code. Takes any string and returns one line. No link, image, tag or emphasis can come of it,
 * in CommonMark or GFM, with HTML on, as a paragraph, in a heading, a list or a table's cell.
 */
export function markdownText(text: string): string {
  const shown = visible(text.replaceAll(/[\t\n\r ]+/g, " ")).trim();
  return shown
    .split(" ")
    .map((word) => (word.search(links) < 0 ? word.replace(markup, reference) : address(word)))
    .join(" ")
    .replace(blockStart, reference);
}

/** A word that would become a link: all of it as code, or where that is not plain, what makes the link. */
function address(word: string): string {
  if (plainWord.test(word)) return `\`${word}\``;
  let [text, end] = ["", 0];
  for (const { 0: run, index } of word.matchAll(links)) {
    text += `${word.slice(end, index).replace(markup, reference)}\`${run}\``;
    end = index + run.length;
  }
  return text + word.slice(end).replace(markup, reference);
}

function reference(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}

/**
 * A table of the GFM extension; cells are made harmless, headers too. Every line has as many
 * cells as the longest: what a renderer finds beyond the header it would leave out.
 */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = rows.reduce((most, row) => Math.max(most, row.length), header.length);
  const line = (cells: readonly string[]) =>
    `|${Array.from({ length: columns }, (_, i) => ` ${markdownText(cells[i] ?? "") || " "} |`).join("")}\n`;
  return [line(header), `|${" --- |".repeat(columns)}\n`, ...rows.map(line)].join("");
}

/** A list of labels and texts. */
export function markdownList(lines: readonly (readonly [label: string, text: string])[]): string {
  return lines.map(([label, text]) => `- **${markdownText(label)}**: ${markdownText(text)}\n`).join("");
}
