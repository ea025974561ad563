import type { Json, JsonArray, JsonObject } from "../json/json.js";
import type { Intent } from "../receipt/intent.js";
import type { Fact } from "../receipt/receipt.js";
import type { FactExpression, FactType, Operation } from "./catalogue.js";
import { normalizePath } from "./path.js";

export type Facts = { readonly [name: string]: Fact };

/** How one fact came about, for whoever asks why a decision is as it is. */
export interface FactTrace {
  readonly name: string;
  /** The pointer that was read; undefined of a constant. */
  readonly from: string | undefined;
  readonly how: "constant" | "read" | "mapped" | "default";
  readonly fact: Fact;
}

export type FactsResult =
  | { readonly ok: true; readonly facts: Facts; readonly traces: readonly FactTrace[] }
  /** The facts that the intent does not hold, and for which there is no default. */
  | { readonly ok: false; readonly missing: readonly { readonly name: string; readonly expected: string }[] };

/**
 * Derives an operation's facts from an intent: closed and total, so that anyone who has both
 * derives the same. Facts are in the order of their names.
 */
export function deriveFacts(operation: Operation, intent: Intent): FactsResult {
  const traces: FactTrace[] = [];
  const missing: { name: string; expected: string }[] = [];
  for (const name of Object.keys(operation.facts).sort()) {
    const expression = operation.facts[name]!;
    const trace = derive(expression, intent);
    if (trace !== undefined) traces.push({ name, ...trace });
    else if ("from" in expression)
      missing.push({ name, expected: `${describe(expression)} at ${expression.from}` });
  }
  if (missing.length > 0) return { ok: false, missing };
  return { ok: true, facts: Object.fromEntries(traces.map(({ name, fact }) => [name, fact])), traces };
}

function derive(expression: FactExpression, intent: Intent): Omit<FactTrace, "name"> | undefined {
  if ("value" in expression) return { from: undefined, how: "constant", fact: expression.value };
  const { from, type, map, default: otherwise } = expression;
  const read = readAs(type, valueAt(intent as unknown as Json, from));
  if (read !== undefined && map === undefined) return { from, how: "read", fact: read };
  if (map !== undefined && typeof read === "string" && Object.hasOwn(map, read))
    return { from, how: "mapped", fact: map[read]! };
  return otherwise === undefined ? undefined : { from, how: "default", fact: otherwise };
}

/** The value that an RFC 6901 pointer names; own members and items only. */
export function valueAt(root: Json, pointer: string): Json | undefined {
  let value: Json | undefined = root;
  for (const name of namesOf(pointer)) {
    if (Array.isArray(value))
      value = /^(0|[1-9]\d*)$/.test(name) ? (value as JsonArray)[Number(name)] : undefined;
    else if (typeof value === "object" && value !== null && Object.hasOwn(value, name))
      value = (value as JsonObject)[name];
    else return undefined;
  }
  return value;
}

/** Pointers that were taken apart: a catalogue has few, and each is used for every intent. */
const knownPointers = new Map<string, readonly string[]>();

function namesOf(pointer: string): readonly string[] {
  const known = knownPointers.get(pointer);
  if (known !== undefined) return known;
  const names = pointer
    .split("/")
    .slice(1)
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  if (knownPointers.size < 10_000) knownPointers.set(pointer, names);
  return names;
}

/** The value as a type reads it; undefined where it is none of it. */
function readAs(type: FactType, value: Json | undefined): Fact | undefined {
  switch (type) {
    case "boolean":
      return typeof value === "boolean" ? value : undefined;
    case "integer":
      return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value + 0 : undefined;
    case "count":
      return typeof value === "object" && value !== null ? Object.keys(value).length : undefined;
    case "string":
      return typeof value === "string" ? value : undefined;
    case "path":
      return typeof value === "string" ? normalizePath(value) : undefined;
    case "prefix":
      return typeof value === "string" ? value.slice(0, separatorOf(value)) : undefined;
    case "suffix": {
      if (typeof value !== "string") return undefined;
      const at = separatorOf(value);
      return at === value.length ? undefined : value.slice(at + 1);
    }
  }
}

/** Where the first slash or colon stands; the end where there is none. */
function separatorOf(text: string): number {
  const at = text.search(/[/:]/);
  return at < 0 ? text.length : at;
}

function describe({ type, map }: Exclude<FactExpression, { readonly value: Fact }>): string {
  const words: { readonly [T in FactType]: string } = {
    string: "a string",
    integer: "an integer from 0 to 2^53-1",
    boolean: "a boolean",
    count: "an array or an object",
    path: "a path without NUL or backslash",
    prefix: "a string",
    suffix: "a string with / or :",
  };
  return map === undefined ? words[type] : `${words[type]} that the map lists`;
}
