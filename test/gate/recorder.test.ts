import { appendFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { AdapterResult, Permit } from "../../src/gate/contract.js";
import { PendingFolder } from "../../src/gate/pending-folder.js";
import { recoverLedger } from "../../src/gate/recover-ledger.js";
import type { JsonObject } from "../../src/json/json.js";
import type { Time } from "../../src/json/time.js";
import { approve, makeReleasedWorld, openWorld, proposal, type World } from "../support/gate-world.js";
import { inFolder } from "../support/sclaw.js";
import { handClock, verdictOn } from "../support/writer-world.js";

const inWorld = (work: (world: World) => Promise<void>) =>
  inFolder(async (folder) => work(await makeReleasedWorld(folder)));

const executed = async (): Promise<AdapterResult> => ({ status: "executed" });
const read = (world: World, name = "/etc/app", params: JsonObject = {}) =>
  proposal(world, "config.read", name, params);
const write = (world: World) => proposal(world, "config.write", "/etc/app", { environment: "prod" });
const journalOf = ({ config }: World) => `${config.ledger}.journal`;

async function permitted(asking: Promise<unknown>): Promise<Permit> {
  const answer = (await asking) as Permit;
  expect(answer.kind).toBe("permitted");
  return answer;
}

/** A held write that everybody has signed. */
async function granted(world: World, gate: Awaited<ReturnType<typeof openWorld>>["gate"]): Promise<void> {
  const held = await gate.ask(write(world));
  if (held.kind !== "refused") throw new Error("expected a hold");
  for (const { group } of held.request!.required)
    for (const person of group === "security-oncall" ? (["dave"] as const) : (["alice", "carol"] as const))
      approve(world, held.request!.id, person);
}

describe("what is recorded", () => {
  it("runs a grant once, however many ask at once", () =>
    inWorld(async (world) => {
      const { gate } = await openWorld(world);
      await granted(world, gate);
      const nonces: string[] = [];
      const answers = await Promise.all(
        Array.from({ length: 8 }, () =>
          gate.run(write(world), async ({ nonce }) => {
            nonces.push(nonce);
            return { status: "executed" };
          }),
        ),
      );
      expect(answers.map(({ kind }) => kind).filter((kind) => kind === "ran")).toHaveLength(1);
      expect(nonces).toHaveLength(1);
      await gate.close();
      expect(await verdictOn(world)).toBe("verified");
    }));

  it("is recorded once", () =>
    inWorld(async (world) => {
      const { gate } = await openWorld(world);
      const permit = await permitted(gate.ask(read(world)));
      const both = await Promise.allSettled([
        gate.finish(permit, { status: "executed" }),
        gate.finish(permit, { status: "executed" }),
      ]);
      expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      await gate.close();
      expect(await verdictOn(world)).toBe("verified");
    }));

  it("has all of what is under way when the gate is closed", () =>
    inWorld(async (world) => {
      const { gate } = await openWorld(world);
      let let_go: () => void = () => {};
      const running = gate.run(read(world), async () => {
        await new Promise<void>((resolve) => {
          let_go = resolve;
        });
        return { status: "executed" };
      });
      const closing = gate.close();
      setTimeout(() => let_go(), 50);
      expect((await running).kind).toBe("ran");
      await closing;
      expect(await verdictOn(world)).toBe("verified");
      expect(readFileSync(journalOf(world), "utf8")).toBe("");
    }));

  it("does not run where it could not be recorded: of another form, or too large for a line", () =>
    inWorld(async (world) => {
      const { gate } = await openWorld(world);
      let calls = 0;
      const count = async (): Promise<AdapterResult> => {
        calls++;
        return { status: "executed" };
      };
      await expect(gate.run({ ...read(world), ext: { half: 0.5 } }, count)).rejects.toThrow("/ext/half");
      await expect(gate.run({ ...read(world), ext: { long: "x".repeat(1 << 20) } }, count)).rejects.toThrow(
        "bytes with its receipt",
      );
      const { intent } = read(world);
      await expect(
        gate.run({ intent: { ...intent, tenant: "tenant:" as typeof intent.tenant }, session: "s" }, count),
      ).rejects.toThrow("/tenant");
      const refused = await gate.run(
        read(world, `/etc/${"x".repeat(390_000)}`, { again: "y".repeat(20_000) }),
        count,
      );
      expect(refused).toMatchObject({ kind: "refused", decision: { rules: ["invalid-request"] } });
      expect(calls).toBe(0);
      await gate.close();
      expect(await verdictOn(world)).toBe("verified");
      expect(
        await openWorld(world).then(async ({ gate: again, recovered }) => {
          await again.close();
          return recovered;
        }),
      ).toEqual([]);
    }));

  it("does not run where the ledger can be written no more", () =>
    inWorld(async (world) => {
      const { gate } = await openWorld(world);
      appendFileSync(world.config.ledger, "x");
      await expect(gate.run(read(world, "/etc/secrets/x"), executed)).rejects.toThrow(
        "something else wrote to it",
      );
      let calls = 0;
      await expect(
        gate.run(read(world), async () => {
          calls++;
          return { status: "executed" };
        }),
      ).rejects.toThrow("something else wrote to it");
      expect(calls).toBe(0);
      await gate.close();
      const again = await openWorld(world);
      // The denial was decided before, and has its receipt now.
      expect(again.recovered).toMatchObject([{ decision: "deny", outcome: { status: "not_executed" } }]);
      expect(again.torn?.bytes).toBe(1);
      await again.gate.close();
      expect(await verdictOn(world)).toBe("verified");
    }));

  it("is completed no earlier than it started, and decided no earlier than its policy was released", () =>
    inWorld(async (world) => {
      const clock = handClock(new Date(Date.now() + 3_600_000).toISOString());
      const first = await openWorld(world, { clock: clock.now });
      const awaits = { key: "call-1", until: "2126-01-01T00:00:00.000Z" as Time };
      await permitted(first.gate.ask(read(world), { awaits }));
      await first.gate.close();
      clock.set("2020-01-01T00:00:00.000Z");
      const { gate } = await openWorld(world, { clock: clock.now });
      await gate.finish(gate.awaited("call-1")!, { status: "executed" });
      await gate.run(read(world), executed);
      await gate.close();
      expect(await verdictOn(world)).toBe("verified");
    }));
});

describe("the journal", () => {
  it("stays small while calls overlap without end", () =>
    inWorld(async (world) => {
      const { gate } = await openWorld(world);
      const padding = { padding: "x".repeat(20_000) };
      let last = await permitted(gate.ask(read(world, "/etc/app", padding)));
      let largest = 0;
      for (let i = 0; i < 60; i++) {
        const next = await permitted(gate.ask(read(world, `/etc/app/${i}`, padding)));
        await gate.finish(last, { status: "executed" });
        last = next;
        largest = Math.max(largest, statSync(journalOf(world)).size);
      }
      expect(largest).toBeLessThan(400_000);
      // What is left of it is what is still open.
      const { journal, ledger } = { journal: readFileSync(journalOf(world)), ledger: world.config.ledger };
      await gate.finish(last, { status: "executed" });
      await gate.close();
      const length = readFileSync(ledger).length;
      writeFileSync(journalOf(world), journal);
      const { made } = await recoverLedger(world.config);
      expect(made).toEqual([]);
      expect(readFileSync(ledger).length).toBe(length);
      expect(await verdictOn(world)).toBe("verified");
    }));

  it("makes no second receipt where the first start after a crash was interrupted too", () =>
    inWorld(async (world) => {
      const { gate } = await openWorld(world);
      await permitted(gate.ask(read(world)));
      await gate.close();
      const journal = readFileSync(journalOf(world));
      expect((await recoverLedger(world.config)).made).toHaveLength(1);
      // Killed before it could say that it was done.
      writeFileSync(journalOf(world), journal);
      expect((await recoverLedger(world.config)).made).toEqual([]);
      expect(await verdictOn(world)).toBe("verified");
    }));

  it("is read as far as it can be, and kept as it was", () =>
    inWorld(async (world) => {
      const { gate } = await openWorld(world);
      for (let i = 0; i < 3; i++) await permitted(gate.ask(read(world, `/etc/app/${i}`)));
      await gate.close();
      const lines = readFileSync(journalOf(world), "utf8").split("\n");
      writeFileSync(journalOf(world), [lines[0], lines[1]!.slice(5), lines[2], '{"done":', ""].join("\n"));
      const before = readFileSync(journalOf(world));
      const recovered = await recoverLedger(world.config);
      expect(recovered.damagedJournal).toBe(`${journalOf(world)}.torn-1`);
      expect(readFileSync(recovered.damagedJournal!).equals(before)).toBe(true);
      expect(recovered.made).toHaveLength(2);
      expect(await verdictOn(world)).toBe("verified");
    }));

  it("cut at any byte leaves what was flushed before", () =>
    inWorld(async (world) => {
      const { gate } = await openWorld(world);
      for (let i = 0; i < 2; i++) await permitted(gate.ask(read(world, `/etc/app/${i}`)));
      await gate.close();
      const [journal, ledger] = [readFileSync(journalOf(world)), readFileSync(world.config.ledger)];
      const head = readFileSync(`${world.config.ledger}.head`);
      const first = journal.indexOf("\n") + 1;
      for (let at = 0; at <= journal.length; at += 53) {
        writeFileSync(journalOf(world), journal.subarray(0, at));
        writeFileSync(world.config.ledger, ledger);
        writeFileSync(`${world.config.ledger}.head`, head);
        const { made, damagedJournal } = await recoverLedger(world.config);
        expect(damagedJournal).toBeUndefined();
        expect(made).toHaveLength(at < first ? 0 : at < journal.length ? 1 : 2);
      }
    }));

  it("does not forget who spent a grant", () =>
    inWorld(async (world) => {
      const { gate } = await openWorld(world);
      await granted(world, gate);
      await permitted(gate.ask(write(world)));
      await gate.close();
      const { gate: again, recovered } = await openWorld(world);
      expect(recovered).toMatchObject([{ approval: { state: "granted" }, outcome: { status: "unknown" } }]);
      expect(await again.run(write(world), executed)).toMatchObject({ kind: "refused", why: "held" });
      await again.close();
      expect(await verdictOn(world)).toBe("verified");
    }));

  it("offers a request again that a crash kept from the approvers", () =>
    inWorld(async (world) => {
      const { gate } = await openWorld(world);
      const held = await gate.ask(write(world));
      await gate.close();
      rmSync(world.config.pending, { recursive: true });
      const { gate: again } = await openWorld(world);
      const asked = await again.ask(write(world));
      expect(asked).toMatchObject({ kind: "refused", why: "held" });
      const { id } = (asked as typeof held & { request: { id: string } }).request;
      expect(new PendingFolder(world.config.pending).request(id)).toMatchObject({ ok: true });
      await granted(world, again);
      expect((await again.run(write(world), executed)).kind).toBe("ran");
      await again.close();
      expect(await verdictOn(world)).toBe("verified");
    }));

  it("ends a request in the ledger also where the approvers' folder is in the way", () =>
    inWorld(async (world) => {
      const { gate } = await openWorld(world);
      await granted(world, gate);
      const permit = await permitted(gate.ask(write(world)));
      rmSync(world.config.pending, { recursive: true });
      writeFileSync(world.config.pending, "no folder");
      expect((await gate.finish(permit, { status: "executed" })).kind).toBe("ran");
      await gate.close();
      expect(existsSync(`${world.config.ledger}.holds/${permit.correlationId}.json`)).toBe(false);
      expect(await verdictOn(world)).toBe("verified");
    }));
});
