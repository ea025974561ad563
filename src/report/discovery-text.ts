import { jsonText } from "./json-text.js";
import { count, labelled, type Page, wrap } from "./layout.js";
import { percentOf } from "./plan-text.js";
import { planStatements } from "./statements.js";

/** The size of a sample that finds a deviation where there are so many, and what it was computed from. */
export interface DiscoveryPaper {
  readonly population: number;
  readonly deviating: number;
  readonly confidenceBp: number;
  readonly n: number;
  readonly tool: string;
}

/** `sclaw plan --find` for a person. */
export function renderDiscovery(paper: DiscoveryPaper, page: Page): string {
  const { population, deviating, confidenceBp, n, tool } = paper;
  const sections = [
    page.paint.strong(
      n === population ? `all ${count(n, "item")}: no smaller sample is enough` : count(n, "item"),
    ),
    ...meaning(paper).map((text) => wrap(text, page.width, "  ")),
    labelled(
      [
        ["confidence", percentOf(confidenceBp)],
        ["to find", `at least one of ${deviating}`],
        ["population", `${population} (hypergeometric)`],
      ],
      page,
    ),
    planStatements(tool)
      .map((line) => wrap(line, page.width, "  "))
      .join("\n"),
  ];
  return `${sections.join("\n\n")}\n`;
}

/** What the number means, and what it does not. */
function meaning({ population, deviating, confidenceBp, n }: DiscoveryPaper): string[] {
  return [
    `Means: if ${deviating} or more of ${population} items deviate, then of all samples of ${n} that are drawn at random and tested whole at least ${percentOf(confidenceBp)} show one of them or more.`,
    "Does not mean: that no item deviates where none is found; how many do where one is; that the population is complete; that a deviation was recognized when it was seen (non-sampling risk).",
  ];
}

/** `sclaw plan --find --format json`. */
export function renderDiscoveryJson(paper: DiscoveryPaper): string {
  const { population, deviating, confidenceBp, n, tool } = paper;
  return jsonText({
    schema: "sclaw.plan/1",
    confidence_bp: confidenceBp,
    population,
    model: "hypergeometric",
    plan: "discovery",
    find: deviating,
    n,
    meaning: meaning(paper),
    statements: planStatements(tool),
  });
}
