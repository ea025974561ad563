import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { corpusKeys, inFolder, sclaw } from "../support/sclaw.js";

const raw = (pem: string) => createPublicKey(pem).export({ format: "der", type: "spki" }).subarray(-32);

describe("keys new", () => {
  test("makes a pair that only its owner can read, and replaces nothing", () => {
    inFolder((folder) => {
      const file = join(folder, "k.pem");
      const run = sclaw(["keys", "new", file]);
      expect(run.stdout).toMatch(/^ed25519:[0-9a-f]{32}\n$/);
      expect(run.stdout + run.stderr).not.toContain("PRIVATE");
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const before = readFileSync(file, "utf8");
      expect(sclaw(["keys", "new", file]).status).toBe(2);
      expect(readFileSync(file, "utf8")).toBe(before);
      const shown = JSON.parse(sclaw(["keys", "show", file, "--format", "json"]).stdout);
      const shownPublic = JSON.parse(sclaw(["keys", "show", `${file}.pub`, "--format", "json"]).stdout);
      expect(shown.keys[0].id).toBe(run.stdout.trim());
      expect(shownPublic.keys[0].public_key).toBe(shown.keys[0].public_key);
    });
  });
});

describe("keys new --encrypt", () => {
  const passphrase = { SCLAW_PASSPHRASE: "correct horse \u00fc" };

  test("derives by scrypt, encrypts with AES-256, and shows nothing of it", () => {
    inFolder((folder) => {
      const file = join(folder, "k.pem");
      const run = sclaw(["keys", "new", file, "--encrypt"], { env: passphrase });
      expect(run).toMatchObject({ status: 0 });
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const pem = readFileSync(file, "utf8");
      expect(pem).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n(?:[A-Za-z0-9+/=]{1,64}\n)+-----END/);
      const der = Buffer.from(pem.replace(/-----.*?-----/g, ""), "base64").toString("hex");
      // scrypt with a salt of 16 bytes, N = 16384, r = 8, p = 5; then AES-256-CBC.
      expect(der).toMatch(/06092b06010401da47040b301c0410[0-9a-f]{32}02024000020108020105/);
      expect(der).toContain("060960864801650304012a0410");
      const key = createPrivateKey({ key: pem, passphrase: passphrase.SCLAW_PASSPHRASE });
      expect(createPublicKey(key).export({ format: "pem", type: "spki" })).toBe(
        readFileSync(`${file}.pub`, "utf8"),
      );
      expect(() => createPrivateKey({ key: pem, passphrase: "another" })).toThrow();
      const shown = sclaw(["keys", "show", file], { env: passphrase });
      expect(shown).toMatchObject({ status: 2, stdout: "" });
      expect(shown.stderr).toContain("found an encrypted one");
    });
  });

  test("takes no empty passphrase, none that cannot be read back, and none from nowhere", () => {
    inFolder((folder) => {
      const file = join(folder, "k.pem");
      for (const env of [{ SCLAW_PASSPHRASE: "" }, { SCLAW_PASSPHRASE: "x".repeat(1001) }, {}]) {
        const run = sclaw(["keys", "new", file, "--encrypt"], { env: env as { [name: string]: string } });
        expect(run.status).toBe(2);
        expect(run.stderr).toContain("expected a passphrase");
        expect(existsSync(file)).toBe(false);
      }
      const longest = { SCLAW_PASSPHRASE: "x".repeat(1000) };
      expect(sclaw(["keys", "new", file, "--encrypt"], { env: longest }).status).toBe(0);
      expect(createPrivateKey({ key: readFileSync(file), passphrase: longest.SCLAW_PASSPHRASE }).type).toBe(
        "private",
      );
    });
  });
});

