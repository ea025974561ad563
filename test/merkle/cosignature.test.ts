import { describe, expect, it } from "vitest";
import { decodeUtf8 } from "../../src/bytes/utf8.js";
import { cosignedMessage, formatCosignature, parseCosignature } from "../../src/merkle/cosignature.js";

const signature = Uint8Array.from({ length: 64 }, (_, i) => i);
const most = Number.MAX_SAFE_INTEGER;

describe("cosignatures", () => {
  it("the message is the specification's", () => {
    const text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    expect(decodeUtf8(cosignedMessage(1679315147, text))).toBe(`cosignature/v1\ntime 1679315147\n${text}`);
    expect(decodeUtf8(cosignedMessage(most, "é\n"))).toBe("cosignature/v1\ntime 9007199254740991\né\n");
    for (const seconds of [-1, 0.5, 2 ** 53, Number.NaN]) {
      expect(() => cosignedMessage(seconds, text)).toThrow("seconds from 0 to 2^53-1");
      expect(() => formatCosignature({ seconds, signature })).toThrow(RangeError);
    }
  });

  it("time and signature are read from a blob, wherever it stands", () => {
    for (const seconds of [0, 1, 1679315147, 2 ** 32 + 3, most]) {
      const blob = formatCosignature({ seconds, signature });
      expect(parseCosignature(blob)).toEqual({ seconds, signature });
      const within = new Uint8Array(100);
      within.set(blob, 7);
      expect(parseCosignature(within.subarray(7, 79))).toEqual({ seconds, signature });
    }
    expect(formatCosignature({ seconds: 0x0102030405, signature }).slice(0, 9)).toEqual(
      Uint8Array.of(0, 0, 0, 1, 2, 3, 4, 5, 0),
    );
  });

  it("other lengths and times beyond 2^53-1 are refused", () => {
    for (const length of [0, 7, 8, 64, 71, 73]) {
      expect(parseCosignature(new Uint8Array(length))).toEqual({
        reason: `expected 8 bytes of time and 64 of signature, found ${length} bytes`,
      });
    }
    const blob = new Uint8Array(72);
    blob.set([0, 0x20]);
    expect(parseCosignature(blob)).toEqual({
      reason: "expected a time of at most 2^53-1 seconds, found 9007199254740992",
    });
    expect(() => formatCosignature({ seconds: 1, signature: signature.slice(1) })).toThrow("found 1, 63");
  });
});
