import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { HeldRequest, Permit, Refused } from "../../src/gate/contract.js";
import type { Time } from "../../src/json/time.js";
import { holderOf, proposal, receiptsOf, release } from "../support/gate-world.js";
import { Deployment, later, noon, withDeployments } from "./held-support.js";

withDeployments();

function sign(d: Deployment, id: string): void {
  for (const person of ["alice", "bob"] as const) d.sign(id, person);
}

const holdsOf = (d: Deployment) => readdirSync(`${d.world.config.ledger}.holds`);

describe("a grant", () => {
  test("is spent once: by one of two calls at once, and by none after it", async () => {
    const d = await Deployment.open();
    const id = await d.held();
    sign(d, id);
    const answers = await Promise.all([d.write(), d.write(), d.write()]);
    expect(answers.filter(({ kind }) => kind === "ran")).toHaveLength(1);
    expect(d.reached).toBe(1);
    expect(await d.write()).toMatchObject({ why: "held" });
    expect(d.states(id)).toEqual(["pending not_executed", "granted executed"]);
    // A signature that comes after the execution reaches nothing.
    d.sign(id, "carol");
    expect(await d.write()).toMatchObject({ why: "held" });
    await d.close();
  });

  test("is the oldest that is not spent, whatever else waits", async () => {
    const d = await Deployment.open();
    const answers = (await Promise.all([d.write(), d.write(), d.write()])) as Refused[];
    const [first, second, third] = answers.map(({ request }) => request!.id) as [string, string, string];
    expect(new Set([first, second, third]).size).toBe(3);
    for (const id of [third, second]) sign(d, id);
    expect(await d.write()).toMatchObject({ kind: "ran", receipt: { correlation_id: second } });
    expect(await d.write()).toMatchObject({ kind: "ran", receipt: { correlation_id: third } });
    expect(await d.write()).toMatchObject({ why: "held", request: { id: first } });
    await d.close();
  });

  test("is for its session, its intent and nothing else", async () => {
    const d = await Deployment.open();
    const id = await d.held();
    sign(d, id);
    expect(await d.write({}, {}, "another session")).toMatchObject({ why: "held" });
    expect(await d.write({ also: 1 })).toMatchObject({ why: "held" });
    expect(d.reached).toBe(0);
    expect(await d.write()).toMatchObject({ kind: "ran", receipt: { correlation_id: id } });
    await d.close();
  });

  test("outlives the gate's process, and is spent once across them", async () => {
    const d = await Deployment.open();
    const id = await d.held();
    await d.restart();
    d.sign(id, "alice");
    await d.restart();
    d.sign(id, "bob");
    expect(await d.write()).toMatchObject({ kind: "ran", receipt: { correlation_id: id } });
    await d.restart();
    expect(await d.write()).toMatchObject({ why: "held" });
    expect(holdsOf(d)).toHaveLength(1);
    await d.close();
  });

  test("that was about to run when the gate died is spent", async () => {
    const d = await Deployment.open();
    const id = await d.held();
    sign(d, id);
    const { intent } = proposal(d.world, "config.write", "/etc/app.conf", { environment: "prod" });
    const permit = (await d.gate.ask({ intent, session: "test" })) as Permit;
    expect(permit.kind).toBe("permitted");
    // The process dies here: its journal says that the call was about to run.
    const { recovered } = await d.restart();
    expect(recovered).toMatchObject([{ correlation_id: id, outcome: { status: "unknown" } }]);
    expect(d.pending.resolution(id)).toMatchObject({ state: "granted" });
    expect(await d.write()).toMatchObject({ why: "held" });
    expect(d.states(id)).toEqual(["pending not_executed", "granted unknown"]);
    await d.close();
  });

  test("cannot come back after its last receipt, wherever a crash was", async () => {
    const d = await Deployment.open();
    const id = await d.held();
    const hold = join(`${d.world.config.ledger}.holds`, `${id}.json`);
    const kept = readFileSync(hold);
    const signal = new AbortController();
    const held = d.write({}, { holdFor: 60_000, signal: signal.signal });
    signal.abort();
    expect(await held).toMatchObject({ why: "withdrawn" });
    // A receipt is in the ledger, the hold is still there and the journal has not forgotten it: a
    // crash between the two leaves this.
    const journal = `${d.world.config.ledger}.journal`;
    const lines = readFileSync(journal, "utf8");
    await d.gate.close();
    writeFileSync(hold, kept);
    const entries = lines.split("\n").filter((line) => line.startsWith('{"open"'));
    writeFileSync(journal, entries.map((line) => `${line}\n`).join(""));
    await d.start();
    sign(d, id);
    expect(existsSync(hold)).toBe(false);
    expect(await d.write()).toMatchObject({ why: "held" });
    expect(d.states(id)).toEqual(["pending not_executed", "pending not_executed", "expired not_executed"]);
    await d.close();
  });
});

