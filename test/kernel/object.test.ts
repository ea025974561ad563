import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { jcs } from "../../fixtures/make/bytes.mjs";
import { standard } from "../../fixtures/make/story.mjs";
import { scanCanonical } from "../../src/json/canonical-scan.js";
import { rfcExamples, rfcNumbers } from "../json/rfc8785.js";
import { sorted, trickyNumber, trickyObject } from "../json/tricky.js";
import { type TestingModule, testingModule } from "./testing-module.mjs";

interface TextKernel {
  /** The address behind the object, 0 for no. */
  readonly object: (at: number, depth: number, rule: number) => number;
}

let kernel: TestingModule<TextKernel>;
let at = 0;
const room = 256 * 1024;
beforeAll(async () => {
  kernel = await testingModule<TextKernel>("testing-text.ts");
  at = kernel.take(room + 64);
}, 300_000);

const anyValue = 0;
const wholeNumbers = 1;
const factValues = 2;

/** Whether the kernel takes the whole of a text for an object, whatever stands behind its LF. */
function isObject(text: Uint8Array, rule = anyValue): boolean {
  const answers = ["}", '"', "0", "\u0080", "\\", "\n", "\u0000"].map((behind) => {
    const memory = kernel.bytes(at, room + 64);
    memory.set(text);
    memory[text.length] = 0x0a;
    memory.fill(behind.charCodeAt(0), text.length + 1, text.length + 65);
    return kernel.kernel.object(at, 1, rule) === at + text.length;
  });
  expect(new Set(answers).size).toBe(1);
  return answers[0]!;
}

/** The kernel says yes where the scan does, and nowhere else. Returns its answer. */
function agree(bytes: Uint8Array): boolean {
  if (bytes.includes(0x0a)) return false;
  const isCanonical = scanCanonical(bytes) !== undefined;
  const found = isObject(bytes);
  if (found !== isCanonical)
    throw new Error(`the scan says ${isCanonical}, the kernel ${found}: ${Buffer.from(bytes)}`);
  return found;
}

const agreeText = (text: string) => agree(Buffer.from(text, "utf8"));

