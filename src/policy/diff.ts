import type { PolicyBundle } from "./bundle.js";
import type { Case } from "./case.js";
import { decide, type PolicyDecision } from "./decide.js";
import { bundleFiles, type PolicyFiles } from "./files.js";
import type { Rule } from "./rule.js";
import { whenOf } from "./rule-words.js";
import { obligationText } from "./run-cases.js";

/** What one rule is in either bundle; the other side is undefined where it was added or taken out. */
export interface RuleChange {
  readonly id: string;
  readonly change: "added" | "removed" | "changed";
  /** The parts that differ: when, effect, tier, obligation, why. */
  readonly parts: readonly { readonly part: string; readonly before: string; readonly after: string }[];
}

/** A case of either bundle's tests that the two decide differently. */
export interface CaseChange {
  readonly case: Case;
  readonly before: PolicyDecision;
  readonly after: PolicyDecision;
}

/** What differs between two bundles, in bytes and in meaning. */
export interface PolicyDiff {
  readonly files: readonly { readonly name: string; readonly change: "added" | "removed" | "changed" }[];
  readonly rules: readonly RuleChange[];
  /** `adapter operation`, in either catalogue. */
  readonly operations: readonly { readonly name: string; readonly change: "added" | "removed" | "changed" }[];
  readonly cases: readonly CaseChange[];
  readonly casesCompared: number;
}

interface BundleWithFiles {
  readonly bundle: PolicyBundle;
  readonly files: PolicyFiles;
}

/** Compares two bundles. Cases are those of both bundles' tests; a case of both counts once. */
export function diffBundles(a: BundleWithFiles, b: BundleWithFiles): PolicyDiff {
  const cases = [
    ...new Map([...a.bundle.cases, ...b.bundle.cases].map((one) => [caseKey(one), one])).values(),
  ];
  const changed = cases.flatMap((one): CaseChange[] => {
    const before = decide(a.bundle, one.intent, one.at);
    const after = decide(b.bundle, one.intent, one.at);
    return sameDecision(before, after) ? [] : [{ case: one, before, after }];
  });
  return {
    files: changesOf(
      bundleFiles.flatMap((name) => (a.files.has(name) ? [[name, text(a.files.get(name))] as const] : [])),
      bundleFiles.flatMap((name) => (b.files.has(name) ? [[name, text(b.files.get(name))] as const] : [])),
    ),
    rules: ruleChanges(a.bundle.rules, b.bundle.rules),
    operations: changesOf(operationsOf(a.bundle), operationsOf(b.bundle)),
    cases: changed,
    casesCompared: cases.length,
  };
}

/** Whether two decisions are the same in what a receipt records of them: decision, rules, tier, what is required. */
export function sameDecision(a: PolicyDecision, b: PolicyDecision): boolean {
  return outcomeKey(a) === outcomeKey(b);
}

function outcomeKey({ decision, tier, rules, required }: PolicyDecision): string {
  return JSON.stringify([decision, tier, rules, required.map(obligationText)]);
}

function caseKey({ intent, at }: Case): string {
  return JSON.stringify([intent, at]);
}

function text(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? "" : bytes.join();
}

function operationsOf({ catalogue }: PolicyBundle): (readonly [string, string])[] {
  return Object.entries(catalogue.adapters).flatMap(([adapter, { operations }]) =>
    Object.entries(operations).map(
      ([name, operation]) => [`${adapter} ${name}`, JSON.stringify(operation)] as const,
    ),
  );
}

function changesOf(
  before: readonly (readonly [string, string])[],
  after: readonly (readonly [string, string])[],
) {
  const [old, now] = [new Map(before), new Map(after)];
  const names = [...new Set([...old.keys(), ...now.keys()])].sort();
  return names.flatMap((name) => {
    if (old.get(name) === now.get(name)) return [];
    const change = !old.has(name)
      ? ("added" as const)
      : !now.has(name)
        ? ("removed" as const)
        : ("changed" as const);
    return [{ name, change }];
  });
}

function ruleChanges(before: readonly Rule[], after: readonly Rule[]): readonly RuleChange[] {
  const [old, now] = [before, after].map((rules) => new Map(rules.map((rule) => [rule.id, rule]))) as [
    Map<string, Rule>,
    Map<string, Rule>,
  ];
  const ids = [...new Set([...old.keys(), ...now.keys()])].sort();
  return ids.flatMap((id): RuleChange[] => {
    const [a, b] = [old.get(id), now.get(id)];
    const parts = partNames.flatMap((part) => {
      const [x, y] = [a && partsOf(a)[part], b && partsOf(b)[part]];
      return x === y ? [] : [{ part, before: x ?? "", after: y ?? "" }];
    });
    if (parts.length === 0) return [];
    return [{ id, change: a === undefined ? "added" : b === undefined ? "removed" : "changed", parts }];
  });
}

const partNames = ["effect", "when", "tier", "obligation", "why"] as const;

function partsOf(rule: Rule): { readonly [Part in (typeof partNames)[number]]: string } {
  return {
    effect: rule.outcome,
    when: whenOf(rule),
    tier: rule.tier,
    obligation: rule.obligation?.text ?? "none",
    why: rule.why,
  };
}
