import { generateKeyPairSync } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encryptKey } from "../../src/io/encrypt-key.js";
import { askPassphrase } from "../../src/io/passphrase.js";
import { loadPrivateKey } from "../../src/io/private-key.js";
import { TypedLine } from "../../src/io/typed-line.js";
import { makeReleasedWorld, openWorld, proposal } from "../support/gate-world.js";
import { inFolder } from "../support/sclaw.js";

describe("a line typed unseen", () => {
  function typed(bytes: Uint8Array): string | undefined {
    const line = new TypedLine();
    for (const byte of bytes) {
      const what = line.type(byte);
      if (what === "line") return line.text();
      if (what === "interrupt") return "(interrupt)";
    }
    return "(unfinished)";
  }

  test.each([
    ["ends at Enter, whatever a terminal sends for it", "ab\r", "ab"],
    ["or LF", "ab\nrest", "ab"],
    ["loses its last character by backspace, of one byte", "abc\u007f\r", "ab"],
    ["or of four", "a\u{1f511}\u0008b\r", "ab"],
    ["of two", "\u00fc\u007f\u007fb\r", "b"],
    ["or all of it by Ctrl-U", "wrong\u0015right\r", "right"],
    ["stops at Ctrl-C", "ab\u0003\r", "(interrupt)"],
    ["and Ctrl-D", "\u0004", "(interrupt)"],
    ["keeps a byte order mark, which is a character of it", "\ufeffa\r", "\ufeffa"],
  ])("%s", (_name, bytes, expected) => {
    expect(typed(Buffer.from(bytes))).toBe(expected);
  });

  test("is none where it is not UTF-8: two passphrases would be one", () => {
    expect(typed(Buffer.of(0x61, 0xfc, 0x0d))).toBeUndefined();
  });
});

describe("SCLAW_PASSPHRASE", () => {
  test("opens the ledger's key too, and is handed to no process that is started", () =>
    inFolder(async (folder) => {
      const world = await makeReleasedWorld(folder);
      const pkcs8 = world.keys.ledger.export({ format: "der", type: "pkcs8" });
      writeFileSync(world.config.ledgerKey, encryptKey(pkcs8, "of the ledger"));
      process.env["SCLAW_PASSPHRASE"] = "another";
      await expect(openWorld(world)).rejects.toThrow("found one that does not open it");
      process.env["SCLAW_PASSPHRASE"] = "of the ledger";
      const { gate } = await openWorld(world);
      expect(process.env["SCLAW_PASSPHRASE"]).toBeUndefined();
      const read = await gate.run(proposal(world, "config.read", "/etc/app"), async () => ({
        status: "executed",
      }));
      expect(read.kind).toBe("ran");
      await gate.close();
      // A second key of the same process is opened by the same.
      expect(await askPassphrase("another.pem")).toBe("of the ledger");
    }));
});

describe("a private key", () => {
  const pem = () => generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" });
  const never = () => Promise.reject(new Error("asked for a passphrase"));

  test.each([0o640, 0o604, 0o660, 0o610, 0o601])(
    "with permissions %o is refused before anything is asked",
    (mode) =>
      inFolder(async (folder) => {
        const path = join(folder, "k.pem");
        writeFileSync(path, encryptKey(Buffer.from("x"), "y"));
        chmodSync(path, mode);
        await expect(loadPrivateKey(path, never)).rejects.toMatchObject({
          message: expect.stringContaining(`found permissions ${mode.toString(8)}`),
          hint: `chmod 600 ${path}`,
        });
      }),
  );

  test("of another algorithm, a public one or none at all is refused in words", () =>
    inFolder(async (folder) => {
      const path = join(folder, "k.pem");
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      for (const [text, said] of [
        [privateKey.export({ format: "pem", type: "pkcs8" }), "expected an Ed25519 key"],
        [publicKey.export({ format: "pem", type: "spki" }), "expected a PKCS#8 private key"],
        ["", "expected a PKCS#8 private key"],
      ] as const) {
        writeFileSync(path, text, { mode: 0o600 });
        await expect(loadPrivateKey(path, never)).rejects.toThrow(said);
      }
      writeFileSync(path, pem(), { mode: 0o400 });
      expect((await loadPrivateKey(path, never)).keyId).toMatch(/^ed25519:/);
    }));
});
