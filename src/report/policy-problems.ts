import type { PolicyProblem } from "../policy/problem.js";
import { jsonText } from "./json-text.js";
import { count, type Page } from "./layout.js";
import { visible } from "./visible.js";

/** Everything that is wrong with a bundle, a line each as compilers print it, hints on their own. */
export function renderProblems(folder: string, problems: readonly PolicyProblem[], page: Page): string {
  const lines = problems.map(({ file, line, column, expected, actual, hint }) => {
    const place = [`${folder.replace(/\/+$/, "")}${file === "" ? "" : `/${file}`}`, line, column].filter(
      (part) => part !== undefined,
    );
    const text = `${visible(place.join(":"))}: expected ${visible(expected)}, found ${visible(actual)}`;
    return hint === undefined ? text : `${text}\n  ${page.paint.faint(visible(hint))}`;
  });
  return `${lines.join("\n")}\n\n${page.paint.bad(count(problems.length, "problem"))}\n`;
}

export function renderProblemsJson(problems: readonly PolicyProblem[], hash: string | undefined): string {
  return jsonText({
    schema: "sclaw.policy-check/1",
    ok: problems.length === 0,
    ...(hash === undefined ? {} : { hash }),
    problems,
  });
}
