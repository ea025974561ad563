/**
 * A writer in a process of its own, whose system calls tests make fail: `node writer-process.mjs
 * FOLDER`. Tells each receipt that is durable, and in the end what failed, as lines of JSON.
 */
import { randomFillSync } from "node:crypto";
import { writeSync } from "node:fs";
import { join } from "node:path";
import { readGateConfig } from "../../dist/gate/config.js";
import { engine } from "../../dist/io/engine-node.js";
import { loadTrust } from "../../dist/io/load-trust.js";
import { loadPrivateKey } from "../../dist/io/private-key.js";
import { LedgerWriter } from "../../dist/writer/ledger-writer.js";

const tell = (value) => writeSync(1, `${JSON.stringify(value)}\n`);
const config = readGateConfig(join(process.argv[2], "gate.json"));

function draftOf(number) {
  const at = "2026-06-01T12:00:00.000Z";
  return {
    correlation_id: `corr_${number}`,
    tenant: "tenant:acme/prod",
    agent: { id: "agent:x" },
    adapter_id: "adapter:x@1",
    ir_hash: `sha3-256:${"0".repeat(64)}`,
    nonce: Buffer.from(randomFillSync(new Uint8Array(16))).toString("base64"),
    facts: {},
    risk_tier: "T0_OBSERVE",
    policy: { version: "test@1", hash: `sha3-256:${"0".repeat(64)}` },
    decision: "allow",
    rationale: { rules: ["R-1"], summary: "" },
    approval: { state: "not_required" },
    decided_at: at,
    outcome: { status: "executed", started_at: at, completed_at: at },
  };
}

try {
  const writer = await LedgerWriter.open({
    path: config.ledger,
    trust: loadTrust({ path: config.keys, namedBy: "option" }, undefined),
    signer: await loadPrivateKey(config.ledgerKey, async () => ""),
    engine,
    clock: () => new Date().toISOString(),
    random: (bytes) => randomFillSync(new Uint8Array(bytes)),
    checkpoint: { receipts: 4, seconds: 3600 },
    create: true,
  });
  try {
    for (let batch = 0; batch < 3; batch++)
      await Promise.all(
        [0, 1, 2].map(async (i) => {
          const { seq, receipt_id } = await writer.append(draftOf(3 * batch + i), undefined);
          tell({ seq, receipt_id });
        }),
      );
  } finally {
    await writer.close();
  }
  tell({ closed: true });
} catch (error) {
  tell({ failed: error.message, kind: error.constructor.name });
}
