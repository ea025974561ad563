import type { Rule } from "./rule.js";

/**
 * When a rule applies, in Cedar's words on one line: its scope where it is not everybody,
 * everything and every resource, and its conditions, without the one that waits for signatures.
 */
export function whenOf({ text, obligation }: Rule): string {
  const clean = withoutComments(text);
  const start = clean.search(/\b(permit|forbid)\b[^"]*?\(/);
  const open = clean.indexOf("(", Math.max(start, 0));
  const close = closingOf(clean, open);
  const scope = splitScope(clean.slice(open + 1, close)).filter(
    (part) => !/^(principal|action|resource)$/.test(part),
  );
  const clauses = oneLine(clean.slice(close + 1).replace(/;\s*$/, ""));
  const waits =
    obligation === undefined
      ? clauses
      : clauses
          .replace(`unless { context.satisfied.contains(${JSON.stringify(obligation.text)}) }`, "")
          .trim();
  const parts = [...scope, ...(waits === "" ? [] : [waits])];
  return parts.length === 0 ? "always" : parts.join(", ");
}

/** The parts of a scope at its commas, those in brackets left alone. */
function splitScope(scope: string): string[] {
  const parts: string[] = [""];
  let depth = 0;
  for (const piece of scope.match(/"(?:[^"\\]|\\.)*"|[\s\S]/g) ?? []) {
    if (piece === "[") depth++;
    if (piece === "]") depth--;
    if (piece === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += piece;
  }
  return parts.map(oneLine).filter((part) => part !== "");
}

function closingOf(text: string, open: number): number {
  const rest = text.slice(open);
  let depth = 0;
  let at = open;
  for (const piece of rest.match(/"(?:[^"\\]|\\.)*"|[\s\S]/g) ?? []) {
    if (piece === "(") depth++;
    if (piece === ")" && --depth === 0) return at;
    at += piece.length;
  }
  return text.length;
}

/** White space outside strings becomes one space. */
function oneLine(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|\s+/g, (piece) => (piece.startsWith('"') ? piece : " ")).trim();
}

function withoutComments(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|\/\/[^\n]*/g, (piece) => (piece.startsWith('"') ? piece : ""));
}
