/**
 * A gate in a process of its own, which tests kill: `node gate-process.mjs FOLDER SEED CALLS`. Eight
 * callers ask at once; what is held gets signed and asked again. Each answer is told on standard
 * output before the next call, as one line of JSON. The adapter keeps a log of its own, flushed.
 */
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { fdatasyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { encodeBase64 } from "../../dist/bytes/base64.js";
import { readGateConfig } from "../../dist/gate/config.js";
import { openGate } from "../../dist/gate/open-gate.js";
import { PendingFolder } from "../../dist/gate/pending-folder.js";
import { engine } from "../../dist/io/engine-node.js";
import { keyIdOf } from "../../dist/keys/public-key.js";
import { approvalMessages } from "../../dist/receipt/signed-bytes.js";
import { seeded } from "./seeded.mjs";

const [folder, seed, calls] = process.argv.slice(2);
const random = seeded(Number(seed));
const below = (limit) => Math.floor(random() * limit);
const tell = (value) => writeSync(1, `${JSON.stringify(value)}\n`);

const config = readGateConfig(join(folder, "gate.json"));
const pending = new PendingFolder(config.pending);
const log = openSync(join(folder, "adapter.log"), "a");

function approve(id, person) {
  const key = createPrivateKey(readFileSync(join(folder, `${person}.pem`)));
  const publicKey = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(12);
  const { draft, ledger } = pending.request(id).held;
  const unsigned = {
    approver: `user:${person}@acme.example`,
    signer: keyIdOf(engine.sha3_256, publicKey),
    verdict: "approve",
    at: new Date().toISOString(),
  };
  const message = approvalMessages(engine.sha3_256, { ...draft, ledger }, draft.approval)(unsigned);
  try {
    pending.sign(id, { ...unsigned, sig: encodeBase64(sign(null, message, key)) });
  } catch {
    // Signed before the process was killed the last time, or by another caller.
  }
}

/** Whoever runs something says so in a log that no crash of the gate can touch. */
async function adapter({ correlationId, nonce }) {
  writeSync(log, `${JSON.stringify({ correlationId, nonce })}\n`);
  fdatasyncSync(log);
  if (random() < 0.3) await pause(below(4));
  if (random() < 0.1) throw new Error("the adapter failed");
  return { status: "executed", result: Buffer.from(nonce) };
}

function proposal() {
  const kind = below(10);
  const [operation, resource, params] =
    kind < 3
      ? ["config.read", `/etc/app/${below(100)}`, {}]
      : kind < 5
        ? ["config.read", `/etc/secrets/${below(100)}`, {}]
        : kind < 6
          ? ["config.unknown", "x", {}]
          : ["config.write", `/etc/app/${below(6)}`, { environment: "prod" }];
  const { tenant, agent, adapter: adapter_id } = config;
  const intent = { schema: "sclaw.intent/1", tenant, agent, adapter_id, operation, resource, params };
  return { intent, session: "crash" };
}

async function caller(gate, next) {
  let asked;
  while (next()) {
    asked ??= proposal();
    const answer = await gate.run(asked, adapter);
    const { seq, receipt_id, correlation_id, outcome, approval } = answer.receipt;
    tell({ seq, receipt_id, correlation_id, status: outcome.status, state: approval.state });
    const isHeld = answer.kind === "refused" && answer.why === "held";
    if (!isHeld) {
      asked = undefined;
      continue;
    }
    for (const { group } of answer.request.required)
      for (const person of group === "security-oncall" ? ["dave"] : ["alice", "carol"])
        if (random() < 0.8) approve(answer.request.id, person);
    await pause(2);
  }
}

tell({ starting: true });
const { gate, recovered, torn } = await openGate(config, { wait: 60_000, calls: "few" });
tell({ opened: true, recovered: recovered.length, torn: torn !== undefined });
let left = Number(calls);
await Promise.all(Array.from({ length: 8 }, () => caller(gate, () => left-- > 0)));
await gate.close();
tell({ closed: true });
