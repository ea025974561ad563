import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { duration } from "../../src/report/duration.js";
import { folded, mixedAlphabets } from "../../src/report/folded.js";
import { quotedText, valueRows } from "../../src/report/request-rows.js";

describe("folded text", () => {
  const indent = "    ";

  test("loses nothing but the one space where it breaks, keeps to its width, and cuts no character", () => {
    const words = fc.array(
      fc.oneof(fc.string({ unit: "grapheme", maxLength: 60 }), fc.constant("\u{1f511}".repeat(30))),
      {
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(
        words,
        fc.constantFrom(" ", "  ", ""),
        fc.integer({ min: 24, max: 60 }),
        (some, between, width) => {
          const text = some.join(between).replaceAll("\n", "");
          const lines = folded(text, width, indent).split("\n");
          expect(
            lines.every((line) => line.startsWith(indent) && line.length <= width && line.isWellFormed()),
          ).toBe(true);
          const squeezed = (value: string) => value.replaceAll(" ", "");
          expect(squeezed(lines.join(""))).toBe(squeezed(text));
          const spaces = (value: string) => value.length - squeezed(value).length;
          const kept = spaces(lines.map((line) => line.slice(indent.length)).join(""));
          expect(spaces(text) - kept).toBeLessThan(lines.length);
        },
      ),
      { seed: 7, numRuns: 400 },
    );
  });

  test("puts nothing at the edge of the page, however long a word is", () => {
    const text = `${"x".repeat(95)}tier:T0_OBSERVE`;
    for (const line of folded(text, 100, indent).split("\n")) expect(line).toMatch(/^ {4}/);
  });
});

test.each([
  ["paypal.example", []],
  ["p\u0430ypal.example", ["Cyrillic"]],
  ["r\u03bf\u043et", ["Cyrillic", "Greek"]],
  ["\u043f\u0440\u043e\u0434 prod", []],
  ["stra\u00dfe", []],
])("alphabets mixed in a word of %s: %j", (text, expected) => {
  expect(mixedAlphabets(text)).toEqual(expected);
});

test.each([
  [0, "0 seconds"],
  [999, "0 seconds"],
  [1000, "1 second"],
  [59_999, "59 seconds"],
  [60_000, "1 minute"],
  [3_600_000, "1 hour"],
  [86_399_999, "23 hours"],
  [172_800_000, "2 days"],
])("%i milliseconds are %s", (milliseconds, words) => {
  expect(duration(milliseconds)).toBe(words);
});

test("every value of an object has its row, and a name cannot pretend to be one", () => {
  const value = JSON.parse('{"a":{"b/c~":[1,{"__proto__":"x"}]},"d\\" \\u001b":null,"e":{},"f":[],"":"g"}');
  expect(valueRows(value)).toEqual([
    ["/a/b~1c~0/0", "1"],
    ["/a/b~1c~0/1/__proto__", '"x"'],
    ['"/d\\" \\u001b"', "null"],
    ["/e", "{}"],
    ["/f", "[]"],
    ["/", '"g"'],
  ]);
  expect(valueRows({})).toEqual([["(none)", "{}"]]);
  expect(quotedText('say "hi"\u202e')).toBe('"say \\"hi\\"\\u{202e}"');
});
