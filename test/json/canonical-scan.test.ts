import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jcs } from "../../fixtures/make/bytes.mjs";
import { standard } from "../../fixtures/make/story.mjs";
import { canonicalBytes } from "../../src/json/canonical.js";
import { scanCanonical } from "../../src/json/canonical-scan.js";
import { isJsonObject } from "../../src/json/json.js";
import { decodeStrict } from "../../src/json/strict-decoder.js";
import { rfcExamples, rfcNumbers } from "./rfc8785.js";
import { sorted, trickyNumber, trickyObject } from "./tricky.js";

/** The scan says yes exactly where the decoder finds nothing and the value is an object. */
function agree(bytes: Uint8Array): boolean {
  const spans = scanCanonical(bytes);
  const { issues, value } = decodeStrict(bytes);
  const wanted = issues.length === 0 && isJsonObject(value);
  if ((spans !== undefined) !== wanted) {
    throw new Error(
      `the scan says ${spans !== undefined}, the decoder ${JSON.stringify(issues)}: ${Buffer.from(bytes)}`,
    );
  }
  if (spans === undefined || !isJsonObject(value)) return false;
  expect(spans.map((span) => span.name)).toEqual(Object.keys(value).sort());
  for (const { name, start, end } of spans) {
    expect(Buffer.from(bytes.subarray(start, end))).toEqual(Buffer.from(canonicalBytes(value[name]!)));
  }
  return true;
}

const agreeText = (text: string) => agree(Buffer.from(text, "utf8"));

