// Makes the worked example of docs/format.md from fixed seeds, and writes it into the page:
//     node test/docs/support/make-example.mjs
// It shares no code with src/; format-example.test.ts recomputes every value once more.
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import canonicalize from "canonicalize";

const origin = "acme.example/agents-prod";
const tenant = "tenant:acme-health/prod";

const H = (...parts) =>
  createHash("sha3-256")
    .update(Buffer.concat(parts.map(bytes)))
    .digest();
const sha256 = (...parts) =>
  createHash("sha256")
    .update(Buffer.concat(parts.map(bytes)))
    .digest();
const bytes = (part) => (typeof part === "string" ? Buffer.from(part, "utf8") : part);
const text = (hash) => `sha3-256:${hash.toString("hex")}`;
const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex");

function keyFrom(byte) {
  const seed = Buffer.alloc(32, byte);
  const key = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
  const hash = H(publicKey);
  return {
    seed,
    publicKey,
    hash,
    id: `ed25519:${hash.toString("hex").slice(0, 32)}`,
    sign: (message) => sign(null, message, key),
  };
}

/** `rcpt_` and a ULID of this time whose random part is a small number. */
function receiptId(time, number) {
  const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  let value = (BigInt(Date.parse(time)) << 80n) | BigInt(number);
  let id = "";
  for (let i = 0; i < 26; i++, value >>= 5n) id = digits[Number(value & 31n)] + id;
  return `rcpt_${id}`;
}

/** The example's files and values, by the name of the block that holds them. */
export function exampleBlocks() {
  const ledgerKey = keyFrom(1);
  const approverKey = keyFrom(2);
  const approver = "user:alice@acme.example";
  const trust = {
    format: "sclaw.keys/1",
    ledger: origin,
    tiers: { T2_ELEVATED: ["release-managers"], T3_SOVEREIGN: ["release-managers"] },
    groups: { "release-managers": { threshold: 1, members: [{ holder: approver }] } },
    keys: [
      {
        id: ledgerKey.id,
        role: "ledger",
        holder: "runtime:gate-1",
        public_key: ledgerKey.publicKey.toString("base64"),
      },
      {
        id: approverKey.id,
        role: "approver",
        holder: approver,
        public_key: approverKey.publicKey.toString("base64"),
      },
    ],
  };

  const agent = { id: "agent:sre-bot", on_behalf_of: "user:dana@acme.example" };
  const intent = {
    schema: "sclaw.intent/1",
    tenant,
    agent,
    adapter_id: "adapter:records@2",
    operation: "records.export",
    resource: "record-set:9756",
    params: { limit: 100, note: "Zürich" },
  };
  const intentText = canonicalize(intent);
  const irHash = text(H(intentText));
  const request = {
    required: [{ group: "release-managers", threshold: 1 }],
    requested_at: "2026-06-01T08:00:00.100Z",
    expires_at: "2026-06-01T12:00:00.100Z",
  };
  const shared = {
    schema: "sclaw.receipt/1",
    ledger: origin,
    correlation_id: "corr_example-1",
    tenant,
    agent,
    adapter_id: intent.adapter_id,
    ir_hash: irHash,
    nonce: Buffer.alloc(16, 0xaa).toString("base64"),
    facts: { destructive: false, environment: "prod", operation_class: "export" },
    risk_tier: "T2_ELEVATED",
    policy: { version: "bundle-2026.06.01@v7", hash: text(H("the policy bundle of this example")) },
    decision: "approval",
    rationale: { rules: ["R-014"], summary: "exports from prod need a release manager" },
    signer: ledgerKey.id,
  };
  const held = {
    ...shared,
    seq: 0,
    prev: text(Buffer.alloc(32)),
    receipt_id: receiptId("2026-06-01T08:00:00.100Z", 1),
    approval: { state: "pending", ...request, signatures: [] },
    decided_at: "2026-06-01T08:00:00.100Z",
    outcome: { status: "not_executed" },
    issued_at: "2026-06-01T08:00:00.120Z",
  };
  const first = entryOf(held, ledgerKey);

  const at = "2026-06-01T08:03:10.000Z";
  const statement = canonicalize({
    adapter_id: shared.adapter_id,
    approver,
    at,
    expires_at: request.expires_at,
    facts: shared.facts,
    ir_hash: irHash,
    ledger: origin,
    nonce: shared.nonce,
    policy_hash: shared.policy.hash,
    required: request.required,
    requested_at: request.requested_at,
    risk_tier: shared.risk_tier,
    tenant,
    verdict: "approve",
  });
  const statementHash = H(statement);
  const approvalMessage = Buffer.concat([bytes("sclaw.approve/1"), statementHash]);
  const approvalSig = approverKey.sign(approvalMessage);
  const resolved = {
    ...shared,
    seq: 1,
    prev: text(first.leaf),
    receipt_id: receiptId("2026-06-01T08:03:11.000Z", 2),
    approval: {
      state: "granted",
      ...request,
      signatures: [
        { approver, signer: approverKey.id, verdict: "approve", at, sig: approvalSig.toString("base64") },
      ],
    },
    decided_at: "2026-06-01T08:03:11.000Z",
    outcome: {
      status: "executed",
      started_at: "2026-06-01T08:03:11.010Z",
      completed_at: "2026-06-01T08:03:11.500Z",
      result_hash: text(H("the result of this example")),
    },
    issued_at: "2026-06-01T08:03:11.510Z",
  };
  const second = entryOf(resolved, ledgerKey);

  const root = H(Buffer.of(1), first.leaf, second.leaf);
  const noteText = `${origin}\n2\n${root.toString("base64")}\n`;
  const keyHash = sha256(origin, Buffer.of(0x0a, 0x01), ledgerKey.publicKey).subarray(0, 4);
  const noteSig = ledgerKey.sign(bytes(noteText));
  const note = `${noteText}\n\u2014 ${origin} ${Buffer.concat([keyHash, noteSig]).toString("base64")}\n`;

  const lines = [
    ...[held, resolved].map((receipt, i) => ({
      intent,
      receipt,
      sig: [first, second][i].sig.toString("base64"),
    })),
    { checkpoint: note },
  ];
  const values = [
    ["ledger key: seed (private)", ledgerKey.seed.toString("hex")],
    ["ledger key: public key", ledgerKey.publicKey.toString("hex")],
    ["ledger key: H(public key)", ledgerKey.hash.toString("hex")],
    ["ledger key: id", ledgerKey.id],
    ["approver key: seed (private)", approverKey.seed.toString("hex")],
    ["approver key: public key", approverKey.publicKey.toString("hex")],
    ["approver key: H(public key)", approverKey.hash.toString("hex")],
    ["approver key: id", approverKey.id],
    ["trust file: fingerprint", text(H(canonicalize(trust)))],
    ["intent: canonical bytes", intentText],
    ["intent: ir_hash", irHash],
    ["scope of the tenant", text(H("sclaw.scope/1", tenant))],
    ...receiptValues("receipt 0", first),
    ["approval: statement", statement],
    ["approval: H(statement)", statementHash.toString("hex")],
    ["approval: signed message", approvalMessage.toString("hex")],
    ["approval: sig", approvalSig.toString("base64")],
    ...receiptValues("receipt 1", second),
    ["root of size 1", text(first.leaf)],
    ["root of size 2", text(root)],
    ["checkpoint: text", JSON.stringify(noteText)],
    ["checkpoint: key hash", keyHash.toString("hex")],
    ["checkpoint: signature", noteSig.toString("base64")],
    ["checkpoint: note", JSON.stringify(note)],
  ];
  return {
    "keys.json": JSON.stringify(trust, undefined, 2),
    "ledger.jsonl": lines.map((line) => canonicalize(line)).join("\n"),
    values: values.map(([name, value]) => `${name} = ${value}`).join("\n"),
  };
}

