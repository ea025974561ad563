import { existsSync } from "node:fs";
import { writeNote, writeOut } from "../io/output.js";
import { CannotDo } from "../io/refusal.js";
import { writeWholeFile } from "../io/write-file.js";
import { renderSampleCsv } from "../report/sample-csv.js";
import { renderSampleJson } from "../report/sample-json.js";
import { renderSampleMarkdown } from "../report/sample-markdown.js";
import { visible } from "../report/visible.js";
import type { SamplePaper } from "../workpaper/paper.js";

export type PaperFormat = "csv" | "md" | "json";

interface WriteSampleOptions {
  readonly format: PaperFormat;
  readonly out: string | undefined;
  readonly bom: boolean;
}

/**
 * The format of a paper: the one asked for, else the one that the file's name says, else
 * Markdown. Throws a refusal for a name that says none, before any work.
 */
export function paperFormat({
  format,
  out,
}: {
  readonly format?: PaperFormat | undefined;
  readonly out?: string | undefined;
}): PaperFormat {
  if (format !== undefined) return format;
  if (out === undefined) return "md";
  const named = /\.(csv|md|json)$/i.exec(out)?.[1]?.toLowerCase();
  if (named === undefined)
    throw new CannotDo(
      `expected a file name that ends in .csv, .md or .json, found ${out}`,
      "or say which with --format",
    );
  return named as PaperFormat;
}

/** Writes a sample to standard output or to a new file; the JSON of a CSV goes beside it. */
export function writeSamplePaper(paper: SamplePaper, { format, out, bom }: WriteSampleOptions): void {
  const text = render(paper, format, bom);
  if (out === undefined) {
    writeOut(text);
    return;
  }
  const beside = format === "csv" ? `${out.replace(/\.csv$/i, "")}.json` : undefined;
  for (const path of [out, ...(beside === undefined ? [] : [beside])]) {
    if (existsSync(path))
      throw new CannotDo(`cannot write ${path}: a file of that name exists`, "name another with --out");
  }
  writeWholeFile(out, text, { replace: false });
  if (beside !== undefined) writeWholeFile(beside, renderSampleJson(paper), { replace: false });
  const written = [out, ...(beside === undefined ? [] : [beside])].map(visible).join(" and ");
  writeNote(
    `sclaw: ${paper.items.length} items written to ${written}; anyone with the export can check them: sclaw sample check ${visible(out)}`,
  );
}

function render(paper: SamplePaper, format: PaperFormat, bom: boolean): string {
  switch (format) {
    case "csv":
      return renderSampleCsv(paper, bom);
    case "md":
      return renderSampleMarkdown(paper);
    case "json":
      return renderSampleJson(paper);
  }
}