describe("keys trust", () => {
  function trusted(folder: string, ...args: string[]) {
    return sclaw(["keys", "trust", ...args, "--trust", join(folder, "t.json")]);
  }

  test("builds a trust file step by step, each step readable", () => {
    inFolder((folder) => {
      const pem = generateKeyPairSync("ed25519").publicKey.export({ format: "pem", type: "spki" }) as string;
      const approver = raw(
        generateKeyPairSync("ed25519").publicKey.export({ format: "pem", type: "spki" }) as string,
      );
      const witness = raw(
        generateKeyPairSync("ed25519").publicKey.export({ format: "pem", type: "spki" }) as string,
      );
      const ssh = Buffer.concat([
        Buffer.from([0, 0, 0, 11]),
        Buffer.from("ssh-ed25519"),
        Buffer.from([0, 0, 0, 32]),
        approver,
      ]);
      writeFileSync(join(folder, "a.pem"), pem);
      writeFileSync(join(folder, "b.pub"), `ssh-ed25519 ${ssh.toString("base64")} alice@laptop\n`);
      writeFileSync(join(folder, "c.txt"), witness.toString("base64"));
      expect(trusted(folder, "init", "acme.example/x").status).toBe(0);
      expect(trusted(folder, "init", "acme.example/x").status).toBe(2);
      expect(
        trusted(
          folder,
          "add",
          join(folder, "a.pem"),
          "--role",
          "ledger",
          "--holder",
          "runtime:1",
          "--first-seq",
          "0",
        ).status,
      ).toBe(0);
      expect(
        trusted(folder, "add", join(folder, "b.pub"), "--role", "approver", "--holder", "user:alice").status,
      ).toBe(0);
      expect(
        trusted(
          folder,
          "add",
          join(folder, "c.txt"),
          "--role",
          "witness",
          "--holder",
          "w",
          "--name",
          "w.example/1",
        ).status,
      ).toBe(0);
      expect(
        trusted(
          folder,
          "group",
          "owners",
          "--threshold",
          "1",
          "--member",
          "user:alice,2026-01-01T00:00:00.000Z",
          "--member",
          "user:bob",
          "--tenant",
          "tenant:acme/prod",
        ).status,
      ).toBe(0);
      expect(trusted(folder, "tier", "T3_SOVEREIGN", "owners").status).toBe(0);
      const value = JSON.parse(readFileSync(join(folder, "t.json"), "utf8"));
      expect(value).toMatchObject({
        format: "sclaw.keys/1",
        tiers: { T2_ELEVATED: [], T3_SOVEREIGN: ["owners"] },
        groups: {
          owners: {
            threshold: 1,
            tenants: ["tenant:acme/prod"],
            members: [{ holder: "user:alice", from: "2026-01-01T00:00:00.000Z" }, { holder: "user:bob" }],
          },
        },
        keys: [
          { role: "ledger", first_seq: 0 },
          { role: "approver" },
          { role: "witness", name: "w.example/1" },
        ],
      });
      expect(
        trusted(folder, "revoke", value.keys[0].id, "--at", "2026-06-01T00:00:00.000Z", "--last-seq", "9")
          .status,
      ).toBe(0);
      const shown = sclaw(["keys", "show", join(folder, "t.json")]);
      expect(shown.stdout).toContain("revoked 2026-06-01T00:00:00.000Z");
      expect(sclaw(["keys", "fingerprint", join(folder, "t.json")]).stdout).toMatch(
        /^sha3-256:[0-9a-f]{64}\n$/,
      );
    });
  });

  test("writes nothing that would be refused", () => {
    inFolder((folder) => {
      trusted(folder, "init", "acme.example/x");
      const before = readFileSync(join(folder, "t.json"), "utf8");
      expect(trusted(folder, "init", "with space").status).toBe(2);
      expect(trusted(folder, "tier", "T3_SOVEREIGN", "nobody").stderr).toContain("nothing is written");
      expect(trusted(folder, "tier", "T1_STANDARD", "x").status).toBe(2);
      expect(trusted(folder, "group", "g", "--threshold", "0").status).toBe(2);
      expect(trusted(folder, "revoke", "ed25519:0", "--at", "x").status).toBe(2);
      writeFileSync(join(folder, "zero"), Buffer.alloc(32).toString("base64"));
      expect(trusted(folder, "add", join(folder, "zero"), "--role", "ledger", "--holder", "x").status).toBe(
        2,
      );
      expect(readFileSync(join(folder, "t.json"), "utf8")).toBe(before);
    });
  });

  test("refuses a private key, and repeats none of it", () => {
    inFolder((folder) => {
      trusted(folder, "init", "acme.example/x");
      sclaw(["keys", "new", join(folder, "k")]);
      const secret = readFileSync(join(folder, "k"), "utf8").split("\n")[1]!;
      const run = trusted(folder, "add", join(folder, "k"), "--role", "ledger", "--holder", "x");
      expect(run.status).toBe(2);
      expect(run.stderr).toContain("private keys do not belong in a trust file");
      expect(run.stderr).not.toContain(secret);
      expect(existsSync(join(folder, "t.json"))).toBe(true);
    });
  });
});

describe("keys show and fingerprint", () => {
  test("of the corpus' trust file", () => {
    expect(sclaw(["keys", "fingerprint", corpusKeys]).stdout).toBe(
      "sha3-256:7956d9b55b6c7498336640235b3095164c44f4d3dec35655c1c3cc2d60af9393\n",
    );
    expect(sclaw(["keys", "show", corpusKeys]).stdout).toMatchSnapshot();
    expect(JSON.parse(sclaw(["keys", "show", corpusKeys, "--format", "json"]).stdout).keys).toHaveLength(12);
  });

  test("of other keys are refused in words", () => {
    inFolder((folder) => {
      const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
      const cases = {
        "rsa.pub": publicKey.export({ format: "pem", type: "spki" }),
        "rsa.pem": privateKey.export({ format: "pem", type: "pkcs8" }),
        "locked.pem": generateKeyPairSync("ed25519").privateKey.export({
          format: "pem",
          type: "pkcs8",
          cipher: "aes-256-cbc",
          passphrase: "x",
        }),
        "broken.pem": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        empty: "",
      };
      for (const [name, content] of Object.entries(cases)) {
        writeFileSync(join(folder, name), content);
        const run = sclaw(["keys", "show", join(folder, name)]);
        expect(run, name).toMatchObject({ status: 2, stdout: "" });
        expect(run.stderr).toMatch(/^sclaw: .*expected/);
      }
    });
  });
});
