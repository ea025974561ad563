import type { PopulationPaper } from "../workpaper/paper.js";
import { markdownList, markdownTable, markdownText } from "./markdown.js";
import { populationLines, unverifiedMark } from "./population-lines.js";
import { statements } from "./statements.js";

/** `sclaw population` for people. */
export function renderPopulationMarkdown(paper: PopulationPaper): string {
  return [title("Population", paper), populationSection(paper), closing(paper)].join("\n");
}

/** The first lines of a paper: what it is, and the mark where the ledger did not verify. */
export function title(what: string, { population }: PopulationPaper): string {
  const mark = unverifiedMark(population);
  const heading = `# ${what} of ${markdownText(population.ledger)}\n`;
  return mark === undefined ? heading : `${heading}\n> **${markdownText(mark)}**\n`;
}

/** The population with its months, as every paper shows it. */
export function populationSection(paper: PopulationPaper): string {
  const { byMonth } = paper.population;
  const months = markdownTable(
    ["month (UTC)", "items"],
    byMonth.map(({ month, count }) => [month, String(count)]),
  );
  return `## Population\n\n${markdownList(populationLines(paper))}${byMonth.length === 0 ? "" : `\n${months}`}`;
}

/** The statements that every paper ends with, and its mark once more. */
export function closing(paper: PopulationPaper): string {
  const mark = unverifiedMark(paper.population);
  const lines = [...(mark === undefined ? [] : [mark]), ...statements(paper.origin.tool)];
  return `## What this paper is\n\n${lines.map((line) => `- ${markdownText(line)}\n`).join("")}`;
}
