// Makes the worked example of docs/approvals.md from a fixed seed, and writes it into the page:
//     node test/docs/support/make-approval.mjs
// It shares no code with src/; approvals-example.test.ts holds src/ against it.
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import canonicalize from "canonicalize";

const sha3 = (data) => createHash("sha3-256").update(data).digest();
const text = (hash) => `sha3-256:${hash.toString("hex")}`;

/** The blocks of the page, by name. */
export function approvalBlocks() {
  const seed = Buffer.alloc(32, 2);
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
  const signer = `ed25519:${sha3(publicKey).toString("hex").slice(0, 32)}`;

  const agent = { id: "agent:sre-bot", on_behalf_of: "user:erin@acme.example" };
  const intent = {
    schema: "sclaw.intent/1",
    tenant: "tenant:acme/prod",
    agent,
    adapter_id: "adapter:config@2.3",
    operation: "config.write",
    resource: "/etc/app.conf",
    params: { environment: "prod", replicas: 3 },
  };
  const times = { requested_at: "2026-06-01T12:00:00.000Z", expires_at: "2026-06-01T13:00:00.000Z" };
  const approval = {
    state: "pending",
    required: [{ group: "release-managers", threshold: 2 }],
    ...times,
    signatures: [],
  };
  const draft = {
    correlation_id: "corr_K7vQm2x0R9aZt4LwBn8eHg",
    tenant: intent.tenant,
    agent,
    adapter_id: intent.adapter_id,
    ir_hash: text(sha3(canonicalize(intent))),
    nonce: "EBESExQVFhcYGRobHB0eHw==",
    facts: { environment: "prod", path: "/etc/app.conf" },
    risk_tier: "T2_ELEVATED",
    policy: { version: "platform-2026.06.01@v3", hash: text(sha3("the policy of the example")) },
    decision: "approval",
    rationale: { rules: ["P-020"], summary: "production configuration needs two release managers" },
    approval,
    decided_at: times.requested_at,
    outcome: { status: "not_executed" },
  };
  const ledger = "acme.example/agents-prod";
  const request = { format: "sclaw.held/1", ledger, session: "configured", intent, draft };

  const by = { approver: "user:alice@acme.example", at: "2026-06-01T12:04:00.000Z", verdict: "approve" };
  const { adapter_id, facts, ir_hash, nonce, risk_tier, tenant } = draft;
  const statement = canonicalize({
    ...{ adapter_id, facts, ir_hash, ledger, nonce, risk_tier, tenant, policy_hash: draft.policy.hash },
    ...{ ...by, ...times, required: approval.required },
  });
  const message = Buffer.concat([Buffer.from("sclaw.approve/1"), sha3(statement)]);
  const sig = sign(null, message, key).toString("base64");
  const values = [
    ["public key", publicKey.toString("base64")],
    ["key id", signer],
    ["statement", statement],
    ["H(statement)", sha3(statement).toString("hex")],
    ["signed message", message.toString("hex")],
    ["sig", sig],
  ];
  return {
    "request.json": JSON.stringify(request, undefined, 2),
    signing: values.map(([name, value]) => `${name} = ${value}`).join("\n"),
    "signature.json": JSON.stringify({ ...by, signer, sig }, undefined, 2),
  };
}

/** The page with its blocks as they are made. */
export function withApproval(page) {
  let result = page;
  for (const [name, content] of Object.entries(approvalBlocks())) {
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
  const page = fileURLToPath(new URL("../../../docs/approvals.md", import.meta.url));
  writeFileSync(page, withApproval(readFileSync(page, "utf8")));
}
