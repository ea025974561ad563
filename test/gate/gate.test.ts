import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Adapter, AdapterResult, Refused } from "../../src/gate/contract.js";
import { releasePolicy } from "../../src/gate/release-policy.js";
import type { Time } from "../../src/json/time.js";
import {
  approve,
  makeReleasedWorld,
  makeWorld,
  openWorld,
  proposal,
  receiptsOf,
  release,
  type World,
} from "../support/gate-world.js";
import { inFolder, sclaw } from "../support/sclaw.js";
import { expectSound } from "../support/sound.js";

const executed: Adapter = async () => ({ status: "executed" });
const unreachable: Adapter = async () => {
  throw new Error("expected no call of the adapter");
};

/** Works in a fresh world, and holds what is left of it against verifier and policy. */
function inWorld(work: (world: World) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => {
    const world = await makeReleasedWorld(folder);
    await work(world);
    await expectSound(world);
  });
}

const outcomes = (world: World) =>
  receiptsOf(world)
    .slice(2)
    .map(({ decision, approval, outcome }) => `${decision} ${approval.state} ${outcome.status}`);

describe("a call", () => {
  it("that is allowed runs once, and its receipt has the hash of its result", () =>
    inWorld(async (world) => {
      const { gate } = await openWorld(world);
      let calls = 0;
      const ran = await gate.run(
        proposal(world, "config.read", "/etc/app.conf"),
        async ({ correlationId }) => {
          calls++;
          return { status: "executed", result: Buffer.from(correlationId) };
        },
      );
      await gate.close();
      expect(calls).toBe(1);
      expect(ran).toMatchObject({
        kind: "ran",
        receipt: { decision: "allow", outcome: { status: "executed" } },
      });
      const hash = sclaw(["show", world.config.ledger, "2", "--keys", world.config.keys, "--format", "json"]);
      expect(hash.stdout).toContain(ran.receipt.outcome.result_hash!);
      expect(outcomes(world)).toEqual(["allow not_required executed"]);
    }));

  it("that is denied never reaches the adapter, and leaves a receipt", () =>
    inWorld(async (world) => {
      const { gate } = await openWorld(world);
      const refused = await gate.run(proposal(world, "config.read", "/etc/secrets/x"), unreachable);
      await gate.close();
      expect(refused).toMatchObject({ kind: "refused", why: "denied", decision: { rules: ["P-003"] } });
      expect(outcomes(world)).toEqual(["deny not_required not_executed"]);
    }));

  it("is recorded as its adapter tells it", () =>
    inWorld(async (world) => {
      const { gate } = await openWorld(world);
      const answers: readonly (AdapterResult | Error)[] = [
        { status: "failed", error: { code: "E1", message: "no such\ud800 file" } },
        { status: "unknown", error: { code: "timeout" } },
        new RangeError("the message stays here"),
      ];
      for (const answer of answers)
        await gate.run(proposal(world, "config.read", "/a"), async () => {
          if (answer instanceof Error) throw answer;
          return answer;
        });
      await gate.close();
      expect(
        receiptsOf(world)
          .slice(2)
          .map(({ outcome }) => [outcome.status, outcome.error]),
      ).toEqual([
        ["failed", { code: "E1", message: "no such\ufffd file" }],
        ["unknown", { code: "timeout" }],
        ["failed", { code: "RangeError" }],
      ]);
    }));

  it("is on the disk before the adapter is called, and its receipt before it is answered", () =>
    inWorld(async (world) => {
      const { gate } = await openWorld(world);
      const ran = await gate.run(proposal(world, "config.read", "/a"), async ({ nonce }) => {
        expect(readFileSync(`${world.config.ledger}.journal`, "utf8")).toContain(nonce);
        expect(readFileSync(world.config.ledger, "utf8")).not.toContain(nonce);
        return { status: "executed" };
      });
      expect(readFileSync(world.config.ledger, "utf8")).toContain(ran.receipt.receipt_id);
      await gate.close();
    }));

  it("has one outcome", () =>
    inWorld(async (world) => {
      const { gate } = await openWorld(world);
      const permit = await gate.ask(proposal(world, "config.read", "/a"));
      if (permit.kind === "refused") throw new Error("expected a permit");
      const finished = gate.finish(permit, { status: "executed" });
      await expect(gate.finish(permit, { status: "executed" })).rejects.toThrow(/recorded once/);
      await finished;
      await expect(gate.finish(permit, { status: "executed" })).rejects.toThrow(/recorded once/);
      await gate.close();
    }));
});