describe("a request that ended", () => {
  test("by a rejection is not granted by what is signed later", async () => {
    const d = await Deployment.open();
    const id = await d.held();
    d.sign(id, "carol", { verdict: "reject" });
    expect(await d.write()).toMatchObject({ why: "rejected" });
    sign(d, id);
    const next = await d.held();
    expect(next).not.toBe(id);
    expect(d.states(id)).toEqual(["pending not_executed", "rejected not_executed"]);
    await d.close();
  });

  test("by its time is expired at the next start, and while the gate runs", async () => {
    const d = await Deployment.open();
    const first = await d.held();
    sign(d, first);
    d.time = later(noon, 60.0001);
    await d.restart();
    expect(d.states(first)).toEqual(["pending not_executed", "expired not_executed"]);
    expect(d.pending.resolution(first)).toMatchObject({ state: "expired" });
    const second = await d.held();
    sign(d, second);
    d.time = later(d.time, 61);
    expect(await d.write()).toMatchObject({ why: "expired", request: { id: second } });
    expect(d.reached).toBe(0);
    await d.close();
  });

  test("by the caller who withdrew it is nobody's to grant", async () => {
    const d = await Deployment.open();
    const told: HeldRequest[] = [];
    const caller = new AbortController();
    const answer = await d.write(
      {},
      {
        holdFor: 60_000,
        signal: caller.signal,
        onWaiting: (request) => {
          told.push(request);
          d.sign(request.id, "alice");
          caller.abort();
        },
      },
    );
    expect(answer).toMatchObject({ why: "withdrawn", receipt: { approval: { state: "expired" } } });
    const { id } = told[0]!;
    d.sign(id, "bob");
    expect(await d.write()).toMatchObject({ why: "held" });
    expect(d.pending.resolution(id)).toMatchObject({ why: "the caller withdrew it" });
    expect(d.reached).toBe(0);
    await d.close();
  });
});

describe("while a call waits", () => {
  test("people grant it", async () => {
    const d = await Deployment.open();
    let signed = 0;
    const answer = await d.write(
      {},
      {
        holdFor: 60_000,
        onWaiting: ({ id, counted }) => {
          expect(counted).toEqual([{ group: "release-managers", threshold: signed }]);
          d.sign(id, signed++ === 0 ? "alice" : "bob");
        },
      },
    );
    expect(answer).toMatchObject({ kind: "ran" });
    expect(signed).toBe(2);
    await d.close();
  });

  test("one of them rejects it", async () => {
    const d = await Deployment.open();
    const answer = await d.write(
      {},
      { holdFor: 60_000, onWaiting: ({ id }) => d.sign(id, "carol", { verdict: "reject" }) },
    );
    expect(answer).toMatchObject({ why: "rejected", receipt: { approval: { state: "rejected" } } });
    expect(d.reached).toBe(0);
    await d.close();
  });
});

describe("what is asked again is decided again", () => {
  test("held before seven in the evening, run after it: the later rules decide", async () => {
    const d = await Deployment.open();
    d.time = "2026-06-01T18:59:00.000Z" as Time;
    const id = await d.held();
    sign(d, id);
    d.time = "2026-06-01T19:01:00.000Z" as Time;
    const answer = (await d.write()) as Refused;
    expect(answer).toMatchObject({
      why: "held",
      decision: { decision: "escalate", rules: ["P-020", "P-023"] },
      request: { required: [{ group: "release-managers" }, { group: "security-oncall" }] },
    });
    expect(answer.request!.id).not.toBe(id);
    expect(d.pending.resolution(id)).toMatchObject({
      state: "expired",
      why: "the policy decides otherwise now",
    });
    sign(d, answer.request!.id);
    d.sign(answer.request!.id, "dave");
    expect(await d.write()).toMatchObject({ kind: "ran" });
    expect(d.reached).toBe(1);
    await d.close();
  });

  test("while a call waits, too: nobody runs by what was signed for the day", async () => {
    const d = await Deployment.open();
    d.time = "2026-06-01T18:59:59.000Z" as Time;
    const asked = new Set<string>();
    const answer = await d.write(
      {},
      {
        holdFor: 60_000,
        onWaiting: ({ id, required }) => {
          if (asked.has(id)) return;
          asked.add(id);
          sign(d, id);
          d.time = "2026-06-01T19:00:01.000Z" as Time;
          if (required.length === 2) d.sign(id, "dave");
        },
      },
    );
    expect(asked.size).toBe(2);
    expect(answer).toMatchObject({
      kind: "ran",
      receipt: { decision: "escalate", rationale: { rules: ["P-020", "P-023"] } },
    });
    await d.close();
  });

  test("a new bundle voids what waits under the old one", async () => {
    const d = await Deployment.open();
    const id = await d.held();
    sign(d, id);
    await d.gate.close();
    const { policy } = d.world.config;
    const before = `${policy}-before`;
    cpSync(policy, before, { recursive: true });
    appendFileSync(join(policy, "policy.cedar"), "\n// The same, as another bundle.\n");
    await release(d.world, policy, { clock: () => d.time });
    await d.start();
    expect(d.pending.resolution(id)).toMatchObject({ state: "expired", why: "another policy was released" });
    expect(await d.write()).toMatchObject({ why: "held" });
    expect(d.reached).toBe(0);
    await d.close([before, policy]);
  });
});

test("a request carries what people sign, and its receipt what they signed", async () => {
  const d = await Deployment.open();
  const id = await d.held();
  sign(d, id);
  await d.write();
  const [granted] = receiptsOf(d.world).filter(
    ({ approval }) => approval.state === "granted" && approval.required[0]!.group === "release-managers",
  );
  if (granted?.approval.state !== "granted") throw new Error("expected a grant");
  expect(granted.approval.signatures.map(({ approver }) => approver).sort()).toEqual([
    holderOf("alice"),
    holderOf("bob"),
  ]);
  await d.close();
});
