import type { ReportPaper } from "../workpaper/report-paper.js";
import { markdownList, markdownTable, markdownText } from "./markdown.js";
import { closing, populationSection, title } from "./population-markdown.js";
import {
  attributeHeader,
  attributeRows,
  deviationHeader,
  deviationRows,
  legend,
  summaryCells,
  summaryHeader,
  summaryRows,
  unlistedDeviations,
} from "./report-rows.js";
import { takenSampleLines } from "./report-sample.js";

/** `sclaw report` for people: criteria, attributes, deviations, the sample, the population. */
export function renderReportMarkdown(paper: ReportPaper): string {
  const summary = summaryRows(paper).map((row) => summaryCells(row, paper));
  return [
    title("Controls", paper),
    `## Criteria\n\n${markdownTable(summaryHeader, summary)}\n${bullets(legend)}`,
    `## Attributes\n\n${markdownTable(attributeHeader, attributeRows(paper))}`,
    `## Deviations\n\n${deviations(paper)}`,
    ...(paper.sample === undefined
      ? []
      : [`## Sample\n\n${markdownList(takenSampleLines(paper.sample, paper.population))}`]),
    populationSection(paper),
    closing(paper),
  ].join("\n");
}

function deviations(paper: ReportPaper): string {
  const rows = deviationRows(paper);
  const log = paper.results.flatMap(({ unrecorded }) => unrecorded);
  const unlisted = unlistedDeviations(paper);
  const parts = [rows.length === 0 ? "No deviation is listed.\n" : markdownTable(deviationHeader, rows)];
  if (unlisted > 0)
    parts.push(`${markdownText(`${unlisted} more are counted and not listed here (--rows lists all)`)}\n`);
  if (log.length > 0)
    parts.push(
      `Rows of the execution log without a receipt that ran:\n\n${bullets([...new Set(log)].slice(0, 1000))}`,
    );
  return parts.join("\n");
}

function bullets(texts: readonly string[]): string {
  return texts.map((text) => `- ${markdownText(text)}\n`).join("");
}