describe("what is no intent", () => {
  it("is denied with the digest of what was sent", () =>
    inWorld(async (world) => {
      const { gate } = await openWorld(world);
      const { tenant, agent, adapter: adapterId } = world.config;
      const bytes = Buffer.from('{"a":1,"a":2}');
      const refused = await gate.refuse({ tenant, agent, adapterId, session: "s", bytes, reason: "twice a" });
      await gate.close();
      expect(refused.decision).toMatchObject({
        rules: ["invalid-request"],
        tier: "T3_SOVEREIGN",
        why: ["twice a"],
      });
    }));

  it.each([
    ["too long", { text: "x".repeat(400_001) }],
    ["too deep", nested(70)],
    ["not Unicode", { text: "\ud800" }],
    ["a noncharacter", { text: "\uffff" }],
  ])("%s cannot stand in a ledger, and is refused", (_, params) =>
    inWorld(async (world) => {
      const { gate } = await openWorld(world);
      const refused = await gate.run(proposal(world, "config.write", "/a", params), unreachable);
      await gate.close();
      expect(refused).toMatchObject({
        kind: "refused",
        why: "denied",
        decision: { rules: ["invalid-request"] },
      });
    }),
  );
});

function nested(levels: number): { readonly [name: string]: never } {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = { a: value };
  return value as { readonly [name: string]: never };
}

describe("a crash", () => {
  /** The world as a crash at this moment leaves it: a copy without the lock, in a folder beside it. */
  function crashed(world: World): World {
    const folder = `${world.folder}-crashed`;
    rmSync(folder, { recursive: true, force: true });
    cpSync(world.folder, folder, { recursive: true });
    rmSync(join(folder, "ledger.jsonl.lock"));
    const moved = (path: string) => path.replace(world.folder, folder);
    const { config } = world;
    return {
      ...world,
      folder,
      config: {
        ...config,
        ledger: moved(config.ledger),
        ledgerKey: moved(config.ledgerKey),
        keys: moved(config.keys),
        policy: moved(config.policy),
        pending: moved(config.pending),
      },
    };
  }

  it("in the adapter leaves a receipt with outcome unknown", () =>
    inWorld(async (world) => {
      const { gate } = await openWorld(world);
      let after: World | undefined;
      await gate.run(proposal(world, "config.read", "/a"), async () => {
        after = crashed(world);
        return { status: "executed" };
      });
      await gate.close();
      const { gate: again, recovered } = await openWorld(after!);
      expect(recovered.map(({ outcome }) => outcome.error?.code)).toEqual(["interrupted"]);
      await again.close();
      expect(outcomes(after!)).toEqual(["allow not_required unknown"]);
      await expectSound(after!);
      rmSync(after!.folder, { recursive: true });
    }));

  it("in the adapter of a granted call spends the grant", () =>
    inWorld(async (world) => {
      const clock = () => "2999-06-03T12:00:00.000Z" as Time;
      const { gate } = await openWorld(world, { clock });
      const write = proposal(world, "config.write", "/a", { environment: "prod" });
      const held = (await gate.run(write, unreachable)) as Refused;
      for (const person of ["alice", "bob"] as const)
        approve(world, held.request!.id, person, { at: clock() });
      let after: World | undefined;
      await gate.run(write, async () => {
        after = crashed(world);
        return { status: "executed" };
      });
      await gate.close();
      const { gate: again } = await openWorld(after!, { clock });
      expect(await again.run(write, unreachable)).toMatchObject({ why: "held" });
      await again.close();
      expect(outcomes(after!)).toEqual([
        "approval pending not_executed",
        "approval granted unknown",
        "approval pending not_executed",
      ]);
      await expectSound(after!);
      rmSync(after!.folder, { recursive: true });
    }));
});

