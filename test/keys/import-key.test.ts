import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { engine } from "../../src/io/engine-node.js";
import { importPublicKeys } from "../../src/keys/import-key.js";
import { base64, privateKeyOf, publicBytesOf, publicKeyOf, utf8 } from "./support.js";

const bytes = publicBytesOf("import");
const publicKey = publicKeyOf("import");
const wire = (type: string, key: Uint8Array): Buffer => {
  const part = (data: Uint8Array) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, data]);
  };
  return Buffer.concat([part(utf8(type)), part(key)]);
};
const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), bytes]);
const pemOf = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${base64(der).replace(/.{64}(?=.)/g, "$&\n")}\n-----END ${label}-----\n`;
const pem = pemOf("PUBLIC KEY", spki);
const ssh = `ssh-ed25519 ${base64(wire("ssh-ed25519", bytes))}`;
const noteKey = (name: string, algorithm: number, key: Uint8Array = bytes, hash?: string): string => {
  const typed = Buffer.from([algorithm, ...key]);
  const sum = createHash("sha256").update(`${name}\n`).update(typed).digest("hex").slice(0, 8);
  return `${name}+${hash ?? sum}+${base64(typed)}`;
};
const note = noteKey("witness.example/w1", 4);
const raw = base64(bytes);

const imported = (input: string | Uint8Array) => {
  const result = importPublicKeys(input, engine);
  if (!result.ok) throw new Error(JSON.stringify(result.reasons));
  return result.keys;
};
const refusals = (input: string | Uint8Array) => {
  const result = importPublicKeys(input, engine);
  return result.ok ? [] : result.reasons;
};
const spkiPem = (key: KeyObject): string => key.export({ format: "pem", type: "spki" }) as string;

describe("importPublicKeys reads", () => {
  it("a PEM block, as OpenSSL and Node write it", () => {
    expect(imported(pem)).toEqual([{ form: "pem", publicKey }]);
    expect(imported(utf8(pem.replaceAll("\n", "\r\n")))).toEqual([{ form: "pem", publicKey }]);
    expect(imported(`\uFEFF${pem}`)).toEqual([{ form: "pem", publicKey }]);
  });

  it("raw base64", () => {
    expect(imported(raw)).toEqual([{ form: "base64", publicKey }]);
    expect(imported(`  ${raw}\n`)).toEqual([{ form: "base64", publicKey }]);
  });

  it("an ssh line, with its comment or without", () => {
    expect(imported(ssh)).toEqual([{ form: "ssh", publicKey }]);
    expect(imported(`${ssh} alice@host, 2nd key\n`)).toEqual([
      { form: "ssh", publicKey, comment: "alice@host, 2nd key" },
    ]);
  });

  it("a line that ssh-keygen wrote", () => {
    const line =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEKG/CgoBQwRKlaY8kg4BssRXOu+aDUYE55xckgz8/Jl alice@host";
    expect(imported(line)[0]).toMatchObject({ form: "ssh", comment: "alice@host" });
  });

  it("note verifier keys, with name and algorithm", () => {
    expect(imported(note)).toEqual([
      { form: "note", publicKey, name: "witness.example/w1", algorithm: "cosignature/v1" },
    ]);
    expect(imported(noteKey("log", 1))[0]).toMatchObject({ name: "log", algorithm: "ed25519" });
  });

  it("the verifier key of golang.org/x/mod/sumdb/note's documentation", () => {
    const line = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    expect(imported(line)[0]).toMatchObject({ name: "PeterNeumann", algorithm: "ed25519" });
  });

  it("many, one after the other, past comments and empty lines", () => {
    const keys = imported(`# people\n\n${pem}\n${ssh} bob\n${raw}\n${note}\n`);
    expect(keys.map((key) => key.form)).toEqual(["pem", "ssh", "base64", "note"]);
  });
});

