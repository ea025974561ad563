import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeBase64 } from "../../src/bytes/base64.js";
import { encodeHex } from "../../src/bytes/hex.js";
import { decodeUtf8, encodeUtf8 } from "../../src/bytes/utf8.js";
import { isNoteName } from "../../src/json/names.js";
import { formatNote, type Note, type NoteSignature, noteKeyHash, parseNote } from "../../src/merkle/note.js";
import { excerpt } from "../../src/merkle/refusal.js";
import { flipBit, sha256 } from "./reference.js";

// The example of C2SP signed-note.
const example =
  "This is an example message.\n\n" +
  "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
const line = "— a.example QUFBQUFB\n";
const sig = (name = "a.example"): NoteSignature => ({
  name,
  keyHash: encodeUtf8("AAAA"),
  blob: encodeUtf8("AA"),
});

function good(text: string): Note {
  const note = parseNote(text);
  if ("reason" in note) throw new Error(note.reason);
  return note;
}
const reason = (text: string) => (parseNote(text) as { reason?: string }).reason;

describe("notes", () => {
  it("reads the specification's example", () => {
    const note = good(example);
    expect(note.text).toBe("This is an example message.\n");
    expect(note.signatures).toHaveLength(1);
    const [signature] = note.signatures;
    expect(signature?.name).toBe("example.com/foo");
    expect(encodeHex(signature!.keyHash)).toBe("530d903a");
    expect(signature?.blob).toHaveLength(64);
    expect(`${signature?.line}\n`).toBe(example.slice(example.indexOf("—")));
    expect(formatNote(note.text, note.signatures)).toBe(example);
  });

  it("what is written is read again", () => {
    const text = fc.string({ unit: "grapheme" }).map((s) => `${s.replace(/\p{Cc}/gu, "\n")}\n`);
    const name = fc.string({ unit: "grapheme", minLength: 1 }).filter(isNoteName);
    const signature = fc.record({
      name,
      keyHash: fc.uint8Array({ minLength: 4, maxLength: 4 }),
      blob: fc.uint8Array({ minLength: 1, maxLength: 80 }),
    });
    fc.assert(
      fc.property(text, fc.array(signature, { minLength: 1, maxLength: 64 }), (text, signatures) => {
        const note = good(formatNote(text, signatures));
        expect(note.text).toBe(text);
        expect(note.signatures.map(({ line, ...rest }) => rest)).toEqual(signatures);
      }),
    );
  });

  it("every flipped bit and every cut is refused or gives another note", () => {
    const text = formatNote("acme.example/agents-prod\n42\n\nroot\n", [
      sig("acme.example/agents-prod"),
      sig(),
    ]);
    const bytes = encodeUtf8(text);
    const whole = good(text);
    const changed = Array.from({ length: bytes.length * 8 }, (_, bit) => flipBit(bytes, bit));
    for (let end = 0; end < bytes.length; end++) changed.push(bytes.slice(0, end), bytes.slice(end + 1));
    let read = 0;
    for (const other of changed) {
      const decoded = decodeUtf8(other);
      const note = decoded === undefined ? { reason: "not UTF-8" } : parseNote(decoded);
      if ("reason" in note) continue;
      read++;
      expect(note).not.toEqual(whole);
      expect(formatNote(note.text, note.signatures)).toBe(decoded);
    }
    expect(read).toBeGreaterThan(100);
  });

  it("splits at the last blank line", () => {
    expect(good(`a\n\nb\n\n${line}`).text).toBe("a\n\nb\n");
    expect(good(`a\n\n\n${line}`).text).toBe("a\n\n");
    expect(good(`a\n\n${line}\n${line}`)).toMatchObject({
      text: `a\n\n${line}`,
      signatures: [{ name: "a.example" }],
    });
    expect(good(`\n\n${line}`).text).toBe("\n");
    expect(reason(`a\n\nb\n${line}`)).toContain('found "b" in signature line 1');
  });

  it("needs a text, a blank line, signature lines and a last LF", () => {
    expect(reason("")).toContain("ends in LF");
    expect(reason(`a\n\n${line}`.slice(0, -1))).toContain("ends in LF");
    // Without the test of the last LF this would be read, one character short.
    expect(reason(`a\n\n${line.slice(0, -1)}=`)).toContain("ends in LF");
    expect(reason(`a\n${line}`)).toContain("no blank line");
    expect(reason(`\n${line}`)).toContain("no blank line");
    expect(reason("a\n\n")).toContain("found nothing in signature line 1");
    expect(reason(`a\n\n${line}\n`)).toContain("found nothing in signature line 1");
    expect(reason(`a\n\n${line}junk\n`)).toContain('found "junk" in signature line 2');
  });

  it("control characters and lone surrogates stand nowhere", () => {
    for (let code = 0; code < 0x20; code++) {
      const c = String.fromCharCode(code);
      const expected =
        code === 10 ? expect.anything() : { reason: expect.stringContaining("no control character") };
      expect(parseNote(`a${c}b\n\n${line}`)).toEqual(expected);
      if (code !== 10) expect(reason(`a\n\n— a${c}b QUFBQUFB\n`)).toContain("no control character");
    }
    expect(reason(`a\r\n\r\n${line}`)).toContain('found "\\r"');
    expect(reason(`a\n\n${line.replace("\n", "\r\n")}`)).toContain('found "\\r"');
    expect(reason(`a\ud800\n\n${line}`)).toContain('found "\\ud800"');
    expect(reason(`a\udc00b\n\n${line}`)).toContain("lone surrogate");
    for (const allowed of ["\u007f", "\u0085", "\u2028", "\ufeff", "\u{1f600}"]) {
      expect(good(`${allowed}\n\n${line}`).text).toBe(`${allowed}\n`);
    }
  });

  it("signature lines have one form", () => {
    const wrong = [
      "- a QUFBQUFB",
      "– a QUFBQUFB",
      "—a QUFBQUFB",
      "—\u00a0a QUFBQUFB",
      "—  a QUFBQUFB",
      "— a  QUFBQUFB",
      "— a QUFBQUFB ",
      " — a QUFBQUFB",
      "— a",
      "— QUFBQUFB",
      "— a b QUFBQUFB",
    ];
    for (const text of wrong) expect(reason(`a\n\n${text}\n`)).toContain("an em dash, a name and base64");
    for (const name of ["", "a+b", "a\u00a0b", "a\u2003b", "a\u0085b", "a\u2028b", "\u3000"]) {
      expect(reason(`a\n\n— ${name} QUFBQUFB\n`)).toContain("a name without spaces or plus");
    }
  });

  it("junk in base64 is refused", () => {
    for (const base64 of ["", "QUFBQUE", "QUFBQUF=", "QUFBQUE=QUFB", "QUFB!UFB", "QUFB-_FB", "QUFBQUFB="]) {
      expect(reason(`a\n\n— a ${base64}\n`)).toMatch(/base64 with padding|4-byte key hash/);
    }
    expect(reason("a\n\n— a QUFBQUF=\n")).toContain("no spare bits");
    expect(good("a\n\n— a QUFBQUE=\n").signatures[0]?.blob).toEqual(encodeUtf8("A"));
    for (const length of [0, 1, 4]) {
      const base64 = encodeBase64(new Uint8Array(length));
      expect(reason(`a\n\n— a ${base64}\n`)).toContain(`found ${length} bytes in signature line 1`);
    }
  });

  it("64 signature lines are read, 65 are refused", () => {
    expect(good(`a\n\n${line.repeat(64)}`).signatures).toHaveLength(64);
    expect(reason(`a\n\n${line.repeat(65)}`)).toBe("expected at most 64 signature lines, found 65");
  });

  it("writes nothing that would be read otherwise", () => {
    const other = "expected a text that ends in LF, names and 4-byte key hashes";
    const wrong: readonly [string, readonly NoteSignature[], string][] = [
      ["a", [sig()], "no blank line"],
      ["", [sig()], "no blank line"],
      ["a\n", [], "found nothing in signature line 1"],
      [`a\n\n${line.slice(0, -1)}`, [], other],
      ["a\r\n", [sig()], "no control character"],
      ["a\n", [sig("a b")], "with single spaces between"],
      ["a\n", [sig("")], "a name without spaces or plus"],
      ["a\n", [sig("a QUFBQUFB\n— b")], other],
      ["a\n", [sig("a QUFBQUFB\n\n— b")], other],
      ["a\n", [{ ...sig(), keyHash: new Uint8Array(5) }], other],
      ["a\n", [{ ...sig(), keyHash: new Uint8Array(3) }], other],
      ["a\n", [{ ...sig(), blob: new Uint8Array(0) }], "found 4 bytes"],
      ["a\n", Array.from({ length: 65 }, () => sig()), "at most 64 signature lines"],
    ];
    for (const [text, signatures, message] of wrong) {
      const write = () => formatNote(text, signatures);
      expect(write).toThrow(RangeError);
      expect(write).toThrow(message);
    }
  });
});

