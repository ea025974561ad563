import { describe, expect, it } from "vitest";
import { makeCases } from "../../fixtures/ed25519/make.mjs";
import { engine } from "../../src/io/engine-node.js";
import { isKeyId, readPublicKey } from "../../src/keys/public-key.js";
import { referenceKey } from "./reference.js";
import { hex, publicBytesOf } from "./support.js";

const read = (bytes: Uint8Array) => readPublicKey(engine.sha3_256, bytes);
const refusal = (bytes: Uint8Array) => {
  const result = read(bytes);
  return result.ok ? undefined : result.actual;
};
const y = (first: string, rest: string, last: string): Uint8Array => hex(first + rest.repeat(30) + last);

describe("readPublicKey", () => {
  it("accepts the keys of RFC 8032, and names them by their hash", () => {
    const result = read(hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
    expect(result.ok && isKeyId(result.key.id)).toBe(true);
    // printf d75a… | xxd -r -p | openssl dgst -sha3-256
    expect(result.ok && result.key.id).toBe("ed25519:054f341a2fa584bb0c540fbf5232fcef");
  });

  it.each([
    ["too short", new Uint8Array(31), "31 bytes"],
    ["too long", new Uint8Array(33), "33 bytes"],
    ["y = p", y("ed", "ff", "7f"), "a y coordinate that is not reduced"],
    ["y = p + 1", y("ee", "ff", "7f"), "a y coordinate that is not reduced"],
    ["y = 2^255 - 1 with sign", y("ff", "ff", "ff"), "a y coordinate that is not reduced"],
    ["y = 1 with sign", y("01", "00", "80"), "a sign bit"],
    ["y = -1 with sign", y("ec", "ff", "ff"), "a sign bit"],
    ["y = 2", y("02", "00", "00"), "a y coordinate that no point has"],
    ["the identity", y("01", "00", "00"), "a point of small order"],
    ["y = 0", y("00", "00", "00"), "a point of small order"],
    [
      "order 8",
      hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
      "a point of small order",
    ],
    [
      "order 8L",
      hex("cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d"),
      "a point with a component of small order",
    ],
  ])("refuses %s", (_, bytes, reason) => {
    expect(refusal(bytes)).toBe(reason);
  });

  it("agrees with the reference on every key of the adversarial set", () => {
    const keys = [...new Set(makeCases().map((one) => one.key))];
    const differing = keys.filter((key) => read(hex(key)).ok !== referenceKey(hex(key)));
    expect(differing).toEqual([]);
    expect(keys.length).toBeGreaterThan(80);
  });

  it("keeps a copy, which later writes to the bytes do not reach", () => {
    const bytes = publicBytesOf("copy");
    const result = read(bytes);
    const before = bytes[0];
    bytes[0] = 255 - bytes[0]!;
    expect(result.ok && result.key.bytes[0]).toBe(before);
  });

  it.each(["ed25519:", "ed25519:054F341A2FA584BB0C540FBF5232FCEF", "x:00", `ed25519:${"0".repeat(32)}\n`])(
    "takes %j for no key id",
    (text) => {
      expect(isKeyId(text)).toBe(false);
    },
  );
});
