import type { Expr } from "./engine.js";
import { contextPath, operandsOf, operationOf } from "./expression.js";

/** The least and the greatest value that an expression can have. */
interface Range {
  readonly least: bigint;
  readonly most: bigint;
}

const long: Range = { least: -(2n ** 63n), most: 2n ** 63n - 1n };
/** Facts are integers from 0 to 2^53 - 1. */
const fact: Range = { least: 0n, most: 2n ** 53n - 1n };
/** What the runtime puts into the context (docs/policy.md, "The Cedar request"). */
const contextRanges: { readonly [name: string]: Range } = {
  // Milliseconds from year 0 to the end of year 9999.
  at: { least: -62_167_219_200_000n, most: 253_402_300_799_999n },
  weekday: { least: 1n, most: 7n },
  minute: { least: 0n, most: 1439n },
};

/**
 * Whether arithmetic in a condition can leave 64 bits for some request: in words which, or
 * undefined where none can. Bounds are those of the request's own numbers; attributes of
 * entities may be anything.
 */
export function mayOverflow(expr: Expr): string | undefined {
  for (const operand of operandsOf(expr)) {
    const found = mayOverflow(operand);
    if (found !== undefined) return found;
  }
  const exact = resultOf(expr);
  if (exact === undefined || (exact.least >= long.least && exact.most <= long.most)) return undefined;
  const { operator } = operationOf(expr);
  const names: { readonly [operator: string]: string } = {
    "+": "an addition",
    "-": "a subtraction",
    "*": "a multiplication",
    neg: "a negation",
  };
  return `${names[operator] ?? operator} that may reach ${exact.most > long.most ? exact.most : exact.least}`;
}

/** The range of an operation's result if numbers had no end; undefined of what is no arithmetic. */
function resultOf(expr: Expr): Range | undefined {
  const { operator } = operationOf(expr);
  if (operator !== "+" && operator !== "-" && operator !== "*" && operator !== "neg") return undefined;
  const ranges = operandsOf(expr).map(rangeOf);
  const [a, b] = ranges as [Range, Range];
  switch (operator) {
    case "neg":
      return { least: -a.most, most: -a.least };
    case "+":
      return { least: a.least + b.least, most: a.most + b.most };
    case "-":
      return { least: a.least - b.most, most: a.most - b.least };
    case "*": {
      const corners = [a.least * b.least, a.least * b.most, a.most * b.least, a.most * b.most];
      return {
        least: corners.reduce((least, one) => (one < least ? one : least)),
        most: corners.reduce((most, one) => (one > most ? one : most)),
      };
    }
  }
}

/** The range of a number; of what is none, or of unknown origin, all of 64 bits. */
function rangeOf(expr: Expr): Range {
  if ("Value" in expr) {
    const { Value: value } = expr;
    if (typeof value !== "number" || !Number.isSafeInteger(value)) return long;
    return { least: BigInt(value), most: BigInt(value) };
  }
  const path = contextPath(expr);
  if (path?.length === 1) return contextRanges[path[0]!] ?? long;
  if (path?.length === 2 && path[0] === "facts") return fact;
  if ("if-then-else" in expr) {
    const { then, else: otherwise } = expr["if-then-else"] as { readonly then: Expr; readonly else: Expr };
    const [a, b] = [rangeOf(then), rangeOf(otherwise)];
    return { least: a.least < b.least ? a.least : b.least, most: a.most > b.most ? a.most : b.most };
  }
  const exact = resultOf(expr);
  if (exact === undefined) return long;
  return {
    least: exact.least < long.least ? long.least : exact.least,
    most: exact.most > long.most ? long.most : exact.most,
  };
}
