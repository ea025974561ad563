import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encodeBase64 } from "../../src/bytes/base64.js";
import { engine } from "../../src/io/engine-node.js";
import { keyIdOf } from "../../src/keys/public-key.js";
import { holderOf } from "../support/gate-world.js";
import { Deployment, later, noon, put, withDeployments } from "./held-support.js";

withDeployments();

interface TrustValue {
  readonly keys: { readonly holder: string; readonly valid_from?: string }[];
  readonly groups: { readonly "release-managers": { tenants?: readonly string[] } };
}

/** Edits a copy's trust file before its gate opens. */
function trusting(edit: (trust: TrustValue) => void) {
  return (folder: string) => {
    const path = join(folder, "keys.json");
    const trust = JSON.parse(readFileSync(path, "utf8"));
    edit(trust);
    writeFileSync(path, JSON.stringify(trust));
  };
}

/** A second key for somebody. */
function secondKey(holder: string) {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const bytes = publicKey.export({ format: "der", type: "spki" }).subarray(12);
  const id = keyIdOf(engine.sha3_256, bytes);
  return { privateKey, entry: { id, role: "approver", holder, public_key: encodeBase64(bytes) } };
}

describe("a signature that does not count is refused, said why, and changes no ledger", () => {
  type Attack = (deployment: Deployment, id: string) => void | Promise<void>;
  const cases: readonly [name: string, reason: RegExp, attack: Attack][] = [
    [
      "of a key that the trust file lacks",
      /expected an approver key of the trust file/,
      (d, id) => d.sign(id, "alice", { key: generateKeyPairSync("ed25519").privateKey }),
    ],
    [
      "of the ledger's key",
      /expected an approver key, found a ledger key/,
      (d, id) => d.sign(id, "alice", { key: d.world.keys.ledger }),
    ],
    [
      "in somebody else's name",
      /expected a key of user:bob/,
      (d, id) => d.sign(id, "bob", { key: d.world.keys.alice }),
    ],
    ["of nobody in the group", /expected a member of release-managers/, (d, id) => d.sign(id, "dave")],
    [
      "of another request",
      /signature over this request/,
      async (d, id) => put(d, id, d.signature(await d.held({ other: true }), "alice")),
    ],
    [
      "whose verdict was turned round",
      /signature over this request/,
      (d, id) => put(d, id, { ...d.signature(id, "alice", { verdict: "reject" }), verdict: "approve" }),
    ],
    [
      "from before the request",
      /expected 2026-06-01T12:00:00.000Z to/,
      (d, id) => d.sign(id, "alice", { at: later(noon, -1) }),
    ],
    [
      "from after its end",
      /expected 2026-06-01T12:00:00.000Z to/,
      (d, id) => d.sign(id, "alice", { at: later(noon, 61) }),
    ],
    ["dated an hour ahead", /which is later/, (d, id) => d.sign(id, "alice", { at: later(noon, 60) })],
  ];

  test.each(cases)("%s", async (_name, reason, attack) => {
    const d = await Deployment.open();
    const id = await d.held();
    await attack(d, id);
    d.sign(id, "carol");
    expect(await d.write()).toMatchObject({ why: "held", request: { id, counted: [{ threshold: 1 }] } });
    await d.write();
    expect(d.refused(id).map((attempt) => attempt.reason)).toEqual([expect.stringMatching(reason)]);
    expect(d.reached).toBe(0);
    // Whoever may sign still can.
    d.sign(id, "bob");
    expect(await d.write()).toMatchObject({ kind: "ran" });
    await d.close();
  });

  test("the same person with two keys counts once", async () => {
    const second = secondKey(holderOf("alice"));
    const d = await Deployment.open(trusting(({ keys }) => keys.push(second.entry)));
    const id = await d.held();
    d.sign(id, "alice");
    d.sign(id, "alice", { key: second.privateKey });
    expect(await d.write()).toMatchObject({ why: "held" });
    expect(d.refused(id)).toMatchObject([{ reason: expect.stringContaining("expected each person once") }]);
    d.sign(id, "bob");
    expect(await d.write()).toMatchObject({ kind: "ran" });
    await d.close();
  });

  test("the agent's principal cannot approve what is done for them", async () => {
    const d = await Deployment.open((folder) => {
      const path = join(folder, "gate.json");
      const gate = JSON.parse(readFileSync(path, "utf8"));
      gate.agent.on_behalf_of = holderOf("alice");
      writeFileSync(path, JSON.stringify(gate));
    });
    const id = await d.held();
    d.sign(id, "alice");
    d.sign(id, "bob");
    expect(await d.write()).toMatchObject({ why: "held", request: { counted: [{ threshold: 1 }] } });
    expect(d.refused(id)).toMatchObject([
      { approver: holderOf("alice"), reason: expect.stringContaining("another person") },
    ]);
    d.sign(id, "carol");
    expect(await d.write()).toMatchObject({ kind: "ran" });
    await d.close();
  });

  test("a group of another tenant does not stand for this one", async () => {
    const d = await Deployment.open(
      trusting(({ groups }) => {
        groups["release-managers"].tenants = ["tenant:other/prod"];
      }),
    );
    const id = await d.held();
    d.sign(id, "alice");
    d.sign(id, "bob");
    expect(await d.write()).toMatchObject({ why: "held", request: { counted: [{ threshold: 0 }] } });
    expect(d.refused(id)).toHaveLength(2);
    expect(d.refused(id)[0]!.reason).toContain("for tenant:acme/prod");
    await d.close();
  });

  test("keys that are not valid any more, and not valid yet", async () => {
    const second = secondKey(holderOf("carol"));
    const d = await Deployment.open(
      trusting(({ keys }) => {
        const carol = keys.find(({ holder }) => holder === holderOf("carol"));
        Object.assign(carol!, { revoked_at: "2026-06-01T11:00:00.000Z" });
        keys.push({ ...second.entry, valid_from: "2026-06-01T13:00:00.000Z" });
      }),
    );
    const id = await d.held();
    d.sign(id, "carol");
    d.sign(id, "carol", { key: second.privateKey });
    d.sign(id, "alice");
    expect(await d.write()).toMatchObject({ why: "held", request: { counted: [{ threshold: 1 }] } });
    expect(d.refused(id).map(({ reason }) => reason)).toEqual([
      expect.stringContaining("valid at"),
      expect.stringContaining("valid at"),
    ]);
    await d.close();
  });
});

