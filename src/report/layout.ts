/** How a renderer may mark text; without colour each function returns its text. */
export interface Paint {
  readonly bad: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

/** What a renderer knows of where its text goes. */
export interface Page {
  /** Columns. */
  readonly width: number;
  readonly paint: Paint;
}

const plain = (text: string) => text;

/** Marks nothing: files, pipes and tests. */
export const noPaint: Paint = { bad: plain, good: plain, warn: plain, strong: plain, faint: plain };

/** Breaks text at spaces into lines of at most `width` columns, each behind `indent`. */
export function wrap(text: string, width: number, indent = ""): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((part) => indent + part).join("\n");
}

/** Lines of a label and its text, the texts in one column. */
export function labelled(rows: readonly (readonly [string, string])[], page: Page, indent = "  "): string {
  const column = Math.max(...rows.map(([label]) => label.length)) + 2;
  return rows
    .map(([label, text]) => {
      const hanging = indent + " ".repeat(column);
      const body = wrap(text, page.width, hanging).slice(hanging.length);
      return `${indent}${page.paint.faint(label.padEnd(column))}${body}`;
    })
    .join("\n");
}

/** "1 entry", "2 entries". */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
