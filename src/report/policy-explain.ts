import type { PolicyBundle } from "../policy/bundle.js";
import type { Rule, RuleOutcome } from "../policy/rule.js";
import { whenOf } from "../policy/rule-words.js";
import { jsonText } from "./json-text.js";
import { count, labelled, type Page } from "./layout.js";
import { markdownList, markdownTable, markdownText } from "./markdown.js";
import { visible } from "./visible.js";

const effects: { readonly [O in RuleOutcome]: string } = {
  allow: "allows",
  deny: "denies",
  approval: "holds for approval",
  escalate: "escalates",
};

const obligationWords = ({ obligation }: Rule) =>
  obligation === undefined ? "" : `${obligation.threshold} of ${obligation.group}`;

/** A bundle as an auditor reads it: its rules, and what its operations are. */
export function renderExplain(bundle: PolicyBundle, page: Page): string {
  const { info, hash, rules } = bundle;
  const parts = rules.map((rule) => {
    const rows: [string, string][] = [["when", visible(whenOf(rule))]];
    if (rule.obligation !== undefined) rows.push(["needs", obligationWords(rule)]);
    rows.push(["why", visible(rule.why)]);
    return `${page.paint.strong(rule.id)} ${effects[rule.outcome]}, ${rule.tier}\n${labelled(rows, page, "    ")}`;
  });
  const operations = operationRows(bundle).map(([adapter, name, action, tier, facts]): [string, string] => [
    `${visible(adapter)} ${visible(name)}`,
    `${visible(action)}, at least ${tier}${facts === "" ? "" : `; facts: ${visible(facts)}`}`,
  ]);
  return [
    `${visible(info.version)}: ${count(rules.length, "rule")}, ${count(operations.length, "operation")}\n${hash}`,
    ...parts,
    "Operations; all others are refused:",
    ...(operations.length === 0 ? [] : [labelled(operations, page)]),
    `${order.join("\n")}\n`,
  ].join("\n\n");
}

const order = [
  "A denial is final; then escalation, then approval, then allow. What no rule allows is denied.",
  "The tier is the highest of the operation's and of the rules that determined the decision.",
];

/** The same as Markdown, for a paper or a pull request. */
export function renderExplainMarkdown(bundle: PolicyBundle): string {
  const { info, hash, rules } = bundle;
  return [
    `# Policy ${markdownText(info.version)}\n`,
    markdownList([
      ["identity", hash],
      ["released at", info.released_at],
      ["rules", String(rules.length)],
    ]),
    "## Rules\n",
    markdownTable(
      ["id", "effect", "when", "tier", "needs", "why"],
      rules.map((rule) => [
        rule.id,
        effects[rule.outcome],
        whenOf(rule),
        rule.tier,
        obligationWords(rule),
        rule.why,
      ]),
    ),
    "## Operations\n",
    markdownTable(["adapter", "operation", "action", "least tier", "facts"], operationRows(bundle)),
    `${order.map((line) => `- ${line}\n`).join("")}- An operation that is not listed is refused.\n`,
  ].join("\n");
}

export function renderExplainJson(bundle: PolicyBundle): string {
  const { info, hash, rules, catalogue } = bundle;
  return jsonText({
    schema: "sclaw.policy-explain/1",
    version: info.version,
    released_at: info.released_at,
    hash,
    rules: rules.map((rule) => ({
      id: rule.id,
      effect: rule.outcome,
      when: whenOf(rule),
      tier: rule.tier,
      ...(rule.obligation === undefined ? {} : { obligation: rule.obligation.text }),
      why: rule.why,
    })),
    adapters: catalogue.adapters,
  });
}

/** Adapter, operation, action, least tier, and how each fact comes about. */
function operationRows({ catalogue }: PolicyBundle): [string, string, string, string, string][] {
  return Object.entries(catalogue.adapters).flatMap(([adapter, { operations }]) =>
    Object.entries(operations).map(
      ([name, { action, tier, facts }]): [string, string, string, string, string] => {
        const words = Object.entries(facts).map(([fact, expression]) =>
          "value" in expression
            ? `${fact} = ${JSON.stringify(expression.value)}`
            : `${fact}: ${expression.type} of ${expression.from}${expression.map === undefined ? "" : ", mapped"}${expression.default === undefined ? "" : `, else ${JSON.stringify(expression.default)}`}`,
        );
        return [adapter, name, action, tier, words.join("; ")];
      },
    ),
  );
}
