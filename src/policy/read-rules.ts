import type { RiskTier } from "../receipt/receipt.js";
import { checkConditions } from "./check-conditions.js";
import type { CedarEngine, PolicyJson } from "./engine.js";
import { cedarProblem } from "./engine-problems.js";
import { didYouMean, type PolicyProblem, type SourceText } from "./problem.js";
import {
  parseObligation,
  type ReservedRule,
  type Rule,
  type RuleOutcome,
  reservedRules,
  riskTiers,
} from "./rule.js";
import { type Statement, splitStatements } from "./statements.js";

const annotationNames = ["id", "obligation", "outcome", "tier", "why"] as const;
type AnnotationName = (typeof annotationNames)[number];
type Annotations = { readonly [Name in AnnotationName]?: string };

const idForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const mostRules = 10_000;

/**
 * Reads the policies of `policy.cedar`, each with its annotations. Adds everything that is
 * wrong to `problems`; a policy with a problem is left out of what is returned.
 */
export function readRules(
  source: SourceText,
  cedar: CedarEngine,
  problems: PolicyProblem[],
): readonly Rule[] {
  const statements = splitStatements(source.text);
  if (statements.length === 0) problems.push(source.problem(0, "at least one policy", "none"));
  if (statements.length > mostRules) {
    problems.push(source.problem(0, `at most ${mostRules} policies`, String(statements.length)));
    return [];
  }
  const firstAt = new Map<string, number>();
  const rules: Rule[] = [];
  for (const statement of statements) {
    const before = problems.length;
    const rule = readRule(source, statement, cedar, problems);
    const id = rule?.id;
    if (id !== undefined) {
      const first = firstAt.get(id);
      if (first === undefined) firstAt.set(id, statement.at);
      else {
        const { line } = source.problem(first, "", "");
        const at = statement.places.annotations.get("id");
        problems.push(
          source.problem(at ?? statement.at, "each @id once", `"${id}", which stands in line ${line}`),
        );
      }
    }
    if (rule !== undefined && problems.length === before) rules.push(rule);
  }
  return rules;
}

function readRule(
  source: SourceText,
  statement: Statement,
  cedar: CedarEngine,
  problems: PolicyProblem[],
): Rule | undefined {
  const { at, text, places } = statement;
  const parsed = cedar.policyToJson(text);
  if (parsed.type === "failure") {
    problems.push(...parsed.errors.map((error) => cedarProblem(source, error, "a Cedar policy", at)));
    return undefined;
  }
  const { json } = parsed;
  const say: Say = (annotation, expected, actual, hint) => {
    problems.push(source.problem(places.annotations.get(annotation) ?? at, expected, actual, hint));
  };
  const annotations = readAnnotations(json, say);
  const outcome = readOutcome(json, annotations, say);
  const tier = readTier(annotations, say);
  const obligation = readObligation(annotations, outcome, say);
  const { id, why } = annotations;
  if (id === undefined) say("id", "@id with the rule's name", "none", 'for example @id("R-014")');
  else if (!idForm.test(id))
    say("id", "an @id of A-Z a-z 0-9 . _ - of at most 64 characters", JSON.stringify(id));
  else if (isReserved(id)) say("id", "an @id that is not the profile's own", `"${id}"`);
  if (why === undefined || why.trim() === "")
    say("why", "@why with the reason in words", why === undefined ? "none" : "an empty one");
  problems.push(...checkConditions(source, statement, json, obligation?.text));
  if (id === undefined || why === undefined || tier === undefined || outcome === undefined) return undefined;
  return { id, effect: json.effect, outcome, tier, obligation, why, at, text, places, json };
}

/** Says what is wrong with an annotation: at its place, or the policy's where it is missing. */
type Say = (annotation: string, expected: string, actual: string, hint?: string) => void;

function readAnnotations(json: PolicyJson, say: Say): Annotations {
  const found: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(json.annotations ?? {}) as [string, string | null][]) {
    if (!(annotationNames as readonly string[]).includes(name)) {
      say(
        name,
        `only ${annotationNames.map((known) => `@${known}`).join(", ")}`,
        `@${name}`,
        didYouMean(name, annotationNames),
      );
    } else if (value === null) say(name, `@${name} with a value`, "one without");
    else found[name] = value;
  }
  return found;
}

function readOutcome({ effect }: PolicyJson, { outcome }: Annotations, say: Say): RuleOutcome | undefined {
  if (outcome === undefined) return effect === "permit" ? "allow" : "deny";
  if (effect === "permit") {
    say("outcome", "no @outcome on a permit", `@outcome("${outcome}")`, "a hold is a conditional forbid");
    return undefined;
  }
  if (outcome === "approval" || outcome === "escalate") return outcome;
  say(
    "outcome",
    '@outcome("approval") or @outcome("escalate")',
    `@outcome(${JSON.stringify(outcome)})`,
    didYouMean(outcome, ["approval", "escalate"]),
  );
  return undefined;
}

function readTier({ tier }: Annotations, say: Say): RiskTier | undefined {
  const known = riskTiers.find((one) => one === tier);
  if (known !== undefined) return known;
  say(
    "tier",
    `@tier, one of ${riskTiers.join(", ")}`,
    tier === undefined ? "none" : JSON.stringify(tier),
    tier === undefined ? undefined : didYouMean(tier, riskTiers),
  );
  return undefined;
}

function readObligation(
  { obligation }: Annotations,
  outcome: RuleOutcome | undefined,
  say: Say,
): Rule["obligation"] {
  const isConditional = outcome === "approval" || outcome === "escalate";
  if (obligation === undefined) {
    if (isConditional)
      say(
        "obligation",
        "@obligation of a conditional forbid",
        "none",
        'for example @obligation("2:release-managers")',
      );
    return undefined;
  }
  const parsed = parseObligation(obligation);
  if (parsed === undefined)
    say(
      "obligation",
      "an @obligation of a number from 1 to 99, a colon and a group",
      JSON.stringify(obligation),
    );
  if (outcome === "allow" || outcome === "deny")
    say(
      "obligation",
      "@obligation only beside @outcome",
      `@obligation(${JSON.stringify(obligation)}) without`,
    );
  return parsed === undefined ? undefined : { ...parsed, text: obligation };
}

function isReserved(id: string): id is ReservedRule {
  return (reservedRules as readonly string[]).includes(id);
}