describe("an outcome that another process reports", () => {
  const until = (time: string) => ({ awaits: { key: "session-1 tool-1", until: time as Time } });

  it("is awaited across restarts", () =>
    inWorld(async (world) => {
      const first = await openWorld(world);
      const permit = await first.gate.ask(
        proposal(world, "config.read", "/a"),
        until("2999-01-01T00:00:00.000Z"),
      );
      expect(permit.kind).toBe("permitted");
      await first.gate.close();
      const { gate, recovered } = await openWorld(world);
      expect(recovered).toEqual([]);
      expect(gate.awaited("another")).toBeUndefined();
      const awaited = gate.awaited("session-1 tool-1")!;
      expect(awaited).toMatchObject({ kind: "permitted", irHash: permit.irHash });
      await gate.finish(awaited, { status: "executed" });
      expect(gate.awaited("session-1 tool-1")).toBeUndefined();
      await gate.close();
      expect(outcomes(world)).toEqual(["allow not_required executed"]);
    }));

  it("that does not come in time is unknown", () =>
    inWorld(async (world) => {
      const first = await openWorld(world);
      await first.gate.ask(proposal(world, "config.read", "/a"), until(new Date().toISOString()));
      await first.gate.close();
      const { gate, recovered } = await openWorld(world);
      expect(recovered.map(({ outcome }) => outcome.error?.code)).toEqual(["unreported"]);
      expect(gate.awaited("session-1 tool-1")).toBeUndefined();
      await gate.close();
    }));
});

describe("a policy", () => {
  it("decides when its owners have released it, and not before", () =>
    inFolder(async (folder) => {
      const world = makeWorld(folder);
      await expect(openWorld(world)).rejects.toThrow(/expected a ledger, found no file/);
      const asked = await releasePolicy(world.config, world.config.policy, { create: true });
      expect(asked.answer).toMatchObject({ kind: "refused", why: "held" });
      await expect(openWorld(world)).rejects.toThrow(/found a ledger without a release/);
      await release(world, world.config.policy);
      const { gate } = await openWorld(world);
      await gate.run(proposal(world, "config.read", "/a"), executed);
      await gate.close();
      expect((await releasePolicy(world.config, world.config.policy)).answer).toBe("released before");
      await expectSound(world);
    }));

  it("with one changed byte is another one, which has to be released, and voids what waits", () =>
    inFolder(async (folder) => {
      const world = await makeReleasedWorld(folder);
      const clock = () => "2999-06-03T12:00:00.000Z" as Time;
      const first = await openWorld(world, { clock });
      const write = proposal(world, "config.write", "/a", { environment: "prod" });
      await first.gate.run(write, unreachable);
      await first.gate.close();
      cpSync(world.config.policy, join(folder, "before"), { recursive: true });
      const file = join(world.config.policy, "policy.cedar");
      writeFileSync(file, `${readFileSync(file, "utf8")}\n`);
      await expect(openWorld(world)).rejects.toThrow(/released policy, found that sha3-256:/);
      await release(world, world.config.policy, { clock });
      const { gate } = await openWorld(world, { clock });
      await gate.close();
      expect(outcomes(world)).toEqual([
        "approval pending not_executed",
        "approval pending not_executed",
        "approval granted executed",
        "approval expired not_executed",
      ]);
      await expectSound(world, [join(folder, "before"), world.config.policy]);
    }));
});
