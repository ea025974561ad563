/** One policy as it stands in a text. */
export interface Statement {
  /** Where it begins, its annotations included, in UTF-16 units. */
  readonly at: number;
  readonly text: string;
}

/**
 * Splits a Cedar text into its policies: each ends with a semicolon outside strings and
 * comments (Cedar's grammar, "Policy"). What follows the last semicolon is a statement too,
 * unless it is blank, so that nothing is left out. Cedar's own splitter orders them anew, and
 * the positions that it reports count from the start of each.
 */
export function splitStatements(text: string): readonly Statement[] {
  const statements: Statement[] = [];
  let start: number | undefined;
  let at = 0;
  while (at < text.length) {
    const character = text[at]!;
    if (character === "/" && text[at + 1] === "/") {
      const end = text.indexOf("\n", at);
      at = end < 0 ? text.length : end;
      continue;
    }
    if (/\s/.test(character)) {
      at++;
      continue;
    }
    start ??= at;
    at = character === '"' ? endOfString(text, at) : at + 1;
    if (character !== ";") continue;
    statements.push({ at: start, text: text.slice(start, at) });
    start = undefined;
  }
  if (start !== undefined) statements.push({ at: start, text: text.slice(start) });
  return statements;
}

/** Behind the string that begins here; the end of the text where it is not closed. */
function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return Math.min(at + 1, text.length);
}
