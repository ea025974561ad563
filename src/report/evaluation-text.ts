import { achievedConfidence, extensionRisk } from "../statistics/confidence.js";
import { type SampleResult, type UpperLimit, upperLimit } from "../statistics/limit.js";
import { jsonText } from "./json-text.js";
import { count, labelled, type Page, wrap } from "./layout.js";
import { percentOf, percentOfPart } from "./plan-text.js";
import { planStatements } from "./statements.js";

/** A sample that was tested, and what is asked of it. */
export interface EvaluationPaper {
  readonly result: SampleResult;
  /** In basis points; undefined where nobody named one. */
  readonly tolerableBp: number | undefined;
  /** The size of the sample before it was extended; undefined where it was not. */
  readonly extendedFrom: number | undefined;
  readonly tool: string;
}

/** Tenths of a percent: 113 is `11.3 %`. */
export function tenths(value: number): string {
  return `${(value / 10).toFixed(1)} %`;
}

/** What an upper limit says, in a sentence that never says more. */
export function limitSentence(
  { n, deviations, confidenceBp, population }: SampleResult,
  limit: UpperLimit,
): string {
  const items = limit.items === undefined ? "" : ` (${limit.items} of ${population} items)`;
  return `${count(deviations, "deviation")} in ${count(n, "item")}: the rate of deviation in the population is at most ${tenths(limit.tenthsOfPercent)}${items}, with ${percentOf(confidenceBp)} confidence`;
}

/** `sclaw evaluate` for a person. */
export function renderEvaluation(paper: EvaluationPaper, page: Page): string {
  const { result } = paper;
  const limit = upperLimit(result);
  const sections = [
    page.paint.strong(limitSentence(result, limit)),
    ...meaning(paper).map((text) => wrap(text, page.width, "  ")),
    labelled(
      [
        ["observed", `${percentOfPart(result.deviations / result.n)} of the sample`],
        [
          "upper limit",
          `${(limit.rate * 100).toFixed(4)} %, shown rounded up to ${tenths(limit.tenthsOfPercent)}`,
        ],
        [
          "method",
          result.population === undefined
            ? "Clopper–Pearson, one-sided (binomial)"
            : "hypergeometric, one-sided",
        ],
      ],
      page,
    ),
    planStatements(paper.tool)
      .map((line) => wrap(line, page.width, "  "))
      .join("\n"),
  ];
  return `${sections.join("\n\n")}\n`;
}

/** What the number means, what it does not, and what it is worth at the tolerable rate. */
function meaning({ result, tolerableBp, extendedFrom }: EvaluationPaper): string[] {
  const texts = [
    "Means: with a higher rate, a random sample would have shown so few deviations, or fewer, more seldom than the confidence leaves open. It rests on items that were drawn at random and tested whole; one that could not be tested counts as a deviation.",
    "Does not mean: that this is the rate, or that the population is complete; nothing is said of another period, nor of deviations that were not recognized (non-sampling risk).",
  ];
  if (tolerableBp !== undefined) {
    const limit = upperLimit(result);
    const within = limit.rate * 10_000 <= tolerableBp;
    const confidence = achievedConfidence({ ...result, tolerableBp });
    texts.push(
      `At a tolerable rate of ${percentOf(tolerableBp)} the upper limit is ${within ? "within" : "above"} it; this sample gives ${percentOfPart(confidence)} confidence that the rate is at most ${percentOf(tolerableBp)}.`,
    );
  }
  if (extendedFrom !== undefined && tolerableBp !== undefined) {
    const both = extensionRisk({ first: extendedFrom, more: result.n - extendedFrom, tolerableBp });
    texts.push(
      `The sample was extended from ${extendedFrom} to ${result.n} items. A plan that allows one deviation after extending accepts a population with ${percentOf(tolerableBp)} deviations in ${risk(both.extended)} of cases, where ${extendedFrom} items without a deviation do so in ${risk(both.firstAlone)}: extending weakens the claim by that much, and the limit above does not show it.`,
    );
  }
  return texts;
}

/** A probability of being wrong, with two decimals. */
function risk(part: number): string {
  return `${(part * 100).toFixed(2)} %`;
}

/** `sclaw evaluate --format json`. */
export function renderEvaluationJson(paper: EvaluationPaper): string {
  const { result, tolerableBp, extendedFrom, tool } = paper;
  const limit = upperLimit(result);
  return jsonText({
    schema: "sclaw.evaluation/1",
    n: result.n,
    deviations: result.deviations,
    confidence_bp: result.confidenceBp,
    population: result.population ?? null,
    upper_limit: limit.rate,
    upper_limit_tenths_of_percent: limit.tenthsOfPercent,
    upper_limit_items: limit.items ?? null,
    tolerable_bp: tolerableBp ?? null,
    achieved_confidence: tolerableBp === undefined ? null : achievedConfidence({ ...result, tolerableBp }),
    extended_from: extendedFrom ?? null,
    meaning: meaning(paper),
    statements: planStatements(tool),
  });
}