describe("scanCanonical and decodeStrict agree", () => {
  it("on canonical objects", () => {
    let yes = 0;
    fc.assert(
      fc.property(trickyObject, (value) => {
        if (agreeText(sorted(value))) yes++;
      }),
      { numRuns: 3000 },
    );
    expect(yes).toBeGreaterThan(300);
  });

  it("on objects as they come", () => {
    fc.assert(
      fc.property(trickyObject, fc.constantFrom(undefined, 1, "\t"), (value, space) => {
        agreeText(JSON.stringify(value, null, space));
      }),
      { numRuns: 1000 },
    );
  });

  it("on any one or two bytes changed, put in or taken out", () => {
    const change = fc.record({
      at: fc.nat(),
      byte: fc.nat(255),
      how: fc.constantFrom("replace", "insert", "remove", "flip"),
    });
    fc.assert(
      fc.property(trickyObject, fc.array(change, { minLength: 1, maxLength: 2 }), (value, changes) => {
        let bytes = Buffer.from(sorted(value), "utf8");
        for (const { at: anywhere, byte, how } of changes) {
          const at = anywhere % (bytes.length + 1);
          const [before, after] = [bytes.subarray(0, at), bytes.subarray(at + (how === "insert" ? 0 : 1))];
          const middle =
            how === "remove" ? [] : how === "flip" ? [(bytes[at] ?? 0) ^ (1 << (byte & 7))] : [byte];
          bytes = Buffer.concat([before, Buffer.from(middle), after]);
        }
        agree(bytes);
      }),
      { numRuns: 5000 },
    );
  });

  it("on texts of JSON's own characters", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      '"',
      ",",
      ":",
      '"a"',
      '"b"',
      "1",
      "0",
      "-",
      ".",
      "e",
      "E",
      "+",
      "true",
      "null",
      "\\u00",
      "\\n",
      "1f",
      "08",
      "\\",
      " ",
      "é",
      "10",
      "1e21",
      "1e+21",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        agreeText(`{"x":${pieces.join("")}}`);
        agreeText(pieces.join(""));
      }),
      { numRuns: 5000 },
    );
  });

  it("on all bytes in a string, alone and in pairs", () => {
    const within = (...bytes: number[]) =>
      agree(Buffer.concat([Buffer.from('{"x":"'), Buffer.from(bytes), Buffer.from('"}')]));
    for (let first = 0; first < 256; first++) {
      within(first);
      for (let second = 0; second < 256; second += first < 0x80 && first !== 0x5c ? 5 : 1) {
        within(first, second);
        if (first >= 0xe0 && second >= 0x7f)
          for (const third of [0x7f, 0x80, 0x8f, 0x90, 0xaf, 0xb0, 0xbd, 0xbe, 0xbf, 0xc0])
            within(first, second, third);
      }
    }
  });

  it("on four-byte characters at every border", () => {
    const border = [0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xaf, 0xb0, 0xbd, 0xbe, 0xbf, 0xc0];
    for (let first = 0xef; first <= 0xf5; first++)
      for (const second of border)
        for (const third of border)
          for (const fourth of border)
            agree(
              Buffer.concat([
                Buffer.from('{"x":"'),
                Buffer.from([first, second, third, fourth]),
                Buffer.from('"}'),
              ]),
            );
  });

  it("on every escape", () => {
    for (let code = 0; code < 0x10000; code += code < 0x300 ? 1 : 97) {
      for (const hex of [code.toString(16), code.toString(16).toUpperCase()])
        agreeText(`{"x":"\\u${hex.padStart(4, "0")}"}`);
    }
    for (let code = 0; code < 128; code++) agreeText(`{"x":"\\${String.fromCharCode(code)}"}`);
  });

  it("on numbers", () => {
    const texts = [
      "0",
      "-0",
      "00",
      "01",
      "-01",
      "1.",
      ".1",
      "1.0",
      "1.10",
      "1e1",
      "1E1",
      "1e+1",
      "1e21",
      "1e+21",
      "1E+21",
      "1e+021",
      "1e-7",
      "0.000001",
      "0.0000001",
      "123456789012345",
      "1234567890123456",
      "12345678901234567",
      "9007199254740992",
      "9007199254740993",
      "100000000000000000000",
      "1000000000000000000000",
      "1e400",
      "-",
      "--1",
      "1-",
      "1e",
      "1.2.3",
      "-Infinity",
      "NaN",
      "Infinity",
      "5e-324",
      "4e-324",
      "2.2250738585072014e-308",
      `1${"0".repeat(40)}`,
      `0.${"1".repeat(40)}`,
    ];
    for (const text of [...texts, ...rfcNumbers.flatMap(([, text]) => text ?? [])])
      agreeText(`{"x":${text}}`);
    fc.assert(
      fc.property(trickyNumber, (number) => {
        expect(agreeText(`{"x":${String(number)}}`)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("on depth", () => {
    for (const levels of [62, 63, 64, 65]) {
      expect(agreeText(`{"x":${"[".repeat(levels)}${"]".repeat(levels)}}`)).toBe(levels <= 63);
      expect(agreeText(`${'{"x":'.repeat(levels)}{}${"}".repeat(levels)}`)).toBe(levels <= 63);
    }
    expect(scanCanonical(Buffer.from(`{"x":${"[".repeat(1_000_000)}`))).toBeUndefined();
  });

  it("on every prefix of real lines, and each with a byte more", () => {
    for (const line of standard().lines.slice(0, 8)) {
      const bytes = Buffer.from(jcs(line));
      expect(agree(bytes)).toBe(true);
      for (let end = 0; end < bytes.length; end += 3) expect(agree(bytes.subarray(0, end))).toBe(false);
      for (const more of ["\n", "\r", " ", "}", "\0"])
        expect(agree(Buffer.concat([bytes, Buffer.from(more)]))).toBe(false);
    }
  });

  it("on the examples of the RFC", () => {
    for (const { input, output } of rfcExamples) {
      expect(agreeText(input)).toBe(false);
      expect(agreeText(output)).toBe(true);
    }
  });

  it("on what is no object", () => {
    for (const text of ["", "[]", "1", '"x"', "null", "\ufeff{}", "{}\r", " {}"])
      expect(agreeText(text)).toBe(false);
    expect(agreeText("{}")).toBe(true);
  });
});
