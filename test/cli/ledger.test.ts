import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { releasePolicy } from "../../src/gate/release-policy.js";
import {
  approve,
  makeReleasedWorld,
  makeWorld,
  openWorld,
  proposal,
  receiptsOf,
  type World,
} from "../support/gate-world.js";
import { inFolder, sclaw } from "../support/sclaw.js";
import { linesOf } from "../support/writer-world.js";

const inWorld = (work: (world: World) => Promise<void>, make = makeReleasedWorld) =>
  inFolder(async (folder) => work(await make(folder)));
const inWorldUnreleased = (work: (world: World) => Promise<void>) =>
  inWorld(work, async (folder) => makeWorld(folder));

const run = (world: World, ...args: readonly string[]) => sclaw(["ledger", ...args], { cwd: world.folder });

/** The whole ledger verifies with no finding, and every decision is made again with no difference. */
function expectSound(world: World): void {
  const verified = sclaw(["verify", "ledger.jsonl", "--fail-on", "warning"], { cwd: world.folder });
  expect(verified, verified.stdout).toMatchObject({ status: 0 });
  const replayed = sclaw(["replay", "ledger.jsonl", "--policy", "policy"], { cwd: world.folder });
  expect(replayed, `${replayed.stdout}${replayed.stderr}`).toMatchObject({ status: 0 });
}

describe("ledger init", () => {
  it("makes a ledger whose first policy its owners release", () =>
    inWorldUnreleased(async (world) => {
      const made = run(world, "init");
      expect(made).toMatchObject({ status: 0, stderr: "" });
      const id = /sclaw approve (corr_\S+) --key/.exec(made.stdout)?.[1];
      expect(made.stdout).toContain("LEDGER MADE: ");
      expect(made.stdout).toContain("needs    2 of policy-owners, until ");
      expect(made.stdout).toMatch(/sclaw policy release\n$/);
      for (const person of ["alice", "bob"] as const) approve(world, id!, person);
      const { answer } = await releasePolicy(world.config, world.config.policy);
      expect(answer).toMatchObject({ kind: "ran" });
      const verified = sclaw(["verify", "ledger.jsonl"], { cwd: world.folder });
      expect(verified, verified.stdout).toMatchObject({ status: 0 });
    }));

  it("names the configuration where it is another one, and who asks", () =>
    inWorldUnreleased(async (world) => {
      const made = sclaw(["ledger", "init", "--config", "gate.json", "--by", "user:carol@acme.example"], {
        cwd: world.folder,
      });
      expect(made.stdout).toMatch(/sclaw policy release\n$/);
      expect(receiptsOf(world)[0]!.agent.on_behalf_of).toBe("user:carol@acme.example");
      rmSync(world.config.ledger);
      rmSync(`${world.config.ledger}.head`);
      const path = join(world.folder, "gate.json");
      expect(sclaw(["ledger", "init", "--config", path]).stdout).toContain(
        `sclaw policy release --config ${path}\n`,
      );
    }));

  it("refuses where a ledger is, and changes nothing", () =>
    inWorld(async (world) => {
      const before = readFileSync(world.config.ledger);
      const made = run(world, "init");
      expect(made).toMatchObject({ status: 2, stdout: "" });
      expect(made.stderr).toContain("expected no ledger yet, found ");
      expect(readFileSync(world.config.ledger).equals(before)).toBe(true);
    }));

  it("refuses a policy that is not right before it makes anything", () =>
    inWorldUnreleased(async (world) => {
      writeFileSync(join(world.folder, "policy/policy.cedar"), "permit (principal, action, resource);");
      expect(run(world, "init").status).toBe(2);
      expect(existsSync(world.config.ledger)).toBe(false);
    }));
});

describe("ledger checkpoint", () => {
  it("prints the note of what there is, and can be kept for later", () =>
    inWorld(async (world) => {
      const lines = linesOf(world.config.ledger);
      writeFileSync(world.config.ledger, `${lines.slice(0, -1).join("\n")}\n`);
      rmSync(`${world.config.ledger}.head`);
      const written = run(world, "checkpoint");
      expect(written).toMatchObject({ status: 0 });
      expect(written.stdout).toMatch(/^acme\.example\/agents-test\n2\n[\w+/=]+\n\n— acme/);
      expect(written.stderr).toBe("sclaw: checkpoint of size 2\n");
      expect(run(world, "checkpoint", "--out", "kept.note")).toMatchObject({ status: 0, stdout: "" });
      expect(readFileSync(join(world.folder, "kept.note"), "utf8")).toBe(written.stdout);
      expect(run(world, "checkpoint", "--out", "kept.note").stderr).toContain("a file of that name exists");
      const verified = sclaw(["verify", "ledger.jsonl", "--since", "kept.note"], { cwd: world.folder });
      expect(verified).toMatchObject({ status: 0 });
      expect(linesOf(world.config.ledger)).toHaveLength(lines.length);
    }));

  it("is a running gate's own to write", () =>
    inWorld(async (world) => {
      const { gate } = await openWorld(world);
      const refused = run(world, "checkpoint");
      expect(refused).toMatchObject({ status: 2, stdout: "" });
      expect(refused.stderr).toContain(`found that process ${process.pid} holds`);
      await gate.close();
    }));
});