describe("importPublicKeys refuses", () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });

  it.each([
    ["RSA", spkiPem(rsa.publicKey)],
    ["elliptic curve (ECDSA)", spkiPem(ec.publicKey)],
    ["X25519", spkiPem(generateKeyPairSync("x25519").publicKey)],
    ["Ed448", spkiPem(generateKeyPairSync("ed448").publicKey)],
  ])("another algorithm, by its name: %s", (name, text) => {
    expect(refusals(text)).toEqual([
      { line: 1, expected: "a key of the algorithm Ed25519", actual: `a key of the algorithm ${name}` },
    ]);
  });

  const secret = privateKeyOf("import");
  const pkcs8 = secret.export({ format: "pem", type: "pkcs8" }) as string;
  it.each([
    ["PKCS #8", pkcs8],
    ["PKCS #8 without an end", pkcs8.slice(0, 60)],
    [
      "encrypted",
      secret.export({ format: "pem", type: "pkcs8", cipher: "aes-256-cbc", passphrase: "x" }) as string,
    ],
    ["RSA", rsa.privateKey.export({ format: "pem", type: "pkcs1" }) as string],
    ["EC", ec.privateKey.export({ format: "pem", type: "sec1" }) as string],
    ["OpenSSH", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----"],
    ["note", "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"],
  ])("a private key, with a plain warning: %s", (_, text) => {
    const [reason, ...rest] = refusals(text);
    expect(reason).toMatchObject({ line: 1, expected: "a public key" });
    expect(reason?.actual).toContain("private keys do not belong in a trust file");
    expect(rest).toEqual([]);
  });

  it("without repeating what may be a secret", () => {
    const body = pkcs8.split("\n")[1]!;
    for (const text of [pkcs8, body, `x${body}`, `ssh-ed25519 ${body}`, `n+00000000+${body}`]) {
      expect(refusals(text).length).toBe(1);
      expect(JSON.stringify(refusals(text))).not.toContain(body.slice(0, 24));
    }
  });

  const anyForm = "a PEM block PUBLIC KEY, an ssh-ed25519 line, a note verifier key or 32 bytes in base64";
  const identity = base64(Uint8Array.of(1, ...new Uint8Array(31)));
  it.each([
    ["nothing", "", "nothing"],
    ["comments alone", "# a\n\n", "nothing"],
    ["words", "hello", "a line of 5 characters"],
    ["hexadecimal", Buffer.from(bytes).toString("hex"), "a line of 64 characters"],
    ["base64url", `${"-_".repeat(21)}A=`, "a line of 44 characters"],
    ["base64 without padding", raw.slice(0, 43), "a line of 43 characters"],
    ["base64 with spare bits", `${"A".repeat(42)}B=`, "a line of 44 characters"],
    ["33 bytes of base64", base64(Uint8Array.of(...bytes, 0)), "a line of 44 characters"],
    ["ssh options before the key", `no-pty ${ssh}`, `a line of ${ssh.length + 7} characters`],
    ["a note key with its hash in upper case", note.replace(/\+[0-9a-f]{8}\+/, "+ABCDEF01+"), /a line of/],
  ] as const)("what has no form: %s", (_, text, actual) => {
    expect(refusals(text)).toEqual([
      {
        line: 1,
        expected: anyForm,
        actual: typeof actual === "string" ? actual : expect.stringMatching(actual),
      },
    ]);
  });

  it.each([
    ["another PEM block", pemOf("CERTIFICATE", spki), "a PEM block CERTIFICATE"],
    ["a PEM block without end", pem.slice(0, 80), "the end of the file"],
    ["a PEM block ended by another", pem.replace("END PUBLIC", "END RSA PUBLIC"), "the end of the file"],
    ["a PEM block with junk", pem.replace("MCow", "MC*w"), "something else"],
    ["a PEM block of nothing", pemOf("PUBLIC KEY", new Uint8Array(0)), "bytes that are no public key in DER"],
    [
      "a PEM block cut short",
      pemOf("PUBLIC KEY", spki.subarray(0, 40)),
      "bytes that are no public key in DER",
    ],
    [
      "a byte after the key",
      pemOf("PUBLIC KEY", Buffer.concat([spki, Buffer.alloc(1)])),
      "a key of the algorithm Ed25519, in a form that RFC 8410 does not allow",
    ],
    [
      "Ed25519 with parameters",
      pemOf("PUBLIC KEY", Buffer.concat([Buffer.from("302c300706032b65700500032100", "hex"), bytes])),
      "a key of the algorithm Ed25519, in a form that RFC 8410 does not allow",
    ],
    [
      "an algorithm that nobody knows",
      pemOf("PUBLIC KEY", Buffer.from("3009300506032a0304030100", "hex").subarray(0, 11)),
      "a key of another algorithm",
    ],
    [
      "lengths that lie",
      pemOf("PUBLIC KEY", Buffer.from("3084ffffffff30", "hex")),
      "bytes that are no public key in DER",
    ],
    ["ssh-rsa", `ssh-rsa ${base64(wire("ssh-rsa", bytes))}`, "a key of the type ssh-rsa"],
    ["a hardware key", `sk-ssh-ed25519@openssh.com ${raw}`, "a key of the type sk-ssh-ed25519@openssh.com"],
    ["ecdsa", `ecdsa-sha2-nistp256 ${raw}`, "a key of the type ecdsa-sha2-nistp256"],
    ["an ssh line without key", "ssh-ed25519", "the wire form of something else"],
    ["an ssh line with junk", "ssh-ed25519 AA*A", "something else"],
    [
      "ssh of another type inside",
      `ssh-ed25519 ${base64(wire("ssh-ed25518", bytes))}`,
      "the wire form of something else",
    ],
    [
      "ssh with a byte more",
      `ssh-ed25519 ${base64(Buffer.concat([wire("ssh-ed25519", bytes), Buffer.alloc(1)]))}`,
      "52 bytes",
    ],
    [
      "ssh of 31 bytes",
      `ssh-ed25519 ${base64(wire("ssh-ed25519", bytes.subarray(1)))}`,
      "the wire form of something else",
    ],
    ["a note key with another hash", noteKey("w", 4, bytes, "00000000"), "00000000"],
    ["a note key under another name", note.replace("w1", "w2"), /^[0-9a-f]{8}$/],
    ["a note key with a spaced name", noteKey("a b", 4), "white space in the name"],
    ["a note key of algorithm 2", noteKey("w", 2), "algorithm 2"],
    ["a note key of 31 bytes", noteKey("w", 4, bytes.subarray(1)), "31 bytes"],
    ["a note key of bad base64", `${note}=`, "something else"],
    ["a point of small order", identity, "a point of small order"],
    [
      "a point of small order in ssh",
      `ssh-ed25519 ${base64(wire("ssh-ed25519", Buffer.from(identity, "base64")))}`,
      "a point of small order",
    ],
  ] as const)("%s", (_, text, actual) => {
    expect(refusals(text)).toEqual([
      {
        line: 1,
        expected: expect.any(String),
        actual: typeof actual === "string" ? actual : expect.stringMatching(actual),
      },
    ]);
  });

  it("bytes that are no text", () => {
    expect(refusals(Uint8Array.from(spki))).toMatchObject([{ line: 1, actual: "binary data" }]);
  });

  it("more than a person looks through", () => {
    expect(refusals("a".repeat(1_048_577))).toMatchObject([{ expected: "at most 1048576 characters" }]);
  });

  it("all of a file where a part is wrong, and says where", () => {
    expect(refusals(`${raw}\n# x\nwrong\n${ssh}\n${pkcs8}`).map((reason) => reason.line)).toEqual([3, 5]);
  });

  it("any other character of a note key: its hash covers name, algorithm and key", () => {
    for (let i = 0; i < note.length; i++) {
      const other = note[i] === "A" ? "B" : "A";
      expect(refusals(note.slice(0, i) + other + note.slice(i + 1)).length).toBe(1);
    }
  });
});

describe("importPublicKeys", () => {
  it("never throws", () => {
    const parts = fc.constantFrom(pem, ssh, note, raw, "-----BEGIN PUBLIC KEY-----", "+", "\n", "ssh-", "=");
    const text = fc
      .array(fc.oneof(parts, fc.string({ unit: "binary" })), { maxLength: 5 })
      .map((all) => all.join(""));
    fc.assert(
      fc.property(fc.oneof(text, fc.uint8Array({ maxLength: 80 })), (input) => {
        const result = importPublicKeys(input, engine);
        expect(result.ok ? result.keys.length : result.reasons.length).toBeGreaterThan(0);
      }),
      { numRuns: 300, seed: 3 },
    );
  });
});
