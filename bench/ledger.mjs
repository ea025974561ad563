/**
 * Receipts a second of the ledger writer with 1, 16 and 64 callers waiting, beside plain lines of
 * the same size that are written and flushed one by one, in turn: `node bench/ledger.mjs [ROUNDS]`.
 */
import { generateKeyPairSync, randomFillSync, sign } from "node:crypto";
import { closeSync, fdatasyncSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { engine } from "../dist/io/engine-node.js";
import { keyIdOf } from "../dist/keys/public-key.js";
import { readTrustFile } from "../dist/keys/trust-file.js";
import { LedgerWriter } from "../dist/writer/ledger-writer.js";

const rounds = Number(process.argv[2] ?? 5);
const folder = fileURLToPath(new URL(".data/ledger-writer/", import.meta.url));
const path = `${folder}ledger.jsonl`;

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const raw = new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(12));
const keyId = keyIdOf(engine.sha3_256, raw);
const signer = { keyId, publicKey: raw, sign: (message) => sign(null, message, privateKey) };
const trust = readTrustFile(
  Buffer.from(
    JSON.stringify({
      format: "sclaw.keys/1",
      ledger: "bench.example/agents",
      tiers: { T2_ELEVATED: ["owners"], T3_SOVEREIGN: ["owners"] },
      groups: { owners: { threshold: 1, members: [{ holder: "user:a" }] } },
      keys: [{ id: keyId, role: "ledger", holder: "bench", public_key: Buffer.from(raw).toString("base64") }],
    }),
  ),
  engine,
).trust;

const at = "2026-06-01T12:00:00.000Z";
const intentText = JSON.stringify({
  adapter_id: "adapter:config@2.3",
  agent: { id: "agent:sre-bot", on_behalf_of: "user:erin@acme.example" },
  operation: "config.read",
  params: { environment: "prod", path: "/etc/app/settings.json" },
  resource: "/etc/app/settings.json",
  schema: "sclaw.intent/1",
  tenant: "tenant:acme/prod",
});
const draft = {
  correlation_id: "corr_bench",
  tenant: "tenant:acme/prod",
  agent: { id: "agent:sre-bot", on_behalf_of: "user:erin@acme.example" },
  adapter_id: "adapter:config@2.3",
  ir_hash: `sha3-256:${Buffer.from(engine.sha3_256(Buffer.from(intentText))).toString("hex")}`,
  nonce: Buffer.alloc(16).toString("base64"),
  facts: { environment: "prod", path: "/etc/app/settings.json" },
  risk_tier: "T0_OBSERVE",
  policy: { version: "bench@1", hash: `sha3-256:${"0".repeat(64)}` },
  decision: "allow",
  rationale: { rules: ["P-010"], summary: "platform agents may read" },
  approval: { state: "not_required" },
  decided_at: at,
  outcome: { status: "executed", started_at: at, completed_at: at },
};

/** Receipts a second with so many callers, each of which waits for its own before the next. */
async function writer(callers, count) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const options = { path, trust, signer, engine, create: true, checkpoint: { receipts: 1000, seconds: 60 } };
  const random = (bytes) => randomFillSync(new Uint8Array(bytes));
  const ledger = await LedgerWriter.open({ ...options, random, clock: () => new Date().toISOString() });
  let left = count;
  const start = performance.now();
  const caller = async () => {
    while (left-- > 0) {
      const nonce = Buffer.from(random(16)).toString("base64");
      await ledger.append({ ...draft, nonce }, intentText);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const seconds = (performance.now() - start) / 1000;
  await ledger.close();
  return count / seconds;
}

/** Lines of the size of a receipt's, each written and flushed before the next. */
function plain(count, size) {
  const line = Buffer.alloc(size, "x");
  line[size - 1] = 0x0a;
  const file = openSync(`${folder}plain`, "w");
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    writeSync(file, line);
    fdatasyncSync(file);
  }
  const seconds = (performance.now() - start) / 1000;
  closeSync(file);
  return count / seconds;
}

/** Signatures alone: the receipts of a ledger are signed one after the other, each links to the one before. */
function signatures(count) {
  const message = new Uint8Array(47);
  const start = performance.now();
  for (let i = 0; i < count; i++) signer.sign(message);
  return count / ((performance.now() - start) / 1000);
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const figures = { plain: [], 1: [], 16: [], 64: [], signatures: [] };
await writer(64, 2000);
const size = readFileSync(path).indexOf("\n") + 1;
for (let round = 0; round < rounds; round++) {
  figures.plain.push(plain(1000, size));
  figures.signatures.push(signatures(4000));
  for (const callers of [1, 16, 64]) figures[callers].push(await writer(callers, callers * 400));
}
rmSync(folder, { recursive: true, force: true });

console.log(`receipts of ${size} bytes, medians of ${rounds} rounds in turn (lowest to highest)\n`);
const labels = { plain: "write and fdatasync, one by one", signatures: "signatures, no disk" };
const alone = median(figures[1]);
for (const [name, values] of Object.entries(figures)) {
  const label = labels[name] ?? `writer, ${name} waiting`;
  const spread = `${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)}`;
  console.log(
    `${label.padEnd(34)}${median(values).toFixed(0).padStart(8)}/s  ${(median(values) / alone).toFixed(1).padStart(5)} times one at a time  (${spread})`,
  );
}
