// The mutation operators: small changes that each turn one check off or move its bound.
import { parseAst } from "vitest/node";

/**
 * @typedef {object} Mutant
 * @property {string} operator the name of the operator
 * @property {number} line from 1
 * @property {number} start offset in the source
 * @property {number} end
 * @property {string} was the source text that is replaced
 * @property {string} becomes
 */

const boundary = { "<": "<=", "<=": "<", ">": ">=", ">=": ">" };
const logic = { "&&": "||", "||": "&&" };
const quantifier = new Map([
  ["every", "some"],
  ["some", "every"],
]);

/** What a node may become: `[operator, node to replace, new text]`; `of(node)` is its text. */
const operators = {
  // A refusal is never reached: `if (bad) …` as if all were good.
  IfStatement: (node) => [["guard-off", node.test, "false"]],
  // A finding, or a step, is left out: `problems.push(…)`, `this.#findings.add(…)`.
  ExpressionStatement: (node) =>
    bare(node.expression).type === "CallExpression" && bare(node.expression).callee.type !== "Super"
      ? [["call-off", node, ";"]]
      : [],
  // A finding is made and not returned; a scanner answers the other way.
  ReturnStatement: (node, of) => returned(node.argument, of),
  ArrowFunctionExpression: (node, of) => (node.body.type === "BlockStatement" ? [] : returned(node.body, of)),
  BinaryExpression: (node, of) =>
    boundary[node.operator] === undefined
      ? []
      : [["boundary", node, withOperator(node, boundary[node.operator], of)]],
  LogicalExpression: (node, of) =>
    logic[node.operator] === undefined
      ? []
      : // Parentheses keep the tree: && binds closer than ||, and neither mixes with ??.
        [["logic", node, `((${of(node.left)}) ${logic[node.operator]} (${of(node.right)}))`]],
  CallExpression: ({ callee }) => {
    const becomes = callee.type === "MemberExpression" ? quantifier.get(callee.property.name) : undefined;
    return becomes === undefined ? [] : [["quantifier", callee.property, becomes]];
  },
  // A fact in a table: a limit one higher, a member not needed, a status that did not run.
  Property: ({ value }) => tableFact(bare(value)),
  ArrayExpression: (node, of) => {
    const texts = node.elements.filter((item) => item !== null && bare(item).type === "Literal");
    if (texts.length !== node.elements.length) return [];
    return texts
      .filter((item) => typeof item.value === "string")
      .map((item) => [
        "list",
        node,
        `[${texts
          .filter((other) => other !== item)
          .map(of)
          .join(", ")}]`,
      ]);
  },
  Literal: (node) => (node.regex === undefined ? [] : looserPatterns(node)),
};

/** Another operator between the same operands, with the parentheses around them. */
function withOperator({ start, end, left, right, operator }, other, of) {
  const between = of({ start: left.end, end: right.start }).replace(operator, other);
  return of({ start, end: left.end }) + between + of({ start: right.start, end });
}

/** Without the type assertions and parentheses around it. */
function bare(node) {
  const wrapped = [
    "TSAsExpression",
    "TSNonNullExpression",
    "TSSatisfiesExpression",
    "ParenthesizedExpression",
  ];
  return wrapped.includes(node?.type) ? bare(node.expression) : node;
}

function returned(argument, of) {
  const value = argument === null ? undefined : bare(argument);
  switch (value?.type) {
    case "Literal":
      return typeof value.value === "boolean" ? [["answer", value, String(!value.value)]] : [];
    case "ArrayExpression":
      return value.elements.length > 0 ? [["finding-off", value, "[]"]] : [];
    case "ObjectExpression":
      return value.properties.some((property) => property.key?.name === "code")
        ? [["finding-off", argument, "(undefined as never)"]]
        : [];
    case "CallExpression":
      return /problem|refus|mismatch/i.test(of(value.callee))
        ? [["finding-off", argument, "(undefined as never)"]]
        : [];
    default:
      return [];
  }
}

function tableFact(value) {
  if (value.type !== "Literal") return [];
  if (typeof value.value === "boolean") return [["table", value, String(!value.value)]];
  if (typeof value.value === "number") return [["table", value, String(value.value + 1)]];
  return [];
}

function looserPatterns(node) {
  const { pattern, flags } = node.regex;
  const looser = [];
  if (pattern.startsWith("^")) looser.push(pattern.slice(1));
  if (pattern.endsWith("$")) looser.push(pattern.slice(0, -1));
  for (const match of pattern.matchAll(/\{(\d+)(?:,(\d+))?\}/g)) {
    const before = pattern.slice(0, match.index);
    const after = pattern.slice(match.index + match[0].length);
    const [, least, most = least] = match;
    looser.push(`${before}{${least},${Number(most) + 1}}${after}`);
    if (Number(least) > 0) looser.push(`${before}{${least - 1},${most}}${after}`);
  }
  for (const match of pattern.matchAll(/(?<=[\]\w.)])\+/g))
    looser.push(`${pattern.slice(0, match.index)}*${pattern.slice(match.index + 1)}`);
  return looser.filter(Boolean).map((text) => ["pattern", node, `/${text}/${flags}`]);
}

/** All mutants of one source text, in its order. Types are left alone: they decide nothing at run time. */
export function mutantsOf(source) {
  const of = (node) => source.slice(node.start, node.end);
  const found = [];
  const visit = (node) => {
    if (Array.isArray(node)) {
      for (const item of node) visit(item);
      return;
    }
    if (
      typeof node?.type !== "string" ||
      node.type.startsWith("TSType") ||
      node.type.startsWith("TSInterface")
    )
      return;
    for (const [operator, { start, end }, becomes] of operators[node.type]?.(node, of) ?? []) {
      const line = source.slice(0, start).split("\n").length;
      found.push({ operator, line, start, end, was: source.slice(start, end), becomes });
    }
    for (const [name, child] of Object.entries(node)) if (name !== "typeAnnotation") visit(child);
  };
  visit(parseAst(source, { lang: "ts" }).body);
  const isOnce = ({ start, end, becomes }, i) =>
    found.findIndex((other) => other.start === start && other.end === end && other.becomes === becomes) === i;
  return found.filter(isOnce).sort((a, b) => a.start - b.start || a.end - b.end);
}

export const apply = (source, { start, end, becomes }) =>
  source.slice(0, start) + becomes + source.slice(end);
