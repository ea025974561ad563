import type { Expr } from "./engine.js";

/**
 * A Cedar expression in its JSON form: one operator and its operands. The engine's type lists
 * them; here they are read generically, so that no operator is overlooked.
 */
export interface Operation {
  readonly operator: string;
  readonly body: unknown;
}

/** The operator of an expression and what belongs to it. */
export function operationOf(expr: Expr): Operation {
  const [[operator, body]] = Object.entries(expr) as [[string, unknown]];
  return { operator, body };
}

/** The operands of an expression that are expressions themselves; of a literal there are none. */
export function operandsOf(expr: Expr): readonly Expr[] {
  const { operator, body } = operationOf(expr);
  switch (operator) {
    case "Value":
    case "Var":
    case "Slot":
      return [];
    case "Record":
      return Object.values(body as { readonly [name: string]: Expr });
    default:
      // Sets and calls of extensions hold lists; all else has named operands beside names and patterns.
      if (Array.isArray(body)) return body as readonly Expr[];
      return ["left", "right", "arg", "if", "then", "else", "in"].flatMap((name) => {
        const operand = (body as { readonly [name: string]: Expr | undefined })[name];
        return operand === undefined ? [] : [operand];
      });
  }
}

/** The names behind `context`: `["facts", "rows"]` of `context.facts.rows`; undefined of anything else. */
export function contextPath(expr: Expr): readonly string[] | undefined {
  if ("Var" in expr) return expr.Var === "context" ? [] : undefined;
  if (!("." in expr)) return undefined;
  const { left, attr } = expr["."] as { readonly left: Expr; readonly attr: string };
  const path = contextPath(left);
  return path === undefined ? undefined : [...path, attr];
}

/** What `has` asks of: the path of its left side and the names that it looks for. */
export function hasPath(expr: Expr): readonly string[] | undefined {
  if (!("has" in expr)) return undefined;
  const { left, attr } = expr.has as { readonly left: Expr; readonly attr: string | readonly string[] };
  const path = contextPath(left);
  return path === undefined ? undefined : [...path, ...(typeof attr === "string" ? [attr] : attr)];
}

/** The integer that an expression stands for as it is written: `5`, `-5`. */
export function literalInteger(expr: Expr): number | undefined {
  if ("Value" in expr) return typeof expr.Value === "number" ? expr.Value : undefined;
  if (!("neg" in expr)) return undefined;
  const value = literalInteger((expr.neg as { readonly arg: Expr }).arg);
  return value === undefined ? undefined : -value;
}
