// Mutants of the kernel's sources: each condition, and each part of one, turned off or moved by one.
import { parseAst } from "vitest/node";
import { mutantsOf } from "./mutations.mjs";

/** AssemblyScript that a parser of TypeScript can read, every character in its place. */
const readable = (source) =>
  source.replace(/@(?:inline|unmanaged\b|external\(.*?\))/g, (text) => " ".repeat(text.length));

/** Mutants of one source, in its order. */
export function kernelMutantsOf(source) {
  const text = readable(source);
  const found = [...mutantsOf(text), ...partsOf(text)];
  const isOnce = ({ start, end, becomes }, i) =>
    found.findIndex((other) => other.start === start && other.end === end && other.becomes === becomes) === i;
  return found
    .filter(isOnce)
    .map((mutant) => ({ ...mutant, was: source.slice(mutant.start, mutant.end) }))
    .sort((a, b) => a.start - b.start || a.end - b.end);
}

/** Each part of a logical expression as if it were not there, and each answer that is a condition as if it held. */
function partsOf(source) {
  const found = [];
  const add = (operator, node, becomes) => {
    const line = source.slice(0, node.start).split("\n").length;
    found.push({ operator, line, start: node.start, end: node.end, becomes });
  };
  const visit = (node) => {
    if (Array.isArray(node)) {
      for (const item of node) visit(item);
      return;
    }
    if (typeof node?.type !== "string") return;
    if (node.type === "LogicalExpression" && node.operator !== "??") {
      const off = node.operator === "&&" ? "true" : "false";
      add("part-off", node.left, off);
      add("part-off", node.right, off);
    }
    if (
      node.type === "ReturnStatement" &&
      ["LogicalExpression", "BinaryExpression"].includes(node.argument?.type)
    ) {
      if (
        /[=<>&|]/.test(node.argument.operator) &&
        node.argument.operator.length > 0 &&
        isCondition(node.argument)
      )
        add("answer-on", node.argument, "true");
    }
    if (node.type === "ConditionalExpression") {
      add("choice", node.test, "true");
      add("choice", node.test, "false");
    }
    for (const [name, child] of Object.entries(node)) if (name !== "typeAnnotation") visit(child);
  };
  visit(parseAst(source, { lang: "ts" }).body);
  return found;
}

const isCondition = ({ operator }) => ["==", "!=", "<", "<=", ">", ">=", "&&", "||"].includes(operator);
