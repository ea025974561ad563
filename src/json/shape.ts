import { describeJson, isJsonObject, type Json, type JsonObject } from "./json.js";

/** One thing that is wrong with a decoded value. */
export interface ShapeIssue {
  /** RFC 6901 pointer to the value; "" is the whole. */
  readonly pointer: string;
  readonly expected: string;
  readonly actual: string;
}

/**
 * A decoder of one kind of value: it adds to `issues` everything that is wrong below
 * `pointer`, and nothing where the value is a `T`. Values are never changed or coerced:
 * what was signed is what is read.
 */
export interface Shape<T> {
  (value: Json | undefined, pointer: string, issues: ShapeIssue[]): void;
  /** For the compiler: the type that a value without issues has. */
  readonly type?: T;
}

/** What a shape found: the value, typed, or every reason why it is none. */
export type Shaped<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly ShapeIssue[] };

/**
 * Stands for every pointer while it is only asked whether there is any issue: nearly every
 * value has none, and building pointers that nobody reads costs more than the tests.
 */
const unnamed = "\u0000";

function below(pointer: string, name: string): string {
  return pointer === unnamed ? unnamed : `${pointer}/${name}`;
}

/** Adds all issues of a value to a list: at once where there is none, and again with pointers where there are. */
export function collectIssues<T>(
  shape: Shape<T>,
  value: Json | undefined,
  pointer: string,
  issues: ShapeIssue[],
): void {
  const any: ShapeIssue[] = [];
  shape(value, unnamed, any);
  if (any.length > 0) shape(value, pointer, issues);
}

/** Holds a value against a shape and collects all issues. */
export function decodeShape<T>(shape: Shape<T>, value: Json): Shaped<T> {
  const issues: ShapeIssue[] = [];
  collectIssues(shape, value, "", issues);
  return issues.length === 0 ? { ok: true, value: value as T } : { ok: false, issues };
}

/** A string that `test` accepts; `expected` says in words which strings those are. */
export function text<T extends string = string>(
  expected: string,
  test: (value: string) => boolean,
): Shape<T> {
  return (value, pointer, issues) => {
    if (typeof value !== "string" || !test(value)) {
      issues.push({ pointer, expected, actual: describeJson(value) });
    }
  };
}

/** A string that matches a pattern. */
export function pattern<T extends string = string>(expected: string, form: RegExp): Shape<T> {
  return text<T>(expected, (value) => form.test(value));
}

/** One of a few strings. */
export function oneOf<T extends string>(...values: readonly T[]): Shape<T> {
  const known: ReadonlySet<string> = new Set(values);
  const expected = values.map((value) => JSON.stringify(value)).join(" or ");
  return text<T>(expected, (value) => known.has(value));
}

/** An integer from `least` to 2^53 - 1 (section 1 of the format: no other numbers). */
export function integer<T extends number = number>(least = 0): Shape<T> {
  const expected = `an integer from ${least} to 2^53-1`;
  return (value, pointer, issues) => {
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least) {
      issues.push({ pointer, expected, actual: describeJson(value) });
    }
  };
}

/** Any JSON object; `test` looks at each of its members. */
export function record<T>(member: Shape<T>): Shape<{ readonly [name: string]: T }> {
  return (value, pointer, issues) => {
    if (!isJsonObject(value)) {
      issues.push({ pointer, expected: "an object", actual: describeJson(value) });
      return;
    }
    for (const name of Object.keys(value)) member(value[name], pointerTo(pointer, name), issues);
  };
}

/** An array whose items all have one shape; `sizes` bounds their number. */
export function list<T>(
  item: Shape<T>,
  sizes: { readonly least?: number; readonly most?: number } = {},
): Shape<readonly T[]> {
  const { least = 0, most = Number.POSITIVE_INFINITY } = sizes;
  return (value, pointer, issues) => {
    if (!Array.isArray(value)) {
      issues.push({ pointer, expected: "an array", actual: describeJson(value) });
      return;
    }
    if (value.length < least || value.length > most) {
      const bound = value.length < least ? `at least ${least}` : `at most ${most}`;
      issues.push({ pointer, expected: `${bound} items`, actual: String(value.length) });
    }
    for (let i = 0; i < value.length; i++) item(value[i], below(pointer, String(i)), issues);
  };
}

type Members<T> = { readonly [Name in keyof T]-?: Shape<NonNullable<T[Name]>> };

/**
 * An object with exactly these members; those named in `optional` may be absent. A member
 * that is present and `null` is never the same as absent.
 */
export function object<T extends object>(
  members: Members<T>,
  optional: readonly (keyof T & string)[] = [],
): Shape<T> {
  const mayLack: ReadonlySet<string> = new Set(optional);
  const entries = Object.entries(members) as [string, Shape<unknown>][];
  const known: ReadonlySet<string> = new Set(entries.map(([name]) => name));
  return (value, pointer, issues) => {
    if (!isJsonObject(value)) {
      issues.push({ pointer, expected: "an object", actual: describeJson(value) });
      return;
    }
    let present = 0;
    for (const [name, shape] of entries) {
      if (Object.hasOwn(value, name)) {
        present++;
        shape(value[name], below(pointer, name), issues);
      } else if (!mayLack.has(name)) {
        issues.push({ pointer: `${pointer}/${name}`, expected: "this member", actual: "nothing" });
      }
    }
    const names = Object.keys(value);
    if (names.length === present) return;
    for (const name of names) {
      if (known.has(name)) continue;
      const where = pointerTo(pointer, name);
      issues.push({ pointer: where, expected: "no such member", actual: describeJson(value[name]) });
    }
  };
}

/** A shape that also has to pass further tests, run only where the first finds no issue. */
export function refine<T>(
  shape: Shape<T>,
  further: (value: T, pointer: string, issues: ShapeIssue[]) => void,
): Shape<T> {
  return (value, pointer, issues) => {
    const before = issues.length;
    shape(value, pointer, issues);
    if (issues.length === before) further(value as T, pointer, issues);
  };
}

/** Any JSON value at all. */
export const anything: Shape<Json> = () => {};

/** Any JSON object, its members not looked at. */
export const anyObject: Shape<JsonObject> = record(anything);

/** The RFC 6901 pointer to a member of what `pointer` names. */
export function pointerTo(pointer: string, name: string): string {
  if (pointer === unnamed) return unnamed;
  return `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
