import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { engine } from "../../src/io/engine-node.js";
import { describeSpki } from "../../src/keys/der.js";
import { importPublicKeys } from "../../src/keys/import-key.js";
import { isKeyId } from "../../src/keys/public-key.js";
import { base64, publicBytesOf, publicKeyOf } from "./support.js";
import { key, reasonsOf, spoiled } from "./trust-sample.js";

const bytes = publicBytesOf("import");
const raw = base64(bytes);
const refusals = (input: string) => {
  const result = importPublicKeys(input, engine);
  return result.ok ? [] : result.reasons;
};
const anyForm = refusals("?")[0]!.expected;
const typedKey = (name: string, typed: Uint8Array) => {
  const hash = createHash("sha256").update(`${name}\n`).update(typed).digest("hex").slice(0, 8);
  return `${name}+${hash}+${base64(typed)}`;
};

describe("a line that only resembles a key is no key of that form", () => {
  it.each([
    ["ssh- inside a word", `my-ssh-rsa ${raw}`],
    ["ssh- and nothing", "ssh- AAAA"],
    ["a type that is not ASCII", "ssh-é AAAA"],
    ["a type that does not stay ASCII", "ssh-xé AAAA"],
    ["a comment with a line separator", `ssh-ed25519 AAAA one\u2028two`],
    ["a PEM label with something behind it", "-----BEGIN PUBLIC KEY-----x"],
    ["a PEM label with something before it", "x-----BEGIN PUBLIC KEY-----"],
    ["a PEM label without words", "-----BEGIN -----"],
    ["a byte order mark inside", `${raw.slice(0, 20)}\uFEFF${raw.slice(20)}`],
    ["a note key without name", typedKey("", Uint8Array.of(1, ...bytes))],
    ["a note key whose name holds a plus sign", typedKey("a+b", Uint8Array.of(1, ...bytes))],
    ["a note key with a longer hash", `w+123456789+${raw}`],
    ["a note key with a shorter hash", `w+1234567+${raw}`],
    ["a note key without key", "w+12345678+"],
    ["a note key with something behind it", `${typedKey("w", Uint8Array.of(1, ...bytes))} x`],
  ])("%s", (_what, line) => {
    expect(refusals(line)).toMatchObject([{ line: 1, expected: anyForm }]);
  });

  it("a note key of another length is said to be one", () => {
    expect(refusals(typedKey("w", Uint8Array.of(1, ...bytes.subarray(1))))).toMatchObject([
      { expected: "a key of 32 bytes", actual: "31 bytes" },
    ]);
  });
});

it("note keys are read whose base64 holds plus signs", () => {
  const labels = Array.from({ length: 60 }, (_, i) => `note ${i}`);
  const label = labels.find((one) => base64(Uint8Array.of(1, ...publicBytesOf(one))).includes("+"))!;
  const result = importPublicKeys(typedKey("w", Uint8Array.of(1, ...publicBytesOf(label))), engine);
  expect(result).toMatchObject({
    ok: true,
    keys: [{ form: "note", name: "w", publicKey: publicKeyOf(label) }],
  });
});

it("as much as a person looks through is read, and one character more is not", () => {
  const most = Number(/\d+/.exec(refusals("#".repeat(50_000_000))[0]!.expected)![0]);
  expect(importPublicKeys(`${raw}\n${"#".repeat(most - raw.length - 1)}`, engine).ok).toBe(true);
  expect(refusals(`${raw}\n${"#".repeat(most - raw.length)}`)).toMatchObject([
    { line: 1, actual: String(most + 1) },
  ]);
});

it("binary data is refused at line 1", () => {
  expect(importPublicKeys(Uint8Array.of(0xff, 0xfe), engine)).toMatchObject({
    ok: false,
    reasons: [{ line: 1, actual: "binary data" }],
  });
});

it("a key id has nothing around it", () => {
  const { id } = publicKeyOf("import");
  expect(isKeyId(id)).toBe(true);
  expect(isKeyId(`x${id}`)).toBe(false);
  expect(isKeyId(`${id}0`)).toBe(false);
});

