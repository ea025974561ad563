import { createPublicKey, verify } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeBase64 } from "../../src/bytes/base64.js";
import { encodeHex } from "../../src/bytes/hex.js";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import { isNoteName } from "../../src/json/names.js";
import { noteKeyHash, parseNote } from "../../src/merkle/note.js";
import {
  formatVerifierKey,
  noteAlgorithms,
  parseVerifierKey,
  type VerifierKey,
} from "../../src/merkle/verifier-key.js";
import { sha256 } from "./reference.js";

// The example of C2SP signed-note.
const example = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const exampleNote =
  "This is an example message.\n\n" +
  "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
const reason = (text: string) => (parseVerifierKey(sha256, text) as { reason?: string }).reason;

/** A string whose key hash is right, whatever else is not. */
function keyText(name: string, algorithm: number, key: Uint8Array): string {
  const hash = encodeHex(noteKeyHash(sha256, name, algorithm, key));
  return `${name}+${hash}+${encodeBase64(Uint8Array.of(algorithm, ...key))}`;
}

describe("verifier keys", () => {
  it("reads the specification's example, whose key verifies its note", () => {
    const key = parseVerifierKey(sha256, example);
    const note = parseNote(exampleNote);
    if ("reason" in key || "reason" in note) throw new Error("expected a key and a note");
    expect([key.name, key.algorithm, encodeHex(key.keyHash)]).toEqual(["example.com/foo", 1, "530d903a"]);
    const [signature] = note.signatures;
    expect(signature?.keyHash).toEqual(key.keyHash);
    const x = Buffer.from(key.publicKey).toString("base64url");
    const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
    expect(verify(null, encodeUtf8(note.text), publicKey, signature!.blob)).toBe(true);
    expect(formatVerifierKey(sha256, key)).toBe(example);
  });

  it("what is written is read again", () => {
    const any = fc.record({
      name: fc.string({ unit: "grapheme", minLength: 1 }).filter(isNoteName),
      algorithm: fc.constantFrom(...Object.values(noteAlgorithms)),
      publicKey: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    });
    fc.assert(
      fc.property(any, (key) => {
        expect(parseVerifierKey(sha256, formatVerifierKey(sha256, key))).toMatchObject(key);
      }),
    );
  });

  it("every bump of every character, every cut is refused", () => {
    for (let i = 0; i < example.length; i++) {
      for (const step of [1, -1, 32]) {
        const bumped =
          example.slice(0, i) + String.fromCharCode(example.charCodeAt(i) ^ step) + example.slice(i + 1);
        expect(reason(bumped)).toBeTypeOf("string");
      }
      expect(reason(example.slice(0, i))).toBeTypeOf("string");
      expect(reason(example.slice(i + 1))).toBeTypeOf("string");
    }
    for (const more of [" ", "\n", "=", "+"]) {
      expect(reason(example + more)).toBeTypeOf("string");
      expect(reason(more + example)).toBeTypeOf("string");
    }
  });

  it("each part is held to its form", () => {
    const key = new Uint8Array(32).fill(7);
    expect(reason(keyText("a", 1, key))).toBeUndefined();
    expect(reason("a+00000000")).toContain("plus signs between");
    for (const name of ["", "a b", "a\u00a0b", "a\u0001"]) {
      expect(reason(keyText(name, 1, key))).toContain("a name without spaces");
    }
    const hash = encodeHex(noteKeyHash(sha256, "a", 1, key));
    const upper = keyText("a", 1, key).replace(hash, hash.toUpperCase());
    expect(upper).not.toBe(keyText("a", 1, key));
    expect(reason(upper)).toContain("8 lower-case hex digits");
    expect(reason(keyText("a", 1, key).replace(hash, `${hash}00`))).toContain("8 lower-case hex digits");
    expect(reason(keyText("a", 1, key).replace(hash, "00000000"))).toBe(
      `expected the key hash ${hash}, found 00000000`,
    );
    expect(reason(keyText("a", 1, key.slice(1)))).toContain("32 bytes of key");
    expect(reason(keyText("a", 1, Uint8Array.of(...key, 1)))).toContain("32 bytes of key");
    expect(reason(`a+${hash}+${"A".repeat(43)}!`)).toContain("base64 of an algorithm byte");
    for (const algorithm of [0, 2, 3, 5, 6, 255]) {
      expect(reason(keyText("a", algorithm, key))).toBe(`expected algorithm 1 or 4, found ${algorithm}`);
    }
    const wrong = { name: "a b", algorithm: 1, publicKey: key } satisfies VerifierKey;
    expect(() => formatVerifierKey(sha256, wrong)).toThrow(RangeError);
  });
});