function entryOf(receipt, key) {
  const canonical = canonicalize(receipt);
  const digest = H(canonical);
  const message = Buffer.concat([bytes("sclaw.receipt/1"), digest]);
  const sig = key.sign(message);
  const leaf = H(Buffer.of(0), H("sclaw.scope/1", receipt.tenant), digest, sig);
  return { canonical, digest, message, sig, leaf };
}

function receiptValues(name, { canonical, digest, message, sig, leaf }) {
  return [
    [`${name}: canonical bytes`, canonical],
    [`${name}: digest`, digest.toString("hex")],
    [`${name}: signed message`, message.toString("hex")],
    [`${name}: sig`, sig.toString("base64")],
    [`${name}: leaf`, leaf.toString("hex")],
  ];
}

export function withExample(page) {
  let result = page;
  for (const [name, content] of Object.entries(exampleBlocks())) {
    const block = new RegExp(
      `(<!-- example: ${name.replace(".", "\\.")} -->\n+\`\`\`[a-z]*\n)[\\s\\S]*?(\`\`\`\n)`,
    );
    if (!block.test(result))
      throw new Error(`expected a fenced block after <!-- example: ${name} -->, found none`);
    result = result.replace(block, (_, open, close) => `${open}${content}\n${close}`);
  }
  return result;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const page = fileURLToPath(new URL("../../../docs/format.md", import.meta.url));
  writeFileSync(page, withExample(readFileSync(page, "utf8")));
}
