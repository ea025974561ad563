import type { PolicyDecision } from "../policy/decide.js";
import type { PolicyDiff } from "../policy/diff.js";
import { obligationText } from "../policy/run-cases.js";
import { decisionJson } from "./decision-text.js";
import { jsonText } from "./json-text.js";
import { count, type Page, wrap } from "./layout.js";
import { visible } from "./visible.js";

/** Two bundles, named, and what differs. */
export interface DiffPaper {
  readonly before: { readonly version: string; readonly hash: string };
  readonly after: { readonly version: string; readonly hash: string };
  readonly diff: PolicyDiff;
}

/** Whether the two are one policy, byte for byte. */
export function isSame({ before, after }: DiffPaper): boolean {
  return before.hash === after.hash;
}

/** `approval T2_ELEVATED (P-020; 2:release-managers)`. */
export function decisionWords({ decision, tier, rules, required }: PolicyDecision): string {
  const needs = required.map(obligationText).join(", ");
  return visible(`${decision} ${tier} (${rules.join(", ")}${needs === "" ? "" : `; needs ${needs}`})`);
}

/** `sclaw policy diff` for a person. */
export function renderDiff(paper: DiffPaper, page: Page): string {
  const { before, after, diff } = paper;
  const heading = `${visible(before.version)} ${before.hash}\n${visible(after.version)} ${after.hash}`;
  if (isSame(paper)) return `The same policy, byte for byte.\n\n${heading}\n`;
  const sections = [
    heading,
    section(
      "Files",
      diff.files.map(({ name, change }) => `${change} ${name}`),
      page,
    ),
    section(
      "Rules",
      diff.rules.flatMap(({ id, change, parts }) => [
        `${change} ${id}`,
        ...parts.map(({ part, before: old, after: now }) => `  ${part}: ${words(old)} -> ${words(now)}`),
      ]),
      page,
    ),
    section(
      "Operations",
      diff.operations.map(({ name, change }) => `${change} ${visible(name)}`),
      page,
    ),
    section(
      `Cases that change, of ${count(diff.casesCompared, "case")} of both bundles' tests`,
      diff.cases.flatMap(({ case: one, before: old, after: now }) => [
        visible(one.name),
        `  ${decisionWords(old)} -> ${decisionWords(now)}`,
      ]),
      page,
    ),
  ];
  return `${sections.join("\n\n")}\n`;
}

function words(text: string): string {
  return text === "" ? "nothing" : visible(text);
}

function section(title: string, lines: readonly string[], page: Page): string {
  const shown = lines.length === 0 ? ["none"] : lines;
  return [
    `${title}:`,
    ...shown.map((line) => wrap(line.trimStart(), page.width, line.startsWith("  ") ? "    " : "  ")),
  ].join("\n");
}

export function renderDiffJson(paper: DiffPaper): string {
  const { before, after, diff } = paper;
  return jsonText({
    schema: "sclaw.policy-diff/1",
    same: isSame(paper),
    before,
    after,
    files: diff.files,
    rules: diff.rules,
    operations: diff.operations,
    cases_compared: diff.casesCompared,
    cases: diff.cases.map(({ case: one, before: old, after: now }) => ({
      name: one.name,
      before: decisionJson(old),
      after: decisionJson(now),
    })),
  });
}
