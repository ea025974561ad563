import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeBase64 } from "../../src/bytes/base64.js";
import { type Checkpoint, formatCheckpoint, parseCheckpoint } from "../../src/merkle/checkpoint.js";

const root = new Uint8Array(32).fill(5);
const base64 = encodeBase64(root);
const most = Number.MAX_SAFE_INTEGER;
const checkpoint: Checkpoint = { origin: "acme.example/agents-prod", size: 42, root, extensions: [] };
const text = `acme.example/agents-prod\n42\n${base64}\n`;
const reason = (t: string) => (parseCheckpoint(t) as { reason?: string }).reason;
const sized = (size: string) => parseCheckpoint(`a\n${size}\n${base64}\n`);

describe("checkpoints", () => {
  it("are name, size and root, each on its line", () => {
    expect(parseCheckpoint(text)).toEqual(checkpoint);
    expect(formatCheckpoint(checkpoint)).toBe(text);
    // C2SP tlog-checkpoint asks for a name without spaces, and lets readers count on none.
    expect(parseCheckpoint(`an origin\n0\n${base64}\n`)).toMatchObject({ origin: "an origin", size: 0 });
  });

  it("what is written is read again", () => {
    const words = fc.string({ minLength: 1 }).map((s) => s.replaceAll("\n", "-"));
    const any = fc.record({
      origin: words,
      size: fc.oneof(fc.nat(), fc.integer({ min: 0, max: most }), fc.constant(most)),
      root: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      extensions: fc.array(words),
    });
    fc.assert(
      fc.property(any, (one) => {
        expect(parseCheckpoint(formatCheckpoint(one))).toEqual(one);
      }),
    );
  });

  it("sizes are plain decimal up to 2^53-1", () => {
    expect(sized("0")).toMatchObject({ size: 0 });
    expect(sized("9007199254740991")).toMatchObject({ size: most });
    const wrong = [
      "",
      "00",
      "042",
      "+1",
      "-1",
      "-0",
      " 1",
      "1 ",
      "1.0",
      "1e3",
      "0x10",
      "1_0",
      "٤",
      "a",
      "1\r",
    ];
    for (const size of [...wrong, "9007199254740992", "9007199254740993", "9".repeat(400)]) {
      expect(sized(size)).toEqual({ reason: expect.stringMatching(/^expected a size .* in line 2$/) });
    }
  });

  it("roots are strict base64 of 32 bytes", () => {
    for (const length of [0, 31, 33]) {
      expect(reason(`a\n1\n${encodeBase64(new Uint8Array(length))}\n`)).toContain("base64 of 32 bytes");
    }
    for (const wrong of [base64.slice(0, -1), `${base64} `, ` ${base64}`, base64.replace(/.=$/, "V=")]) {
      expect(reason(`a\n1\n${wrong}\n`)).toMatch(/base64 of 32 bytes, the root, found .* in line 3/);
    }
  });

  it("has three lines or more, none of them empty", () => {
    expect(reason(text.slice(0, -1))).toContain("ends in LF");
    expect(reason(`${text}=`)).toContain("ends in LF");
    for (const short of ["", "\n", "a\n", "a\n1\n"]) expect(reason(short)).toMatch(/three lines|ends in LF/);
    expect(reason(`\n1\n${base64}\n`)).toBe("expected a name, found nothing in line 1");
    expect(reason(`${text}\n`)).toContain("found nothing in line 4");
    expect(reason(`${text}x\n\ny\n`)).toContain("found nothing in line 5");
    expect(parseCheckpoint(`${text}x\n y \n`)).toEqual({ ...checkpoint, extensions: ["x", " y "] });
  });

  it("writes nothing that would be read otherwise", () => {
    const wrong: readonly [Partial<Checkpoint>, string][] = [
      [{ origin: "" }, "expected a name, found nothing in line 1"],
      [{ origin: "a\nb" }, "expected a size"],
      [{ origin: `a\n1\n${base64}` }, "of one line each"],
      [{ size: -1 }, "expected a size"],
      [{ size: 0.5 }, "expected a size"],
      [{ size: 2 ** 53 }, "expected a size"],
      [{ size: Number.NaN }, "expected a size"],
      [{ root: new Uint8Array(31) }, "base64 of 32 bytes"],
      [{ extensions: [""] }, "an extension line that is not empty"],
      [{ extensions: ["a\nb"] }, "of one line each"],
      [{ extensions: ["a\n"] }, "an extension line that is not empty"],
    ];
    for (const [part, message] of wrong) {
      const write = () => formatCheckpoint({ ...checkpoint, ...part });
      expect(write).toThrow(RangeError);
      expect(write).toThrow(message);
    }
  });
});
