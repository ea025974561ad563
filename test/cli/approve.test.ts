import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Refused } from "../../src/gate/contract.js";
import { holderOf, makeReleasedWorld, makeWorld, openWorld, receiptsOf } from "../support/gate-world.js";
import { anIntent, heldRequest, publish } from "../support/held-request.js";
import { inFolder, sclaw } from "../support/sclaw.js";
import { atDesk, base, id, withDesks } from "./approve-support.js";

withDesks();

describe("approve", () => {
  test("from a folder with the pending folder and the trust file alone, people sign what a gate runs", () =>
    inFolder(async (folder) => {
      const world = await makeReleasedWorld(join(folder, "gate"));
      const { gate } = await openWorld(world);
      const intent = {
        ...anIntent,
        adapter_id: "adapter:iam@4.0",
        operation: "role.delete",
        resource: "role/temporary",
        params: {},
      };
      const ask = () => gate.run({ intent, session: "s" }, async () => ({ status: "executed" }));
      const held = (await ask()) as Refused;
      const request = held.request!.id;
      const desk = join(folder, "desk");
      mkdirSync(desk);
      for (const name of ["keys.json", "alice.pem", "bob.pem"])
        copyFileSync(join(world.folder, name), join(desk, name));
      const sclawThere = (...args: readonly string[]) =>
        sclaw(["approve", ...args, "--pending", world.config.pending], { cwd: desk });

      expect(sclawThere("list").stdout).toContain('"role.delete" on "role/temporary"');
      expect(sclawThere("show", request).stdout.replaceAll(/\s+/g, " ")).toContain(
        "computed here from the intent above",
      );
      const first = sclawThere(request.slice(0, 12), "--key", "alice.pem", "--yes");
      expect(first).toMatchObject({ status: 0, stderr: "" });
      expect(first.stdout).toContain(`signed: approve by ${holderOf("alice")}`);
      expect(first.stdout).toContain("waits for 1 of platform-owners");
      expect(await ask()).toMatchObject({ why: "held" });
      expect(sclawThere(request, "--key", "bob.pem", "--yes").stdout).toContain("has its signatures");
      expect(await ask()).toMatchObject({ kind: "ran" });

      const late = sclawThere(request, "--key", "bob.pem", "--yes", "--reject");
      expect(late.status).toBe(2);
      expect(late.stderr).toContain("found one that ended");
      expect(sclawThere("list").stdout).toContain("0 requests without an end; 2 that ended");
      await gate.close();
      expect(receiptsOf(world).at(-1)!.approval).toMatchObject({ state: "granted", signatures: [{}, {}] });
      for (const command of [["verify"], ["replay", "--policy", world.config.policy]])
        expect(
          sclaw([command[0]!, world.config.ledger, "--keys", world.config.keys, ...command.slice(1)]).status,
        ).toBe(0);
    }));

  test("finds folder and keys by the gate's configuration", () =>
    inFolder((folder) => {
      const world = makeWorld(folder);
      publish(world.config.pending, heldRequest(id));
      rmSync(join(folder, "ledger.pem"));
      cpSync(join(folder, "keys.json"), join(folder, "trusted.json"));
      rmSync(join(folder, "keys.json"));
      const gate = JSON.parse(readFileSync(join(folder, "gate.json"), "utf8"));
      writeFileSync(join(folder, "gate.json"), JSON.stringify({ ...gate, keys: "trusted.json" }));
      const listed = sclaw(["approve"], { cwd: folder });
      expect(listed).toMatchObject({ status: 0, stderr: "" });
      expect(listed.stdout).toContain("1 request without an end");
      expect(listed.stdout.replaceAll("\n", "").replaceAll(/ +/g, " ")).toContain(
        "named by the gate's configuration",
      );
    }));

  test(
    "asks nobody where there is no terminal, and signs nothing then",
    atDesk((desk) => {
      const run = desk.run([id, "--key", "alice.pem"]);
      expect(run.status).toBe(2);
      expect(run.stderr).toContain("--yes signs without asking");
      expect(desk.signatureFiles()).toEqual([]);
      const without = desk.run([id]);
      expect(without.status).toBe(2);
      expect(without.stderr).toContain("expected --key");
    }),
  );

  test(
    "takes the beginning of an id that is one request's",
    atDesk((desk) => {
      publish(desk.pending.path, heldRequest("corr_abcdxxxx"));
      expect(desk.run(["show", "abcde"]).stdout).toContain(id);
      const both = desk.run(["show", "corr_abcd"]);
      expect(both.status).toBe(2);
      expect(both.stderr).toContain(`found 2: ${id}, corr_abcdxxxx`);
      for (const other of ["../pending", "zzz", "", "."])
        expect(desk.run(["show", other]).status, other).toBe(2);
    }),
  );
});

describe("without a trust file", () => {
  test(
    "a person says who they are, and is told what nobody checked",
    atDesk((desk) => {
      rmSync(join(desk.folder, "keys.json"));
      const unnamed = desk.sign("alice");
      expect(unnamed.status).toBe(2);
      expect(unnamed.stderr).toContain("no --as");
      expect(desk.sign("alice", "--as", "alice").stderr).toContain("expected user:<name>");
      expect(desk.sign("alice", "--as", "user:erin@acme.example").stderr).toContain(
        "expected another person",
      );
      expect(desk.signatureFiles()).toEqual([]);
      const signed = desk.sign("alice", "--as", holderOf("alice"));
      expect(signed.status).toBe(0);
      expect(signed.stderr).toContain("nobody looked whether this key is valid");
      expect(desk.sign("alice", "--as", holderOf("alice")).stderr).toContain("each person once");
      copyFileSync(join(base.folder, "keys.json"), join(desk.folder, "keys.json"));
      expect(desk.json().requests[0]).toMatchObject({
        met: [{ threshold: 1 }],
        counted: [{ approver: holderOf("alice") }],
      });
    }),
  );
});

describe("an encrypted key", () => {
  test(
    "signs with its passphrase, and with no other",
    atDesk((desk) => {
      const passphrase = { SCLAW_PASSPHRASE: "correct horse ü" };
      expect(
        sclaw(["keys", "new", "new.pem", "--encrypt"], { cwd: desk.folder, env: passphrase }).status,
      ).toBe(0);
      rmSync(join(desk.folder, "keys.json"));
      const args = [id, "--key", "new.pem", "--yes", "--as", "user:new"];
      const wrong = desk.run(args, { SCLAW_PASSPHRASE: "another" });
      expect(wrong.status).toBe(2);
      expect(wrong.stderr).toContain("found one that does not open it");
      expect(desk.run(args).stderr).toContain("found no terminal to ask on");
      expect(desk.run(args, passphrase).status).toBe(0);
    }),
  );

  test(
    "or any other that others can read does not sign",
    atDesk((desk) => {
      chmodSync(join(desk.folder, "alice.pem"), 0o640);
      const run = desk.sign("alice");
      expect(run.status).toBe(2);
      expect(run.stderr).toContain("chmod 600 alice.pem");
      expect(desk.signatureFiles()).toEqual([]);
    }),
  );
});
