import reference from "canonicalize";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalBytes, canonicalize } from "../../src/json/canonical.js";
import type { Json } from "../../src/json/json.js";
import { doubleOf, rfcExamples, rfcNumbers } from "./rfc8785.js";

describe("RFC 8785", () => {
  it.each(rfcExamples)("$name", ({ input, output }) => {
    expect(canonicalize(JSON.parse(input))).toBe(output);
    expect(Buffer.from(canonicalBytes(JSON.parse(input)))).toEqual(Buffer.from(output));
  });

  it.each(rfcNumbers)("appendix B: %s is %s", (bits, text) => {
    if (text === undefined) expect(() => canonicalize(doubleOf(bits))).toThrow(TypeError);
    else expect(canonicalize(doubleOf(bits))).toBe(text);
  });

  it.each<readonly [string, Json, string]>([
    ["arrays keep their order", [56, { d: true, "10": null, "1": [] }], '[56,{"1":[],"10":null,"d":true}]'],
    ["no normalization of characters", { "A\u030a": "\u00c5" }, '{"A\u030a":"\u00c5"}'],
    [
      "names by code units, not by language",
      { pêche: 1, péché: 2, peach: 3, sin: 4 },
      '{"peach":3,"péché":2,"pêche":1,"sin":4}',
    ],
    [
      "nested objects",
      { b: { y: [{ z: 1, a: {} }], x: "" }, a: 1 },
      '{"a":1,"b":{"x":"","y":[{"a":{},"z":1}]}}',
    ],
    ["the empty name first", { a: 1, "": 2 }, '{"":2,"a":1}'],
  ])("%s", (_, value, text) => {
    expect(canonicalize(value)).toBe(text);
  });

  it("escapes what has to be, in the shortest way", () => {
    for (let code = 0; code < 0x20; code++) {
      const short = { 8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r" }[code];
      const text = short ?? `\\u00${code.toString(16).padStart(2, "0")}`;
      expect(canonicalize(String.fromCharCode(code))).toBe(`"${text}"`);
    }
    for (const raw of ["\u007f", "\u0080", "\u2028", "\u2029", "/", "<", "\ufeff", "😀"])
      expect(canonicalize(raw)).toBe(`"${raw}"`);
  });
});

describe("canonicalize", () => {
  it("is what a parser reads back", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalize(value as Json);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalize(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it("is what another implementation writes", () => {
    const unit = fc.oneof(
      fc.constantFrom(
        "\u0000",
        "\u001f",
        "\u007f",
        "\u0085",
        "\u2028",
        '"',
        "\\",
        "/",
        "\ufeff",
        "\ufb33",
        "😀",
      ),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    );
    const text = fc.array(unit, { maxLength: 6 }).map((units) => units.join(""));
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc
        .bigInt({ min: 0n, max: 2n ** 64n - 1n })
        .map((bits) => doubleOf(bits.toString(16).padStart(16, "0")))
        .filter(Number.isFinite),
      fc.maxSafeInteger(),
    );
    const { value } = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        fc.oneof(fc.constant(null), fc.boolean(), number, text),
        fc.array(tie("value"), { maxLength: 4 }),
        // The reference takes a member named __proto__ for the prototype.
        fc.dictionary(
          text.filter((name) => name !== "__proto__"),
          tie("value"),
          {
            maxKeys: 6,
            noNullPrototype: true,
          },
        ),
      ),
    }));
    fc.assert(
      fc.property(value, (json) => {
        expect(canonicalize(json)).toBe(reference(json));
      }),
      { numRuns: 2000 },
    );
  });

  it("keeps a member named __proto__", () => {
    const value = JSON.parse('{"b":1,"__proto__":{"a":2},"constructor":3}') as Json;
    expect(canonicalize(value)).toBe('{"__proto__":{"a":2},"b":1,"constructor":3}');
    const bare = Object.assign(Object.create(null), { b: 1, a: 2 }) as Json;
    expect(canonicalize(bare)).toBe('{"a":2,"b":1}');
  });

  it.each<readonly [string, unknown]>([
    ["undefined", undefined],
    ["a member that is undefined", { a: undefined }],
    ["a function", { a: () => 1 }],
    ["a Map", new Map([["a", 1]])],
    ["a Date", { a: new Date(0) }],
    ["bytes", { a: Buffer.from("x") }],
    ["a bigint", { a: 1n }],
    ["a symbol", [Symbol("a")]],
    ["NaN", { a: Number.NaN }],
    ["infinity", [Number.POSITIVE_INFINITY]],
    ["a class's object", { a: new (class A {})() }],
    ["a hole", new Array(1)],
  ])("throws for %s, which a serializer would leave out or repair", (_, value) => {
    expect(() => canonicalize(value as Json)).toThrow(TypeError);
  });

  it("throws for lone surrogates", () => {
    for (const value of ["\ud800", { a: "\udc00" }, { "\ud800": 1 }])
      expect(() => canonicalize(value)).toThrow();
  });

  it("throws for depth that would overflow", () => {
    let deep: Json = [];
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(() => canonicalize(deep)).toThrow(TypeError);
  });
});