describe("ledger recover", () => {
  it("says that there is nothing to do", () =>
    inWorld(async (world) => {
      const { status, stdout } = run(world, "recover");
      expect({ status, stdout }).toEqual({
        status: 0,
        stdout: `RECOVERED: ${world.config.ledger}, 2 receipts, all of them covered by a checkpoint\n\n  nothing to recover\n`,
      });
    }));

  it("cuts a torn end, and makes receipts of what was interrupted", () =>
    inWorld(async (world) => {
      const { gate } = await openWorld(world);
      const permit = await gate.ask(proposal(world, "config.read", "/etc/app"));
      expect(permit.kind).toBe("permitted");
      await gate.ask(proposal(world, "config.write", "/etc/app", { environment: "prod" }));
      await gate.close();
      appendFileSync(world.config.ledger, '{"intent":{');
      appendFileSync(`${world.config.ledger}.journal`, '{"open":{"id');
      const { status, stdout } = run(world, "recover");
      expect(status).toBe(0);
      expect(stdout).toContain(`11 bytes cut off the torn end, kept in ${world.config.ledger}.torn-1\n`);
      expect(stdout).toMatch(/receipt made: seq 3, rcpt_\w+, allow, unknown\n/);
      expect(stdout).toContain("1 request waiting for people\n");
      expect(receiptsOf(world).at(-1)).toMatchObject({
        outcome: { status: "unknown", error: { code: "interrupted" } },
        ext: { recovery: { torn_bytes: 11, saved_as: "ledger.jsonl.torn-1" } },
      });
      expectSound(world);
    }));

  it("says where a ledger is damaged inside, and changes nothing", () =>
    inWorld(async (world) => {
      const lines = linesOf(world.config.ledger);
      const at = lines.findIndex((line) => line.includes('"seq":1,'));
      const damaged = `${lines.with(at, lines[at]!.replace("{", "[")).join("\n")}\n`;
      const offset = Buffer.byteLength(lines.slice(0, at).join("\n")) + 1;
      writeFileSync(world.config.ledger, damaged);
      const { status, stderr, stdout } = run(world, "recover");
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(stderr).toContain(`is damaged at byte ${offset}, with genuine lines at or behind it`);
      expect(readFileSync(world.config.ledger, "utf8")).toBe(damaged);
      expect(existsSync(`${world.config.ledger}.torn-1`)).toBe(false);
    }));
});

describe("ledger export", () => {
  it("tells how to verify what it made, while the gate runs", () =>
    inWorld(async (world) => {
      const { gate } = await openWorld(world);
      for (let i = 0; i < 3; i++) {
        const asked = proposal(world, "config.read", `/etc/app/${i}`);
        const intent = { ...asked.intent, tenant: i === 1 ? "tenant:other" : asked.intent.tenant };
        await gate.run({ ...asked, intent } as typeof asked, async () => ({ status: "executed" }));
      }
      const early = run(world, "export", "early.jsonl");
      expect(early.stdout).toContain("not in it: 3 receipts that no checkpoint covers yet");
      await gate.close();
      for (const options of [
        ["--without-intents"],
        ["--start", "2"],
        ["--tenant", "tenant:acme/prod", "--start", "1", "--end", "4"],
        ["--tenant", "tenant:acme/prod", "--from", receiptsOf(world)[2]!.decided_at],
      ]) {
        const out = `export${options.join("_").replaceAll(/[:/]/g, "-")}.jsonl.gz`;
        const made = run(world, "export", out, ...options);
        expect(made).toMatchObject({ status: 0, stderr: "" });
        const hint = /\n {2}sclaw (verify .*)\n/.exec(made.stdout)![1]!;
        const verified = sclaw(hint.split(" "), { cwd: world.folder });
        expect(verified, `${made.stdout}${verified.stdout}`).toMatchObject({ status: 0 });
        if (made.stdout.includes("--allow-withheld")) {
          const start = /--start \d+/.exec(hint)?.[0].split(" ") ?? [];
          const others = sclaw(["verify", out, "--allow-withheld", ...start], { cwd: world.folder });
          expect(others, others.stdout).toMatchObject({ status: 0 });
        }
      }
      expect(run(world, "export", "early.jsonl").stderr).toContain("a file of that name exists");
    }));

  it.each([
    ["a period and a range", ["--start", "1", "--to", "2026-06-01T12:00:00.000Z"], "found both"],
    ["an end before its start", ["--start", "5", "--end", "5"], "ends after it begins"],
    ["no time", ["--from", "yesterday"], "Expected a time"],
  ])("refuses %s", (_name, options, words) =>
    inWorldUnreleased(async (world) => {
      const refused = run(world, "export", "out.jsonl", ...options);
      expect(refused.status).toBe(2);
      expect(refused.stderr).toContain(words);
    }),
  );
});
