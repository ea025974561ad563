import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeBase64 } from "../../src/bytes/base64.js";
import { type GateConfig, readGateConfig } from "../../src/gate/config.js";
import type { Proposal } from "../../src/gate/contract.js";
import { type OpenedGate, type OpenGateOptions, openGate } from "../../src/gate/open-gate.js";
import { PendingFolder } from "../../src/gate/pending-folder.js";
import { releasePolicy } from "../../src/gate/release-policy.js";
import { engine } from "../../src/io/engine-node.js";
import type { JsonObject } from "../../src/json/json.js";
import type { Time } from "../../src/json/time.js";
import { keyIdOf } from "../../src/keys/public-key.js";
import type { ApprovalSignature } from "../../src/receipt/approval.js";
import type { Intent } from "../../src/receipt/intent.js";
import type { Receipt } from "../../src/receipt/receipt.js";
import { approvalMessages } from "../../src/receipt/signed-bytes.js";
import { root } from "./sclaw.js";

export const people = ["alice", "bob", "carol", "dave"] as const;
export type Person = (typeof people)[number];

/** Who is in which group of the worlds that tests make. */
const groups = {
  "platform-owners": { threshold: 2, members: ["alice", "bob", "dave"] },
  "policy-owners": { threshold: 2, members: ["alice", "bob"] },
  "release-managers": { threshold: 2, members: ["alice", "bob", "carol"] },
  "security-oncall": { threshold: 1, members: ["dave"] },
} as const;

/** A deployment of a gate in a folder: keys for a ledger and four people, a policy, a configuration. */
export interface World {
  readonly folder: string;
  readonly config: GateConfig;
  readonly keys: { readonly [P in Person | "ledger"]: KeyObject };
}

export interface WorldOptions {
  /** The folder of the policy bundle; the platform team's by default. */
  readonly policy?: string;
  /** Members of gate.json that differ. */
  readonly gate?: JsonObject;
  /** When the policy is released; the present time by default. */
  readonly clock?: () => Time;
}

export const holderOf = (person: Person) => `user:${person}@acme.example`;

export function makeWorld(folder: string, options: WorldOptions = {}): World {
  mkdirSync(folder, { recursive: true });
  const pairs = Object.fromEntries(
    [...people, "ledger" as const].map((name) => [name, generateKeyPairSync("ed25519")]),
  );
  const keys: JsonObject[] = [];
  for (const [name, { privateKey, publicKey }] of Object.entries(pairs)) {
    const pem = privateKey.export({ format: "pem", type: "pkcs8" });
    writeFileSync(join(folder, `${name}.pem`), pem, { mode: 0o600 });
    const bytes = publicKey.export({ format: "der", type: "spki" }).subarray(12);
    keys.push({
      id: keyIdOf(engine.sha3_256, bytes),
      role: name === "ledger" ? "ledger" : "approver",
      holder: name === "ledger" ? "acme.example" : holderOf(name as Person),
      public_key: encodeBase64(bytes),
    });
  }
  const trust = {
    format: "sclaw.keys/1",
    ledger: "acme.example/agents-test",
    tiers: {
      T2_ELEVATED: ["release-managers", "security-oncall"],
      T3_SOVEREIGN: ["platform-owners", "policy-owners"],
    },
    groups: Object.fromEntries(
      Object.entries(groups).map(([name, { threshold, members }]) => [
        name,
        { threshold, members: members.map((person) => ({ holder: holderOf(person) })) },
      ]),
    ),
    keys,
  };
  writeFileSync(join(folder, "keys.json"), JSON.stringify(trust, null, 2));
  cpSync(options.policy ?? join(root, "fixtures/policies/platform"), join(folder, "policy"), {
    recursive: true,
  });
  const gate = {
    format: "sclaw.gate/1",
    ledger: "ledger.jsonl",
    ledger_key: "ledger.pem",
    keys: "keys.json",
    policy: "policy",
    pending: "pending",
    tenant: "tenant:acme/prod",
    agent: { id: "agent:sre-bot", on_behalf_of: "user:erin@acme.example" },
    adapter: "adapter:config@2.3",
    ...options.gate,
  };
  writeFileSync(join(folder, "gate.json"), JSON.stringify(gate, null, 2));
  const privateKeys = Object.fromEntries(
    Object.entries(pairs).map(([name, pair]) => [name, pair.privateKey]),
  );
  return { folder, config: readGateConfig(join(folder, "gate.json")), keys: privateKeys as World["keys"] };
}

