import { kindOf, type Severity } from "../findings/catalogue.js";
import { messageOf, type Problem } from "../findings/finding.js";

/** A problem as JSON gives it out, where it is about one known entry. */
export function problemJson(problem: Problem): object {
  const { code, where, expected, actual } = problem;
  const severity: Severity = kindOf(code).severity;
  const at = where === undefined ? {} : { where };
  return { code, severity, message: messageOf(problem), ...at, expected, actual };
}
