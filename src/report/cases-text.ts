import type { CaseResult } from "../policy/run-cases.js";
import { decisionJson } from "./decision-text.js";
import { jsonText } from "./json-text.js";
import { count, type Page, wrap } from "./layout.js";
import { visible } from "./visible.js";

/** Results of cases under the name of what they were run on: a bundle's version. */
export interface CasesPaper {
  readonly policy: { readonly version: string; readonly hash: string };
  readonly results: readonly CaseResult[];
}

const failed = ({ differences }: CaseResult) => differences.length > 0;

/** For a person: those that differ, and how many there were. */
export function renderCases({ policy, results }: CasesPaper, page: Page): string {
  const wrong = results.filter(failed);
  const head =
    wrong.length === 0
      ? page.paint.good(`${count(results.length, "case")}, all decided as expected`)
      : page.paint.bad(`${wrong.length} of ${count(results.length, "case")} decided otherwise than expected`);
  const parts = wrong.map(({ case: one, differences, decided }) => {
    const lines = differences.map(({ what, expected, actual }) =>
      wrap(`${what}: expected ${visible(expected)}, found ${visible(actual)}`, page.width, "    "),
    );
    return [
      wrap(visible(one.name), page.width, "  "),
      ...lines,
      wrap(`why: ${decided.why.map(visible).join("; ")}`, page.width, "    "),
    ].join("\n");
  });
  return `${[head, ...parts, `  policy ${visible(policy.version)}, ${policy.hash}`].join("\n\n")}\n`;
}

export function renderCasesJson({ policy, results }: CasesPaper): string {
  return jsonText({
    schema: "sclaw.policy-cases/1",
    policy,
    cases: results.length,
    failed: results.filter(failed).length,
    results: results.map((result) => ({
      name: result.case.name,
      ok: !failed(result),
      differences: result.differences,
      ...decisionJson(result.decided),
    })),
  });
}

/** JUnit's XML, as CI systems read it: a suite with a test case each. */
export function renderCasesJunit({ policy, results }: CasesPaper): string {
  const suite = `sclaw policy ${policy.version}`;
  const cases = results.map((result) => {
    const open = `    <testcase classname="${xml(suite)}" name="${xml(result.case.name)}"`;
    if (!failed(result)) return `${open}/>`;
    const lines = result.differences.map(
      ({ what, expected, actual }) => `${what}: expected ${expected}, found ${actual}`,
    );
    const text = [...lines, ...result.decided.why.map((why) => `why: ${why}`)].map(xml).join("\n");
    return `${open}>\n      <failure message="${xml(lines[0]!)}">${text}</failure>\n    </testcase>`;
  });
  const numbers = `tests="${results.length}" failures="${results.filter(failed).length}" errors="0" skipped="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="sclaw" ${numbers}>`,
    `  <testsuite name="${xml(suite)}" ${numbers}>`,
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

/** Text for XML 1.0: markup as references, what cannot be seen or may not be in XML as escapes. */
function xml(text: string): string {
  return visible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;");
}
