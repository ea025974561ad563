import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalize } from "../../src/json/canonical.js";
import type { Json } from "../../src/json/json.js";
import { decodeStrict } from "../../src/json/strict-decoder.js";
import { rfcExamples, rfcNumbers } from "./rfc8785.js";

const bytes = (text: string) => Buffer.from(text, "utf8");
const latin1 = (text: string) => Buffer.from(text, "latin1");
/** What is wrong with a text: codes without their prefix, and the byte of each. */
const found = (text: string | Uint8Array, options = {}) =>
  decodeStrict(typeof text === "string" ? bytes(text) : text, options).issues.map(
    ({ code, offset }) => `${code.replace("encoding.", "")}@${offset}`,
  );
const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

describe("decodeStrict", () => {
  it("reads canonical JSON without a word", () => {
    for (const { output } of rfcExamples) {
      const { issues, value } = decodeStrict(bytes(output));
      expect(issues).toEqual([]);
      expect(canonicalize(value!)).toBe(output);
    }
    for (const [, text] of rfcNumbers)
      if (text !== undefined && text !== "0") expect(found(text)).toEqual([]);
  });

  it.each([
    "null",
    "true",
    "false",
    "0",
    "-1",
    '""',
    "[]",
    "{}",
    '"\u2028\u2029\u0085"',
    '"\u007f\ufeff"',
    '"\u{10fffd}"',
  ])("accepts %j", (text) => {
    expect(found(text)).toEqual([]);
  });

  it.each<readonly [string, readonly string[]]>([
    ['{"a": 1}', ["not-canonical@5"]],
    [' {"a":1}', ["not-canonical@0"]],
    ['{"a":1} ', ["not-canonical@7"]],
    ['{"b":1,"a":2}', ["not-canonical@2"]],
    ['{"é":1,"a": 2}', ["not-canonical@2"]],
    ["1.0", ["not-canonical@1"]],
    ["-0", ["not-canonical@0"]],
    ["1e2", ["not-canonical@1"]],
    ["1E+21", ["not-canonical@1"]],
    ["0.0000001", ["not-canonical@0"]],
    ["9007199254740993", ["not-canonical@15"]],
    ["100000000000000000000000", ["not-canonical@1"]],
    ['"\\u0061"', ["not-canonical@1"]],
    ['"\\/"', ["not-canonical@1"]],
    ['"\\u000A"', ["not-canonical@2"]],
    ['"\\u001F"', ["not-canonical@6"]],
    ['"\\u2028"', ["not-canonical@1"]],
  ])("another form: %s", (text, issues) => {
    expect(found(text)).toEqual(issues);
    expect(decodeStrict(bytes(text)).value).toEqual(JSON.parse(text));
  });

  it.each([
    "",
    " ",
    "{",
    "}",
    "[1,]",
    "[,1]",
    "[1 2]",
    '{"a"}',
    '{"a":}',
    "{a:1}",
    "{'a':1}",
    '{"a":1,}',
    '{"a" 1}',
    "{1:2}",
    "01",
    "-",
    "+1",
    ".5",
    "5.",
    "1e",
    "1e+",
    "0x10",
    "NaN",
    "Infinity",
    "-Infinity",
    "undefined",
    "nul",
    "TRUE",
    '"',
    '"a',
    '"\\x"',
    '"\\u12"',
    '"\\u12g4"',
    '"\\"',
    '"\t"',
    '"\u0000"',
    '"a\nb"',
    "1 2",
    "{}{}",
    "[]x",
    "// x",
    "/**/1",
    "\u00a01",
    "\u2028",
    "\u000b1",
    "[",
    "[[]",
  ])("no JSON: %j", (text) => {
    const { issues, value } = decodeStrict(bytes(text));
    expect(issues.map((issue) => issue.code)).toEqual(["encoding.not-json"]);
    expect(value).toBeUndefined();
  });

  it.each([
    ['{"a":1,"a":1}', 7],
    ['{"a":1,"b":2,"a":3}', 13],
    ['{"a":1,"\\u0061":1}', 7],
    ['{"":1,"":2}', 6],
    ['{"__proto__":1,"__proto__":2}', 15],
    ['{"__proto__":1,"\\u005f_proto__":2}', 15],
    ['{"toString":1,"toString":2}', 14],
    ['[{"x":{"a":1,"a":1}}]', 13],
    ['{"é":1,"\\u00e9":1}', 8],
    ['{"😀":1,"\\ud83d\\ude00":1}', 10],
  ])("a member twice: %s", (text, offset) => {
    const { issues, value } = decodeStrict(bytes(text));
    expect(issues.find((issue) => issue.code === "encoding.duplicate-key")?.offset).toBe(offset);
    expect(value).toBeUndefined();
  });

  it.each([
    '{"__proto__":1}',
    '{"constructor":1,"hasOwnProperty":2,"toString":3}',
    '{"a":{"a":1},"b":{"a":1}}',
    '{"A\u030a":1,"\u00c5":2}',
  ])("no member twice: %s", (text) => {
    expect(found(text)).toEqual([]);
  });

  it("a member named __proto__ is data, and changes no prototype", () => {
    const value = decodeStrict(bytes('{"__proto__":{"polluted":1}}')).value as { [name: string]: Json };
    expect(Object.keys(value)).toEqual(["__proto__"]);
    expect(value["polluted"]).toBeUndefined();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each([
    '"\\ud800"',
    '"\\udc00"',
    '"\\ud800x"',
    '"\\ud800\\ud800"',
    '"\\udc00\\ud800"',
    '{"\\ud800":1}',
    '"\ufdd0"',
    '"\ufdef"',
    '"\ufffe"',
    '"\uffff"',
    '"\\uffff"',
    '"\\ufdd0"',
    '"\u{1fffe}"',
    '"\u{10ffff}"',
    '"\\udbff\\udfff"',
    '{"\uffff":1}',
  ])("no Unicode for interchange: %j", (text) => {
    const { issues, value } = decodeStrict(bytes(text));
    expect(issues.map((issue) => issue.code)).toContain("encoding.invalid-unicode");
    expect(value).toBeUndefined();
  });

  it("every noncharacter, and no neighbour", () => {
    for (let plane = 0; plane <= 16; plane++) {
      for (const low of [0xfffd, 0xfffe, 0xffff]) {
        const text = JSON.stringify(String.fromCodePoint(plane * 0x10000 + low));
        expect(found(text), text).toEqual(low === 0xfffd ? [] : ["invalid-unicode@0"]);
      }
    }
    for (let code = 0xfdcf; code <= 0xfdf0; code++) {
      expect(found(JSON.stringify(String.fromCodePoint(code)))).toEqual(
        code === 0xfdcf || code === 0xfdf0 ? [] : ["invalid-unicode@0"],
      );
    }
  });

  it.each<readonly [string, number]>([
    ['"\xff"', 1],
    ['"\xc0\xaf"', 1],
    ['"\xc1\xbf"', 1],
    ['"\xe0\x80\xaf"', 1],
    ['"\xed\xa0\x80"', 1],
    ['"\xf0\x80\x80\xaf"', 1],
    ['"\xf4\x90\x80\x80"', 1],
    ['"\xf5\x80\x80\x80"', 1],
    ['"a\x80"', 2],
    ['"\xc3"', 1],
    ['"\xe2\x82"', 1],
    ['{"a":"\xc3\xa9\xff"}', 8],
    ['"\xe2', 1],
  ])("no UTF-8: %j", (text, offset) => {
    const result = decodeStrict(latin1(text));
    expect(result.issues.map((issue) => issue.code)).toEqual(["encoding.invalid-unicode"]);
    // The byte, or the one before the sequence that it belongs to.
    expect(Math.abs(result.issues[0]!.offset - offset)).toBeLessThanOrEqual(2);
    expect(result.value).toBeUndefined();
  });

  it("levels: 64, and not 65", () => {
    expect(found(nested(64))).toEqual([]);
    expect(found(nested(65))).toEqual(["too-deep@64"]);
    const object = (levels: number) => `${'{"a":'.repeat(levels)}0${"}".repeat(levels)}`;
    expect(found(object(64))).toEqual([]);
    expect(found(object(65))).toEqual(["too-deep@320"]);
    expect(found(nested(1_000_000))).toEqual(["too-deep@64"]);
    expect(found(nested(3), { maxDepth: 2 })).toEqual(["too-deep@2"]);
    // Beside each other is not below each other.
    expect(found(`[${Array.from({ length: 1000 }, () => "[]").join(",")}]`)).toEqual([]);
  });

  it("a number that no double holds has no value", () => {
    for (const text of ["1e400", "-1e400", '{"a":1e999}', `1${"0".repeat(400)}`]) {
      const { issues, value } = decodeStrict(bytes(text));
      expect(issues.map((issue) => issue.code)).toEqual(["encoding.not-canonical"]);
      expect(value).toBeUndefined();
    }
    expect(decodeStrict(bytes("1e-400")).value).toBe(0);
  });

  it("a byte order mark and CR are said by name, and read over", () => {
    const bom = decodeStrict(bytes('\ufeff{"a":1}'));
    expect(bom.issues.map(({ code, offset }) => [code, offset])).toEqual([["encoding.not-canonical", 0]]);
    expect(bom.issues[0]!.actual).toContain("byte order mark");
    expect(bom.value).toEqual({ a: 1 });
    const cr = decodeStrict(bytes('{"a":1}\r'));
    expect(cr.issues.map(({ code, offset }) => [code, offset])).toEqual([["encoding.not-canonical", 7]]);
    expect(cr.issues[0]!.actual).toContain("CR LF");
    expect(cr.value).toEqual({ a: 1 });
  });

  it("reports one issue of each code, in the order of their bytes", () => {
    const text = '\ufeff{"x":"\\ud800","x": 1,"y":"\\udc00"}\r';
    expect(found(text).map((issue) => issue.replace(/@.*/, ""))).toEqual([
      "not-canonical",
      "invalid-unicode",
      "duplicate-key",
    ]);
  });

  it("for files of people, any layout will do, and nothing else", () => {
    const people = { canonical: false };
    expect(found('\ufeff{ "b": 1.0,\r\n "a": 2 }\r', people)).toEqual([]);
    expect(found('{ "b": 1, "b": 2 }', people)).toEqual(["duplicate-key@10"]);
    expect(found('{ "b": "\\ud800" }', people)).toEqual(["invalid-unicode@7"]);
    expect(decodeStrict(bytes('{ "b": 1e400 }'), people).value).toBeUndefined();
  });

  it("never throws, on any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (input) => {
        const { issues, value } = decodeStrict(input);
        expect(issues.length > 0 || value !== undefined).toBe(true);
        for (const { offset } of issues) expect(offset >= 0 && offset <= input.length).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("agrees with JSON.parse on what is JSON, and on its value", () => {
    const alphabet = fc.constantFrom(...'{}[]",:\\0123456789.eE+-tfnrualse u\u2028é😀\t\n\rx/'.split(""));
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 12 }), (characters) => {
        const text = characters.join("");
        const { issues, value } = decodeStrict(bytes(text));
        let parsed: unknown;
        let isJson = true;
        try {
          parsed = JSON.parse(text);
        } catch {
          isJson = false;
        }
        // A lone half of a split pair is no UTF-8: Buffer writes U+FFFD, as the text then has none.
        if (/\p{Cs}/u.test(text)) return;
        expect(issues.some((issue) => issue.code === "encoding.not-json")).toBe(!isJson);
        if (value !== undefined) expect(value).toEqual(parsed);
      }),
      { numRuns: 5000 },
    );
  });
});
