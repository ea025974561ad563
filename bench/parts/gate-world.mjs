// A gate's deployment for a bench: keys, the policy of the MCP tests, released by one owner.
import { createPrivateKey, sign } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeBase64 } from "../../dist/bytes/base64.js";
import { readGateConfig } from "../../dist/gate/config.js";
import { PendingFolder } from "../../dist/gate/pending-folder.js";
import { releasePolicy } from "../../dist/gate/release-policy.js";
import { engine } from "../../dist/io/engine-node.js";
import { newKeyPair } from "../../dist/io/key-pair.js";
import { keyIdOf } from "../../dist/keys/public-key.js";
import { approvalMessages } from "../../dist/receipt/signed-bytes.js";
import { dataFolder, root } from "./run.mjs";

const owner = "user:owner@acme.example";

/** Makes it anew in a folder of bench/.data, and returns its configuration. */
export async function makeGateWorld(name, adapter) {
  const folder = join(dataFolder, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const keyOf = (file, role, holder) => {
    const { privatePem, publicKey } = newKeyPair();
    writeFileSync(join(folder, `${file}.pem`), privatePem, { mode: 0o600 });
    return { id: keyIdOf(engine.sha3_256, publicKey), role, holder, public_key: encodeBase64(publicKey) };
  };
  const keys = [keyOf("ledger", "ledger", "gate:bench"), keyOf("owner", "approver", owner)];
  const group = { threshold: 1, members: [{ holder: owner }] };
  const write = (file, value) => writeFileSync(join(folder, file), JSON.stringify(value));
  write("keys.json", {
    format: "sclaw.keys/1",
    ledger: "acme.example/agents-bench",
    tiers: { T2_ELEVATED: ["release-managers"], T3_SOVEREIGN: ["policy-owners"] },
    groups: { "policy-owners": group, "release-managers": { ...group, threshold: 2, members: members(2) } },
    keys,
  });
  write("gate.json", {
    format: "sclaw.gate/1",
    ledger: "ledger.jsonl",
    ledger_key: "ledger.pem",
    keys: "keys.json",
    policy: "policy",
    pending: "pending",
    tenant: "tenant:acme/prod",
    agent: { id: "agent:mcp" },
    adapter,
  });
  cpSync(join(root, "test/mcp/policy"), join(folder, "policy"), { recursive: true });
  const config = readGateConfig(join(folder, "gate.json"));
  const { answer } = await releasePolicy(config, config.policy, { create: true });
  signAsOwner(config, answer.request.id, keys[1].id, readFileSync(join(folder, "owner.pem"), "utf8"));
  const released = await releasePolicy(config, config.policy);
  if (released.answer.kind !== "ran") throw new Error(JSON.stringify(released.answer));
  return config;
}

const members = (count) =>
  Array.from({ length: count }, (_, i) => ({ holder: `user:manager-${i}@acme.example` }));

function signAsOwner(config, id, signer, pem) {
  const pending = new PendingFolder(config.pending);
  const { draft, ledger } = pending.request(id).held;
  const unsigned = { approver: owner, signer, verdict: "approve", at: new Date().toISOString() };
  const message = approvalMessages(engine.sha3_256, { ...draft, ledger }, draft.approval)(unsigned);
  pending.sign(id, { ...unsigned, sig: encodeBase64(sign(null, message, createPrivateKey(pem))) });
}
