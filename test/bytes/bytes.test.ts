import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase64, encodeBase64 } from "../../src/bytes/base64.js";
import { concatBytes, equalBytes } from "../../src/bytes/bytes.js";
import { formatDigest, isDigestText, parseDigest } from "../../src/bytes/digest.js";
import { decodeHex, encodeHex } from "../../src/bytes/hex.js";
import { decodeUtf8, encodeUtf8 } from "../../src/bytes/utf8.js";

/** Whether a text has no lone surrogate, which UTF-8 cannot write. */
const isWellFormed = (text: string) => !/\p{Cs}/u.test(text);

const anyBytes = fc.uint8Array({ maxLength: 70 });

describe("base64", () => {
  it("writes what Buffer writes, and reads it back", () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const text = encodeBase64(bytes);
        expect(text).toBe(Buffer.from(bytes).toString("base64"));
        expect(decodeBase64(text)).toEqual(bytes);
      }),
    );
  });

  it("has one text for each byte string", () => {
    const character = fc.constantFrom(..."ABCQRSabz019+/=-_ \n\u00e9Ā".split(""));
    fc.assert(
      fc.property(fc.array(character, { maxLength: 9 }), (characters) => {
        const text = characters.join("");
        const strict = Buffer.from(text, "base64").toString("base64") === text;
        expect(decodeBase64(text) !== undefined).toBe(strict);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    "QUJ=",
    "QR==",
    "QQ",
    "QQ=",
    "QQ===",
    "=",
    "====",
    "Q===",
    "A=AA",
    "QQ==QQ==",
    "QUI=\n",
    " QUI=",
    "QUI-",
    "Q\u00c1I=",
  ])("refuses %j", (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });
});

describe("hex", () => {
  it("is lower case and even", () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(encodeHex(bytes)).toBe(Buffer.from(bytes).toString("hex"));
        expect(decodeHex(encodeHex(bytes))).toEqual(bytes);
      }),
    );
    for (const text of ["A0", "0", "0g", " 00", "00\n", "0x00"]) expect(decodeHex(text)).toBeUndefined();
  });
});

const zeroDigest = `sha3-256:${"0".repeat(64)}`;

describe("digests", () => {
  it("are sha3-256: and 64 lower-case hex digits", () => {
    const digest = Uint8Array.from({ length: 32 }, (_, i) => i * 8);
    expect(parseDigest(formatDigest(digest))).toEqual(digest);
    expect(parseDigest(zeroDigest)).toEqual(new Uint8Array(32));
    for (const text of [
      "",
      zeroDigest.slice(1),
      ` ${zeroDigest}`,
      `${zeroDigest}0`,
      zeroDigest.slice(0, -1),
      zeroDigest.toUpperCase(),
      `${zeroDigest}\n`,
    ]) {
      expect(isDigestText(text)).toBe(false);
      expect(parseDigest(text)).toBeUndefined();
    }
  });
});

describe("UTF-8", () => {
  it("is read as it is, a byte order mark included", () => {
    expect(decodeUtf8(Buffer.from("\ufeffa"))).toBe("\ufeffa");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        if (isWellFormed(text)) expect(decodeUtf8(encodeUtf8(text))).toBe(text);
      }),
    );
    for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]])
      expect(decodeUtf8(Uint8Array.from(bytes))).toBeUndefined();
  });
});

describe("byte strings", () => {
  it("are joined and compared as Buffer does", () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (a, b) => {
        expect(Buffer.from(concatBytes(a, b))).toEqual(Buffer.concat([a, b]));
        expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
        expect(equalBytes(a, a.slice())).toBe(true);
      }),
    );
  });
});
