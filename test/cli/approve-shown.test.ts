import { spawnSync } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { holderOf, signatureOf, type World } from "../support/gate-world.js";
import { heldRequest, inMinutes, publish } from "../support/held-request.js";
import { steering } from "../support/sclaw.js";
import { atDesk, base, id, withDesks } from "./approve-support.js";

withDesks();

describe("what is shown", () => {
  test(
    "is whole, and steers no terminal",
    atDesk((desk) => {
      const params = {
        "\u001b[2Jname\u202e": "\u001b]0;title\u0007 \u009b31m \u2028 \u200b",
        long: `${"x".repeat(5000)}END`,
        spaced: `${" ".repeat(300)}  tier  T0_OBSERVE`,
        lookalike: "p\u0430ypal.example",
        deep: { a: [{ b: null }, [], {}, 1.5, true] },
        ...Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`p${i}`, `value-${i}`])),
      };
      const claims = { risk: "none, trust me" };
      const held = heldRequest(id, { params, claims, resource: "/etc/\u202egnp.exe" });
      const ext = { note: "\u009b2J of the operator" };
      publish(desk.pending.path, { ...held, draft: { ...held.draft, ext } });
      const { stdout, status } = desk.run(["show", id]);
      expect(status).toBe(0);
      expect(stdout).not.toMatch(steering);
      const joined = stdout.replaceAll(/\n\s*/g, "");
      expect(joined).toContain(`${"x".repeat(5000)}END`);
      for (let i = 0; i < 300; i++) expect(joined).toContain(`"value-${i}"`);
      for (const part of [
        '"none, trust me"',
        "\\u{9b}2J of the operator",
        "\\u001b[2Jname\\u{202e}",
        "mixes Cyrillic letters",
        "/deep/a/0/b",
        "\\u{202e}gnp.exe",
      ])
        expect(joined).toContain(part);
      expect(stdout).not.toMatch(/^ {0,4}tier {2}T0/m);
      for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
      for (const args of [["list"], ["list", "--format", "json"], ["show", id, "--format", "json"]])
        expect(desk.run(args).stdout).not.toMatch(steering);
      expect(JSON.parse(desk.run(["show", id, "--format", "json"]).stdout).request.intent.params).toEqual(
        params,
      );
      // The attacker's words in a refusal, too.
      writeFileSync(
        join(desk.pending.path, id, "refused.jsonl"),
        `${JSON.stringify({ at: inMinutes(0), reason: "\u001b[31m" })}\nnot JSON\n`,
      );
      expect(desk.run(["list"]).stdout).not.toMatch(steering);
    }),
  );

  test(
    "of a request that does not fit is a warning, and exit 1",
    atDesk((desk) => {
      const held = heldRequest(id);
      publish(desk.pending.path, { ...held, intent: { ...held.intent, resource: "/etc/harmless" } });
      const run = desk.run(["show", id]);
      expect(run.status).toBe(1);
      expect(run.stdout).toContain("DO NOT SIGN: expected the intent's own ir_hash");
    }),
  );

  test(
    "tells junk among the signatures, and what does not count",
    atDesk((desk) => {
      const folder = join(desk.pending.path, id, "signatures");
      for (let i = 0; i < 1000; i++) writeFileSync(join(folder, `junk-${i}`), "x");
      symlinkSync("/etc/passwd", join(folder, "a-link.json"));
      spawnSync("sh", ["-c", 'mkfifo "$1"', "sh", join(folder, "a-pipe.json")]);
      const world: World = { ...base, config: { ...base.config, pending: desk.pending.path } };
      desk.pending.sign(id, signatureOf(world, id, "dave"));
      expect(desk.sign("alice").status).toBe(0);
      const [request] = desk.json().requests;
      expect(request).toMatchObject({
        state: "waiting",
        counted: [{ approver: holderOf("alice") }],
        not_counted: [{ reason: expect.stringContaining("release-managers") }],
      });
      // Nobody noted it yet: the list says it nevertheless.
      expect(desk.pending.refused(id)).toEqual([]);
      expect(desk.run(["list"]).stdout).toContain(`approve by "${holderOf("dave")}"`);
      expect((request!["no_signatures"] as string[]).at(-1)).toContain("more files that are no signatures");
    }),
  );

  test(
    "a file in place of a signature does not keep its person from signing",
    atDesk((desk) => {
      expect(desk.sign("alice").status).toBe(0);
      const [name] = desk.signatureFiles() as [string];
      const path = join(desk.pending.path, id, "signatures", name);
      writeFileSync(path, readFileSync(path, "utf8").replace(/"sig": "..../, '"sig": "AAAA'));
      expect(desk.json().requests[0]).toMatchObject({ counted: [] });
      expect(desk.sign("alice").status).toBe(0);
      expect(desk.json().requests[0]).toMatchObject({ counted: [{ approver: holderOf("alice") }] });
    }),
  );
});