describe("the kernel's pass over a text and scanCanonical agree", { timeout: 600_000 }, () => {
  it("on canonical objects, and on objects as they come", () => {
    let yes = 0;
    fc.assert(
      fc.property(trickyObject, fc.constantFrom(undefined, 1, "\t"), (value, space) => {
        if (agreeText(sorted(value))) yes++;
        agreeText(JSON.stringify(value));
        agreeText(JSON.stringify(value, null, space));
      }),
      { numRuns: 2000, seed: 1 },
    );
    expect(yes).toBeGreaterThan(150);
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
          const where = anywhere % (bytes.length + 1);
          const [before, after] = [
            bytes.subarray(0, where),
            bytes.subarray(where + (how === "insert" ? 0 : 1)),
          ];
          const flipped = [(bytes[where] ?? 0) ^ (1 << (byte & 7))];
          const middle = how === "remove" ? [] : how === "flip" ? flipped : [byte];
          bytes = Buffer.concat([before, Buffer.from(middle), after]);
        }
        agree(bytes);
      }),
      { numRuns: 4000, seed: 1 },
    );
  });

  it("on texts of JSON's own characters", () => {
    const piece = fc.constantFrom(
      ...["{", "}", "[", "]", '"', ",", ":", '"a"', '"b"', "1", "0", "-", ".", "e", "E", "+", "true", "null"],
      ...[
        "false",
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
        "0.5",
        "-1",
        "{}",
        "[]",
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        agreeText(`{"x":${pieces.join("")}}`);
        agreeText(pieces.join(""));
      }),
      { numRuns: 4000, seed: 1 },
    );
  });

  it("on all bytes in a string and in a name, alone and in pairs, at every place of a vector", () => {
    const within = (before: string, bytes: readonly number[]) => {
      agree(Buffer.concat([Buffer.from(`{"x":"${before}`), Buffer.from(bytes), Buffer.from('"}')]));
      agree(Buffer.concat([Buffer.from(`{"${before}`), Buffer.from(bytes), Buffer.from('":1}')]));
    };
    for (let first = 0; first < 256; first++) {
      for (let length = 0; length < 18; length++) within("x".repeat(length), [first]);
      for (let second = 0; second < 256; second += first < 0x80 && first !== 0x5c ? 5 : 1) {
        within("", [first, second]);
        if (first >= 0xe0 && second >= 0x7f)
          for (const third of [0x7f, 0x80, 0x8f, 0x90, 0xaf, 0xb0, 0xbd, 0xbe, 0xbf, 0xc0])
            within("", [first, second, third]);
      }
    }
    const border = [0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xaf, 0xb0, 0xbd, 0xbe, 0xbf, 0xc0];
    for (let first = 0xef; first <= 0xf5; first++)
      for (const second of border)
        for (const third of border) for (const fourth of border) within("", [first, second, third, fourth]);
  });

  it("on every escape", () => {
    for (let code = 0; code < 0x10000; code += code < 0x300 ? 1 : 97) {
      for (const hex of [code.toString(16), code.toString(16).toUpperCase()])
        agreeText(`{"x":"\\u${hex.padStart(4, "0")}"}`);
    }
    for (let code = 0; code < 128; code++) agreeText(`{"x":"\\${String.fromCharCode(code)}"}`);
  });

  it("on names in and out of order, in pairs of every kind", () => {
    const names = [
      ...[
        "",
        "a",
        "b",
        "aa",
        "ab",
        "é",
        "\u007f",
        "\u0080",
        "\u07ff",
        "\u0800",
        "\ud7ff",
        "\ue000",
        "\ufb33",
        "\uffef",
      ],
      ...[
        "\u{10000}",
        "😀",
        "😁",
        "\u{1f5ff}",
        "\u{20000}",
        "\u{10fffd}",
        '"',
        "\\",
        "/",
        "\b",
        "\t",
        "\n",
        "\f",
        "\r",
      ],
      ...[
        "\u0000",
        "\u0001",
        "\u000b",
        "\u000f",
        "\u0010",
        "\u0019",
        "\u001a",
        "\u001f",
        " ",
        "!",
        "#",
        "[",
        "]",
      ],
    ];
    const all = names.flatMap((name) => [name, `${name}x`, `x${name}`, `é${name}`]);
    for (const one of all)
      for (const other of all) agreeText(`{${JSON.stringify(one)}:1,${JSON.stringify(other)}:2}`);
  });

  it("on numbers", () => {
    const texts = [
      ...[
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
        "1e-7",
      ],
      ...[
        "0.000001",
        "0.0000001",
        "-0.000001",
        "0.00000123456789012345",
        "0.0000012345678901234567",
        "0.0",
        "-0.0",
      ],
      ...["123456789012345", "1234567890123456", "999999999999999", "1000000000000000", "12345678901234.5"],
      ...[
        "123456789012345.6",
        "9007199254740992",
        "9007199254740993",
        "100000000000000000000",
        "1e400",
        "-",
        "--1",
      ],
      ...[
        "1-",
        "1e",
        "1.2.3",
        "NaN",
        "Infinity",
        "5e-324",
        "0.10",
        "0.01",
        "10.5",
        "-10.25",
        "1.5-",
        "1.5e",
        "1+",
      ],
      ...[
        `1${"0".repeat(40)}`,
        `0.${"1".repeat(40)}`,
        `0.${"0".repeat(19)}1`,
        `${"1".repeat(5)}.${"2".repeat(20)}`,
      ],
    ];
    for (const text of [...texts, ...rfcNumbers.flatMap(([, text]) => text ?? [])])
      agreeText(`{"x":${text}}`);
    // More digits than a double has, with zeros among them, in front of them, or neither.
    for (let zeros = 0; zeros <= 7; zeros++)
      for (let ones = 1; ones <= 20; ones++)
        for (const decimals of ["10".repeat(zeros), "0".repeat(zeros)].map(
          (begin) => begin + "1".repeat(ones),
        ))
          for (const whole of ["0", "7", "-0", "70"]) agreeText(`{"x":${whole}.${decimals}}`);
    fc.assert(
      fc.property(trickyNumber, fc.integer({ min: 0, max: 15 }), (number, digits) => {
        agreeText(`{"x":${String(number)}}`);
        const rounded = Number(number.toPrecision(15));
        if (Number.isFinite(rounded)) expect(agreeText(`{"x":${rounded}}`)).toBe(true);
        agreeText(`{"x":${number.toFixed(digits)}}`);
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it("on integers alone, where no others may stand, and on facts", () => {
    const integers = ["0", "1", "10", "999999999999999"];
    const others = ["-1", "-0", "00", "01", "1.5", "1e1", "1.", "1000000000000000", ".5", "", "+1", "0x1"];
    for (const rule of [wholeNumbers, factValues]) {
      for (const text of integers) expect(isObject(Buffer.from(`{"x":${text}}`), rule)).toBe(true);
      for (const text of others) expect(isObject(Buffer.from(`{"x":${text}}`), rule)).toBe(false);
      for (const text of ['"1.5"', "true", "false"])
        expect(isObject(Buffer.from(`{"x":${text}}`), rule)).toBe(true);
      for (const text of ["null", "[]", "{}", "[1]", '{"a":[1]}'])
        expect(isObject(Buffer.from(`{"x":${text}}`), rule)).toBe(rule === wholeNumbers);
      for (const text of ["[1.5]", '{"a":-1}', "nul", "truE", "fals"])
        expect(isObject(Buffer.from(`{"x":${text}}`), rule)).toBe(false);
    }
  });

  it("on depth", () => {
    for (const levels of [62, 63, 64, 65]) {
      expect(agreeText(`{"x":${"[".repeat(levels)}${"]".repeat(levels)}}`)).toBe(levels <= 63);
      expect(agreeText(`${'{"x":'.repeat(levels)}{}${"}".repeat(levels)}`)).toBe(levels <= 63);
      agreeText(`${'{"x":['.repeat(levels / 2)}{}${"]}".repeat(levels / 2)}`);
    }
    agreeText(`{"x":${"[".repeat(100_000)}`);
  });

  it("on every prefix of real lines, and each with a byte more", () => {
    for (const line of standard().lines.slice(0, 8)) {
      const bytes = Buffer.from(jcs(line));
      expect(agree(bytes)).toBe(true);
      for (let end = 0; end < bytes.length; end += 7) expect(agree(bytes.subarray(0, end))).toBe(false);
      for (const more of ["\r", " ", "}", "\0"]) agree(Buffer.concat([bytes, Buffer.from(more)]));
    }
  });

  it("on the examples of the RFC, and on what is no object", () => {
    for (const { input, output } of rfcExamples) {
      agreeText(input);
      agreeText(output);
    }
    for (const text of ["", "[]", "1", '"x"', "null", "\ufeff{}", "{}\r", " {}"])
      expect(agreeText(text)).toBe(false);
    expect(agreeText("{}")).toBe(true);
  });
});
