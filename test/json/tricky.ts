import fc from "fast-check";

/** Strings in which encoders and sorters go wrong. */
const trickyString = fc.oneof(
  fc.string({ unit: "binary", maxLength: 6 }),
  fc.string({
    unit: fc.constantFrom(
      ...'\u0000\b\t\n\v\f\r\u001f"\\/\u007f\u0080\u2028\u2029é€\ud800\udc00\ufdd0\ufffe\uffff'.split(""),
      "😀",
      "\u{1ffff}",
      "\ufb33",
      "\u{10000}",
    ),
    maxLength: 5,
  }),
  fc.constantFrom("__proto__", "constructor", "a", "A", "1", "10", "2", ""),
);
/** Numbers whose canonical form is easy to get wrong. */
export const trickyNumber = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom(0, -0, 1e21, 1e-7, 2 ** 53, 2 ** 53 + 2, 123456789012345, 1234567890123456, 1e20),
);
/** Objects of such names and values. */
export const { object: trickyObject } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    trickyString,
    trickyNumber,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    tie("object"),
  ),
  object: fc.dictionary(trickyString, tie("value"), { maxKeys: 6, noNullPrototype: true }),
}));

/** Sorted by UTF-16, escapes as JSON.stringify has them: canonical where the strings are good. */
export function sorted(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(sorted).join(",")}]`;
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${sorted((value as { [name: string]: unknown })[name])}`).join(",")}}`;
}
