import type { DigestText } from "../bytes/digest.js";
import type { Time } from "../json/time.js";
import type { PolicyDecision } from "../policy/decide.js";
import type { FactTrace } from "../policy/facts.js";
import { obligationText } from "../policy/run-cases.js";
import type { Decision, Fact } from "../receipt/receipt.js";
import { jsonText } from "./json-text.js";
import { labelled, type Page, wrap } from "./layout.js";
import { visible } from "./visible.js";

/** One decision, and what it was made of. */
export interface DecisionPaper {
  readonly decided: PolicyDecision;
  readonly at: Time;
  readonly irHash: DigestText;
  readonly policy: { readonly version: string; readonly hash: DigestText };
}

/** `sclaw decide` for a person. */
export function renderDecision({ decided, at, irHash, policy }: DecisionPaper, page: Page): string {
  const { decision, tier, rules, required, traces, why } = decided;
  const head = `${paintOf(decision, page)(decision.toUpperCase())} at ${tier}`;
  const isOwn = why.length !== rules.length;
  const rows: [string, string][] = isOwn
    ? [
        ["rules", rules.map(visible).join(", ")],
        ...why.map((text): [string, string] => ["why", visible(text)]),
      ]
    : rules.map((rule, i): [string, string] => [
        i === 0 ? "rules" : "",
        `${visible(rule)}: ${visible(why[i]!)}`,
      ]);
  for (const { group, threshold } of required) rows.push(["needs", `${threshold} of ${visible(group)}`]);
  traces.forEach((trace, i) => {
    rows.push([i === 0 ? "facts" : "", factWords(trace)]);
  });
  rows.push(["intent", irHash], ["decided at", at], ["policy", `${visible(policy.version)}, ${policy.hash}`]);
  const note = "A dry run: nothing was executed, and no receipt was written.";
  return `${head}\n\n${labelled(rows, page)}\n\n${wrap(note, page.width, "  ")}\n`;
}

function factWords({ name, from, how, fact }: FactTrace): string {
  const origin: { readonly [H in FactTrace["how"]]: string } = {
    constant: "constant",
    read: `from ${from}`,
    mapped: `mapped from ${from}`,
    default: `the default, as ${from} holds no such value`,
  };
  return `${visible(name)} = ${factText(fact)} (${visible(origin[how])})`;
}

/** A fact as JSON writes it, which tells "1" from 1. */
export function factText(fact: Fact): string {
  return visible(JSON.stringify(fact));
}

function paintOf(decision: Decision, { paint }: Page): (text: string) => string {
  switch (decision) {
    case "allow":
      return paint.good;
    case "deny":
      return paint.bad;
    case "escalate":
    case "approval":
      return paint.warn;
  }
}

/** `sclaw decide --format json`: stable. */
export function renderDecisionJson({ decided, at, irHash, policy }: DecisionPaper): string {
  return jsonText({
    schema: "sclaw.decision/1",
    ...decisionJson(decided),
    decided_at: at,
    ir_hash: irHash,
    policy,
  });
}

/** A decision's own members, as every JSON of ours has them. */
export function decisionJson(decided: PolicyDecision): object {
  const { decision, tier, rules, required, facts, traces, why } = decided;
  return {
    decision,
    risk_tier: tier,
    rules,
    why,
    required,
    obligations: required.map(obligationText),
    facts,
    derivation: traces.map(({ name, from, how }) =>
      from === undefined ? { name, how } : { name, how, from },
    ),
  };
}
