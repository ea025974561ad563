import { achievedConfidence, firmPresets } from "../statistics/confidence.js";
import type { Plan, PlanInput } from "../statistics/plan.js";
import { jsonText } from "./json-text.js";
import { count, labelled, type Page, wrap } from "./layout.js";
import { planStatements } from "./statements.js";

/** A plan, what it was computed from, and the tool that computed it. */
export interface PlanPaper {
  readonly input: PlanInput;
  readonly plan: Plan;
  readonly tool: string;
}

/** Basis points as a percentage: 350 is `3.5 %`. */
export function percentOf(basisPoints: number): string {
  return `${basisPoints / 100} %`;
}

/**
 * A part of 1 as a percentage with one decimal. What would be rounded up to a whole percent is
 * cut to two decimals: 94.96 % must not read as the 95 % that it is not.
 */
export function percentOfPart(part: number): string {
  const nearest = Math.round(part * 1000);
  const reachesMore = nearest % 10 === 0 && nearest > part * 1000 + 1e-9;
  return reachesMore ? `${(Math.floor(part * 10_000) / 100).toFixed(2)} %` : `${(nearest / 10).toFixed(1)} %`;
}

/** `sclaw plan` for a person. */
export function renderPlan({ input, plan, tool }: PlanPaper, page: Page): string {
  const { confidenceBp, tolerableBp, expectedBp, population } = input;
  const sections = [
    page.paint.strong(headline(plan)),
    ...meaning(plan, input).map((text) => wrap(text, page.width, "  ")),
    labelled(
      [
        ["confidence", percentOf(confidenceBp)],
        ["tolerable", percentOf(tolerableBp)],
        ["expected", percentOf(expectedBp)],
        [
          "population",
          population === undefined ? "large or not known (binomial)" : `${population} (hypergeometric)`,
        ],
      ],
      page,
    ),
    ["What sizes that firms use by policy are worth here (a policy, no statistics):", ...presets(input)]
      .map((line, i) => wrap(line, page.width, i === 0 ? "  " : "    "))
      .join("\n"),
    planStatements(tool)
      .map((line) => wrap(line, page.width, "  "))
      .join("\n"),
  ];
  return `${sections.join("\n\n")}\n`;
}

function headline(plan: Plan): string {
  switch (plan.kind) {
    case "planned":
      return `${count(plan.n, "item")}, of which ${plan.allowed === 0 ? "none" : `at most ${plan.allowed}`} may deviate`;
    case "all":
      return `all ${count(plan.n, "item")}: no smaller sample is enough`;
    case "none":
      return "no sample size";
  }
}

/** What the number means, and what it does not. */
function meaning(plan: Plan, { confidenceBp, tolerableBp }: PlanInput): string[] {
  switch (plan.kind) {
    case "none":
      return [`There is none: ${plan.reason}.`];
    case "all":
      return ["Test every item; then nothing is inferred from a sample."];
    case "planned": {
      const found = plan.allowed === 0 ? "no deviation" : `at most ${count(plan.allowed, "deviation")}`;
      return [
        `Means: if ${found} is found in ${plan.n} items that were drawn at random and tested whole, then the rate of deviation in the population is at most ${percentOf(tolerableBp)}, with ${percentOf(confidenceBp)} confidence: a population with a higher rate would show so few in at most ${percentOf(10_000 - confidenceBp)} of such samples.`,
        "Does not mean: that there are no deviations; that the population is complete; anything of another period; that a deviation was recognized when it was seen (non-sampling risk). An item that cannot be tested counts as a deviation.",
      ];
    }
  }
}

function presets({ tolerableBp, population }: PlanInput): string[] {
  return firmPresets
    .filter((n) => population === undefined || n <= population)
    .map((n) => {
      const confidence = achievedConfidence({ n, deviations: 0, tolerableBp, population });
      return `${n} without a deviation: ${percentOfPart(confidence)} confidence at ${percentOf(tolerableBp)} tolerable`;
    });
}

/** `sclaw plan --format json`. */
export function renderPlanJson({ input, plan, tool }: PlanPaper): string {
  const { confidenceBp, tolerableBp, expectedBp, population } = input;
  return jsonText({
    schema: "sclaw.plan/1",
    confidence_bp: confidenceBp,
    tolerable_bp: tolerableBp,
    expected_bp: expectedBp,
    population: population ?? null,
    model: population === undefined ? "binomial" : "hypergeometric",
    plan: plan.kind,
    ...(plan.kind === "none" ? { reason: plan.reason } : { n: plan.n, deviations_allowed: plan.allowed }),
    meaning: meaning(plan, input),
    statements: planStatements(tool),
  });
}
