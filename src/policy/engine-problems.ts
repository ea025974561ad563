import type { DetailedError } from "./engine.js";
import type { PolicyProblem, SourceText } from "./problem.js";

/**
 * What Cedar found wrong, as a problem of a file. Its positions are in UTF-8 bytes from the
 * start of the text that it was given, which begins at `from`.
 */
export function cedarProblem(
  source: SourceText,
  error: DetailedError,
  expected: string,
  from = 0,
): PolicyProblem {
  const [place] = error.sourceLocations ?? [];
  const at = place === undefined ? from : source.fromBytes(place.start, from);
  const wanted = place?.label ?? expected;
  return source.problem(at, wanted.replace(/^expected /, ""), wordsOf(error.message), error.help);
}

/** Cedar's message without what our own says already. */
function wordsOf(message: string): string {
  return message
    .replace(/^failed to parse (policy|policies|schema) from string: /, "")
    .replace(/^error parsing schema: /, "")
    .replace(/^error during entity deserialization: /, "")
    .replace(/^entity does not conform to the schema: /, "")
    .replace(/^for policy `[^`]*`, /, "");
}