describe("DER of another key", () => {
  const rsa = Buffer.from("06092a864886f70d0101010500", "hex");
  const wrapped = (content: Uint8Array, ...length: number[]) => Uint8Array.of(0x30, ...length, ...content);
  it("is described with lengths of any number of bytes that there can be", () => {
    const inner = wrapped(rsa, rsa.length);
    const words = describeSpki(wrapped(inner, inner.length));
    expect(words).toMatch(/RSA/);
    for (const length of [
      [0x81, inner.length],
      [0x82, 0, inner.length],
      [0x83, 0, 0, inner.length],
    ])
      expect(describeSpki(wrapped(inner, ...length))).toBe(words);
  });

  it("is none with an indefinite length or one of more bytes", () => {
    const inner = wrapped(rsa, rsa.length);
    for (const length of [[0x80], [0x84, 0, 0, 0, inner.length]])
      expect(describeSpki(wrapped(inner, ...length))).toBe("bytes that are no public key in DER");
    // An indefinite length inside holds nothing either.
    const indefinite = wrapped(rsa, 0x80);
    expect(describeSpki(wrapped(indefinite, indefinite.length))).toBe("bytes that are no public key in DER");
  });
});

describe("a trust file that is wrong in one place has one reason", () => {
  const pointersOf = (spoil: Parameters<typeof spoiled>[0]) =>
    reasonsOf(spoiled(spoil)).map(({ pointer }) => pointer);

  it("members that are no objects", () => {
    expect(pointersOf((file) => Object.assign(file.groups["release"]!, { members: [null, 5] }))).toEqual([
      "/groups/release/members/0",
      "/groups/release/members/1",
    ]);
  });

  it("members whose holders are no texts, or missing, are not the same person", () => {
    expect(
      pointersOf((file) =>
        Object.assign(file.groups["release"]!, { members: [{ holder: 5 }, { holder: 5 }] }),
      ),
    ).toEqual(["/groups/release/members/0/holder", "/groups/release/members/1/holder"]);
    expect(pointersOf((file) => Object.assign(file.groups["release"]!, { members: [{}, {}] }))).toEqual([
      "/groups/release/members/0/holder",
      "/groups/release/members/1/holder",
    ]);
  });

  it("ids that are no texts are not repeated", () => {
    const pointers = pointersOf((file) => {
      for (const one of file.keys.slice(0, 2)) Object.assign(one, { id: 5 });
    });
    expect(new Set(pointers)).toEqual(new Set(["/keys/0/id", "/keys/1/id"]));
    expect(pointers).toHaveLength(2);
  });

  it("tiers whose groups are no texts are not repeated, and name no group", () => {
    expect(pointersOf((file) => Object.assign(file.tiers, { T2_ELEVATED: [5, 5] }))).toEqual([
      "/tiers/T2_ELEVATED/0",
      "/tiers/T2_ELEVATED/1",
    ]);
  });

  it("places and times that are none are not compared", () => {
    expect(pointersOf((file) => Object.assign(file.keys[0]!, { first_seq: "9", last_seq: 5 }))).toEqual([
      "/keys/0/first_seq",
    ]);
    expect(pointersOf((file) => Object.assign(file.keys[0]!, { first_seq: 9, last_seq: "5" }))).toEqual([
      "/keys/0/last_seq",
    ]);
    expect(pointersOf((file) => Object.assign(file.keys[1]!, { valid_from: "b", valid_until: "a" }))).toEqual(
      ["/keys/1/valid_from", "/keys/1/valid_until"],
    );
  });

  it("a key for one place only is good", () => {
    expect(pointersOf((file) => Object.assign(file.keys[0]!, { first_seq: 5, last_seq: 5 }))).toEqual([]);
  });

  it("an approver's holder is a person", () => {
    expect(pointersOf((file) => file.keys.push(key("carol", "approver", "xuser:carol")))).toEqual([
      "/keys/3/holder",
    ]);
    expect(
      pointersOf((file) => Object.assign(file.groups["release"]!, { members: [{ holder: "xuser:carol" }] })),
    ).toEqual(["/groups/release/members/0/holder"]);
  });
});
