import { describe, expect, it } from "vitest";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import { canonicalize } from "../../src/json/canonical.js";
import { scanCanonical } from "../../src/json/canonical-scan.js";
import { describeJson, type Json } from "../../src/json/json.js";
import { isUser } from "../../src/json/names.js";
import { decodeStrict } from "../../src/json/strict-decoder.js";
import { isTime } from "../../src/json/time.js";

const issuesOf = (input: string | Uint8Array) =>
  decodeStrict(typeof input === "string" ? encodeUtf8(input) : input).issues.map(
    ({ code, offset, actual }) => [code, offset, actual] as const,
  );

describe("a time", () => {
  it.each([
    "x2026-06-01T12:00:00.000Z",
    " 2026-06-01T12:00:00.000Z",
    "12026-06-01T12:00:00.000Z",
    "026-06-01T12:00:00.000Z",
    "0000-01-012026-06-01T12:00:00.000Z",
    "2026-06-01T12:00:00.000Zx",
    "2026-06-01T12:00:00.000Z\n",
  ])("is not %j: nothing stands around it, and a year has four digits", (text) => {
    expect(isTime(text)).toBe(false);
  });
});

it("a person's name begins with user:", () => {
  expect(isUser("user:a")).toBe(true);
  expect(isUser("xuser:a")).toBe(false);
  expect(isUser("user:")).toBe(false);
});

it.each<[Json | undefined, string]>([
  [undefined, "nothing"],
  [null, "null"],
  [[1, 2], "an array of 2"],
  [{ a: 1 }, "an object"],
  [12, "12"],
  [true, "true"],
  ["text", '"text"'],
  ["x".repeat(80), `"${"x".repeat(80)}"`],
  ["x".repeat(81), `"${"x".repeat(80)}…"`],
])("%j is described in a few words", (value, words) => {
  expect(describeJson(value)).toBe(words);
});

describe("what the decoder says", () => {
  it("of nothing, and of blanks", () => {
    expect(issuesOf("")).toEqual([["encoding.not-json", 0, "an empty line"]]);
    expect(issuesOf("  ")[0]).toEqual(["encoding.not-json", 0, "an empty line"]);
  });

  it("of a raw control character, where it stands", () => {
    expect(issuesOf('"ab\u0001c"')).toEqual([["encoding.not-json", 3, "a raw control character"]]);
  });

  it("of a text that ends too early", () => {
    expect(issuesOf("[1")).toEqual([["encoding.not-json", 2, "the end of the line"]]);
  });

  it("of the last lone surrogate of all", () => {
    expect(issuesOf('"\\udfff"')[0]?.[0]).toBe("encoding.invalid-unicode");
    expect(issuesOf('"\\ud800"')[0]?.[0]).toBe("encoding.invalid-unicode");
  });

  it("of bytes that only begin like a byte order mark", () => {
    expect(issuesOf(Uint8Array.of(0xef, 0x80, 0xbf)).map(([code]) => code)).toEqual(["encoding.not-json"]);
    expect(issuesOf(Uint8Array.of(0xef, 0xbb, 0xbf, 0x31)).map(([code]) => code)).toEqual([
      "encoding.not-canonical",
    ]);
  });

  it("of bytes that are no UTF-8: the place of the first, behind whole characters of any length", () => {
    for (const before of ["é", "日", "😀", "aé日😀"]) {
      const text = encodeUtf8(`"${before}`);
      const bytes = Uint8Array.of(...text, 0xff, 0x22);
      expect(issuesOf(bytes)[0]?.slice(0, 2)).toEqual(["encoding.invalid-unicode", text.length]);
    }
  });
});

it("the canonical scan takes no name twice, escaped or not", () => {
  expect(scanCanonical(encodeUtf8('{"a":1,"a":2}'))).toBeUndefined();
  expect(scanCanonical(encodeUtf8('{"\\n":1,"\\n":2}'))).toBeUndefined();
  expect(scanCanonical(encodeUtf8('{"é":1,"é":2}'))).toBeUndefined();
  expect(scanCanonical(encodeUtf8('{"\\n":1,"\\r":2}'))).toBeDefined();
});

it("a canonical text has at most 256 levels", () => {
  const nested = (levels: number) => {
    let value: Json = 1;
    for (let i = 0; i < levels; i++) value = [value];
    return value;
  };
  expect(canonicalize(nested(256))).toHaveLength(513);
  expect(() => canonicalize(nested(257))).toThrow(TypeError);
});