it("names have no spaces, plus, control characters or lone surrogates", () => {
  for (const name of ["a", "acme.example/agents-prod", "ü", "—", "\u{1f600}"])
    expect(isNoteName(name)).toBe(true);
  for (const name of ["", "a b", "a+b", "a\n", "\ta", "a\u0000", "a\u001f", "a\u1680", "a\ud800"]) {
    expect(isNoteName(name)).toBe(false);
  }
});

it("the key hash binds name, algorithm and key", () => {
  const key = new Uint8Array(32).fill(7);
  const expected = sha256(Uint8Array.of(0x61, 0x0a, 0x01, ...key)).slice(0, 4);
  expect(noteKeyHash(sha256, "a", 0x01, key)).toEqual(expected);
  expect(noteKeyHash(sha256, "a", 0x04, key)).not.toEqual(expected);
  expect(noteKeyHash(sha256, "b", 0x01, key)).not.toEqual(expected);
  expect(noteKeyHash(sha256, "a", 0x01, key.with(31, 8))).not.toEqual(expected);
});

it("excerpts are short and cannot steer a terminal", () => {
  expect(excerpt("")).toBe("nothing");
  expect(excerpt("a\u001b[2J\u009b\u202eb")).toBe('"a\\u001b[2J\\u{9b}\\u{202e}b"');
  expect(excerpt("x".repeat(61))).toBe(`"${"x".repeat(60)}…"`);
  expect(excerpt("x".repeat(60))).toBe(`"${"x".repeat(60)}"`);
});
