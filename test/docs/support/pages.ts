import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The path of a page, given from docs/. */
export function docsPath(page: string): string {
  return fileURLToPath(new URL(`../../../docs/${page}`, import.meta.url));
}

/** Every page, as a path from docs/. */
export function allPages(): string[] {
  return readdirSync(docsPath("."), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .sort();
}

/** The content of the fenced block behind `<!-- example: name -->`, its last LF included. */
export function blockOf(page: string, name: string): string {
  const opening = `<!-- example: ${name} -->\n\n\`\`\``;
  const at = page.indexOf(opening);
  if (at < 0) throw new Error(`expected a fenced block after <!-- example: ${name} -->, found none`);
  const start = page.indexOf("\n", at + opening.length) + 1;
  return page.slice(start, page.indexOf("```\n", start));
}