describe("a rejection", () => {
  test("wins over any number of approvals", async () => {
    const d = await Deployment.open();
    const id = await d.held();
    for (const person of ["alice", "bob"] as const) d.sign(id, person);
    d.sign(id, "carol", { verdict: "reject" });
    expect(await d.write()).toMatchObject({ why: "rejected" });
    expect(d.states(id)).toEqual(["pending not_executed", "rejected not_executed"]);
    expect(d.pending.resolution(id)).toMatchObject({ state: "rejected" });
    await d.close();
  });

  test("by who approved before counts too", async () => {
    const d = await Deployment.open();
    const id = await d.held();
    for (const person of ["alice", "bob"] as const) d.sign(id, person);
    d.time = later(noon, 1);
    d.sign(id, "alice", { verdict: "reject" });
    expect(await d.write()).toMatchObject({ why: "rejected" });
    await d.close();
  });

  test("dated by a clock that is ahead holds up the grant until it counts", async () => {
    const d = await Deployment.open();
    const id = await d.held();
    for (const person of ["alice", "bob"] as const) d.sign(id, person);
    d.sign(id, "carol", { verdict: "reject", at: later(noon, 2) });
    expect(await d.write()).toMatchObject({ why: "held" });
    d.time = later(noon, 2);
    expect(await d.write()).toMatchObject({ why: "rejected" });
    await d.close();
  });

  test("of nobody in the group, or forged, rejects nothing", async () => {
    const d = await Deployment.open();
    const id = await d.held();
    d.sign(id, "dave", { verdict: "reject", at: later(noon, 1) });
    put(d, id, { ...d.signature(id, "carol"), verdict: "reject" });
    for (const person of ["alice", "bob"] as const) d.sign(id, person);
    expect(await d.write()).toMatchObject({ kind: "ran" });
    await d.close();
  });
});