/** A world whose policy was released by its owners. */
export async function makeReleasedWorld(folder: string, options: WorldOptions = {}): Promise<World> {
  const world = makeWorld(folder, options);
  const { clock } = options;
  await release(world, world.config.policy, { create: true, ...(clock === undefined ? {} : { clock }) });
  return world;
}

/** Releases a bundle, signed by alice and bob. */
export async function release(
  world: World,
  policy: string,
  options: OpenGateOptions & { readonly create?: boolean } = {},
): Promise<void> {
  const asked = await releasePolicy(world.config, policy, options);
  if (asked.answer === "released before" || asked.answer.kind !== "refused")
    throw new Error("expected a hold");
  const at = options.clock === undefined ? {} : { at: options.clock() };
  for (const person of ["alice", "bob"] as const) approve(world, asked.answer.request!.id, person, at);
  const { answer } = await releasePolicy(world.config, policy, options);
  if (answer === "released before" || answer.kind !== "ran") throw new Error(JSON.stringify(answer));
}

/** Opens the gate of a world, which has to be closed. */
export function openWorld(world: World, options: OpenGateOptions = {}): Promise<OpenedGate> {
  return openGate(world.config, options);
}

/** A person's signature on a held request, made here and not by the command. */
export function signatureOf(
  world: World,
  id: string,
  person: Person,
  change: { readonly verdict?: "approve" | "reject"; readonly at?: Time; readonly key?: KeyObject } = {},
): ApprovalSignature {
  const read = new PendingFolder(world.config.pending).request(id);
  if (!read.ok) throw new Error(JSON.stringify(read.reasons));
  const { draft, ledger } = read.held;
  const key = change.key ?? world.keys[person];
  const der = createPublicBytes(key);
  const unsigned = {
    approver: holderOf(person),
    signer: keyIdOf(engine.sha3_256, der),
    verdict: change.verdict ?? "approve",
    at: change.at ?? (new Date().toISOString() as Time),
  };
  const messageOf = approvalMessages(
    engine.sha3_256,
    { ...draft, ledger } as unknown as Receipt,
    draft.approval,
  );
  return { ...unsigned, sig: encodeBase64(sign(null, messageOf(unsigned), key)) };
}

export function approve(
  world: World,
  id: string,
  person: Person,
  change: Parameters<typeof signatureOf>[3] = {},
): void {
  new PendingFolder(world.config.pending).sign(id, signatureOf(world, id, person, change));
}

function createPublicBytes(key: KeyObject): Uint8Array {
  const { x } = createPrivateKey({
    key: key.export({ format: "der", type: "pkcs8" }),
    format: "der",
    type: "pkcs8",
  }).export({
    format: "jwk",
  });
  return new Uint8Array(Buffer.from(x!, "base64url"));
}

/** A proposal of the platform team's agent. */
export function proposal(
  world: World,
  operation: "config.read" | "config.write",
  resource: string,
  params: JsonObject = {},
): Proposal {
  const { tenant, agent, adapter } = world.config;
  const intent: Intent = {
    schema: "sclaw.intent/1",
    tenant,
    agent,
    adapter_id: adapter,
    operation,
    resource,
    params,
  };
  return { intent, session: "test" };
}

/** The receipts of a world's ledger, in order. */
export function receiptsOf(world: World): readonly Receipt[] {
  return readFileSync(world.config.ledger, "utf8")
    .split("\n")
    .filter((line) => line.includes('"receipt":'))
    .map((line) => (JSON.parse(line) as { readonly receipt: Receipt }).receipt);
}
