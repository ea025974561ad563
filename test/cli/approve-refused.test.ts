import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { holderOf } from "../support/gate-world.js";
import { heldRequest, inMinutes, publish, self } from "../support/held-request.js";
import { type Run, sclaw } from "../support/sclaw.js";
import { atDesk, type Desk, id, withDesks } from "./approve-support.js";

withDesks();

describe("is refused, explained, noted and listed:", () => {
  const untrusted = "the trust file";
  const cases: readonly [name: string, reason: string, attempt: (desk: Desk) => Run][] = [
    [
      "an unknown key",
      untrusted,
      (desk) => {
        sclaw(["keys", "new", "eve.pem"], { cwd: desk.folder });
        return desk.run([id, "--key", "eve.pem", "--yes"]);
      },
    ],
    ["a ledger key", "expected an approver's key, found a ledger key", (desk) => desk.sign("ledger")],
    [
      "somebody outside the group",
      "expected a member of release-managers for tenant:acme/prod",
      (desk) => desk.sign("dave"),
    ],
    [
      "another name than the key's",
      "expected a key of user:bob",
      (desk) => desk.sign("alice", "--as", holderOf("bob")),
    ],
    [
      "the agent's own principal",
      "expected another person",
      (desk) => {
        publish(desk.pending.path, heldRequest(id, self));
        return desk.sign("alice");
      },
    ],
    [
      "a second signature",
      "expected each person once",
      (desk) => {
        expect(desk.sign("alice").status).toBe(0);
        return desk.sign("alice");
      },
    ],
    [
      "an expired request",
      "the request expired",
      (desk) => {
        publish(desk.pending.path, heldRequest(id, {}, [-60, -1]));
        return desk.sign("alice");
      },
    ],
    [
      "a request of the future",
      "this machine's clock is behind",
      (desk) => {
        publish(desk.pending.path, heldRequest(id, {}, [10, 60]));
        return desk.sign("alice");
      },
    ],
    [
      "what somebody rejected",
      "expected a request that nobody rejected",
      (desk) => {
        expect(desk.sign("carol", "--reject").stdout).toContain("rejected");
        return desk.sign("alice");
      },
    ],
    [
      "what ended",
      "found one that ended",
      (desk) => {
        desk.pending.resolve(id, {
          state: "expired",
          at: inMinutes(0),
          receipt_id: "rcpt_x",
          why: "another policy was released",
        });
        return desk.sign("alice");
      },
    ],
    [
      "an intent of another hash",
      "expected the intent's own ir_hash",
      (desk) => {
        const held = heldRequest(id);
        publish(desk.pending.path, { ...held, intent: { ...held.intent, resource: "/etc/harmless" } });
        return desk.sign("alice");
      },
    ],
    [
      "another tenant than the intent's",
      "expected the intent's own tenant",
      (desk) => {
        const held = heldRequest(id);
        publish(desk.pending.path, {
          ...held,
          draft: { ...held.draft, tenant: "tenant:other" as typeof held.draft.tenant },
        });
        return desk.sign("alice");
      },
    ],
    [
      "another ledger",
      "expected the trust file's ledger acme.example/agents-test",
      (desk) => {
        publish(desk.pending.path, { ...heldRequest(id), ledger: "evil.example/x" });
        return desk.sign("alice");
      },
    ],
    [
      "a request of another id",
      "/draft/correlation_id",
      (desk) => {
        publish(desk.pending.path, heldRequest("corr_other"));
        cpSync(
          join(desk.pending.path, "corr_other", "request.json"),
          join(desk.pending.path, id, "request.json"),
        );
        return desk.sign("alice");
      },
    ],
    [
      "a request that is none",
      "request.json as a whole",
      (desk) => {
        writeFileSync(join(desk.pending.path, id, "request.json"), "{");
        return desk.sign("alice");
      },
    ],
    [
      "a request that leads elsewhere",
      "a symbolic link",
      (desk) => {
        const path = join(desk.pending.path, id, "request.json");
        cpSync(path, join(desk.folder, "elsewhere.json"));
        rmSync(path);
        symlinkSync(join(desk.folder, "elsewhere.json"), path);
        return desk.sign("alice");
      },
    ],
    [
      "a key that is not valid now",
      "expected a key that is valid at",
      (desk) => {
        const path = join(desk.folder, "keys.json");
        const trust = JSON.parse(readFileSync(path, "utf8"));
        trust.keys.find((key: { holder: string }) => key.holder === holderOf("alice")).valid_until =
          "2026-01-01T00:00:00.000Z";
        writeFileSync(path, JSON.stringify(trust));
        return desk.sign("alice");
      },
    ],
  ];

  test.each(cases)("%s", (_name, reason, attempt) =>
    atDesk((desk) => {
      const before = () => desk.signatureFiles().length;
      const run = attempt(desk);
      expect(run.stderr).toMatch(/^sclaw: not signed: /);
      expect(run.stderr).toContain(reason);
      expect(run.status).toBe(2);
      expect(before()).toBeLessThan(2);
      expect(desk.pending.refused(id)).toMatchObject([
        { verdict: "approve", reason: expect.stringContaining(reason) },
      ]);
      const listed = desk.json().requests.find((request) => request["id"] === id)!;
      expect(listed["refused_attempts"]).toHaveLength(1);
      const words = desk.run(["list", "--all"]).stdout.replaceAll(/\s+/g, " ");
      expect(words).toContain(reason.replaceAll('"', '\\"'));
    })(),
  );
});
