import type { Expr, PolicyJson } from "./engine.js";
import { contextPath, hasPath, operandsOf } from "./expression.js";
import { mayOverflow } from "./overflow.js";
import type { PolicyProblem, SourceText } from "./problem.js";
import type { Statement } from "./statements.js";

/**
 * What a policy's conditions may not do: read `satisfied`, other than in the one `unless` of a
 * conditional forbid, and calculate beyond 64 bits. Cedar skips a policy whose evaluation
 * fails, so that a forbid that overflows would allow.
 */
export function checkConditions(
  source: SourceText,
  { at, places }: Statement,
  { conditions }: PolicyJson,
  obligation: string | undefined,
): readonly PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const wanted = (clause: PolicyJson["conditions"][number]) =>
    obligation !== undefined && clause.kind === "unless" && isObligation(clause.body, obligation);
  const waiting = conditions.filter(wanted);
  // Cedar gives the clauses in the order in which they stand.
  const placeOf = (i: number) => places.clauses[i] ?? at;
  const isMissed = (clause: PolicyJson["conditions"][number]) =>
    obligation !== undefined &&
    waiting.length === 0 &&
    clause.kind === "unless" &&
    readsSatisfied(clause.body);
  if (obligation !== undefined && waiting.length !== 1) {
    const missed = conditions.findIndex((clause) => isMissed(clause));
    const clause = `unless { context.satisfied.contains(${JSON.stringify(obligation)}) }`;
    const actual = waiting.length === 0 ? "none that is exactly so" : `${waiting.length} of it`;
    problems.push(
      source.problem(
        missed < 0 ? at : placeOf(missed),
        `one ${clause}`,
        actual,
        "then any Cedar engine denies until the signatures are there",
      ),
    );
  }
  for (const [i, clause] of conditions.entries()) {
    if (wanted(clause)) continue;
    // The one that is meant is named already.
    if (!isMissed(clause) && readsSatisfied(clause.body))
      problems.push(
        source.problem(
          placeOf(i),
          "context.satisfied only in the unless of a conditional forbid",
          `it in another ${clause.kind}`,
          'a conditional forbid has @outcome("approval") or @outcome("escalate"), and @obligation',
        ),
      );
    const overflow = mayOverflow(clause.body);
    if (overflow !== undefined)
      problems.push(
        source.problem(
          placeOf(i),
          "arithmetic that stays within 64 bits whatever the request",
          overflow,
          "an evaluation that fails is no decision: compare before you calculate, or with a smaller factor",
        ),
      );
  }
  return problems;
}

function isObligation(body: Expr, obligation: string): boolean {
  if (!("contains" in body)) return false;
  const { left, right } = body.contains as { readonly left: Expr; readonly right: Expr };
  const path = contextPath(left);
  return path?.length === 1 && path[0] === "satisfied" && "Value" in right && right.Value === obligation;
}

/** Whether an expression can see what was satisfied: by name, or in the context as a whole. */
function readsSatisfied(expr: Expr): boolean {
  const path = contextPath(expr) ?? hasPath(expr);
  if (path !== undefined) return path.length === 0 || path[0] === "satisfied";
  return operandsOf(expr).some(readsSatisfied);
}
