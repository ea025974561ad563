import { formatDigest } from "../../src/bytes/digest.js";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import type { HeldFile } from "../../src/gate/held-request.js";
import { PendingFolder } from "../../src/gate/pending-folder.js";
import { engine } from "../../src/io/engine-node.js";
import { canonicalize } from "../../src/json/canonical.js";
import type { Json } from "../../src/json/json.js";
import type { Time } from "../../src/json/time.js";
import type { Intent } from "../../src/receipt/intent.js";
import { holderOf } from "./gate-world.js";

/** So many minutes from now. */
export function inMinutes(minutes: number): Time {
  return new Date(Date.now() + minutes * 60_000).toISOString() as Time;
}

export const anIntent: Intent = {
  schema: "sclaw.intent/1",
  tenant: "tenant:acme/prod" as Intent["tenant"],
  agent: { id: "agent:sre-bot", on_behalf_of: "user:erin@acme.example" },
  adapter_id: "adapter:config@2.3",
  operation: "config.write",
  resource: "/etc/app.conf",
  params: { environment: "prod", replicas: 3 },
};

/** A request as a gate would publish it, made a minute ago; no gate and no ledger has to do with it. */
export function heldRequest(id: string, change: Partial<Intent> = {}, minutes = [-1, 60]): HeldFile {
  const intent = { ...anIntent, ...change };
  const bytes = encodeUtf8(canonicalize(intent as unknown as Json));
  const [from, until] = minutes.map(inMinutes) as [Time, Time];
  return {
    format: "sclaw.held/1",
    ledger: "acme.example/agents-test",
    session: "test",
    intent,
    draft: {
      correlation_id: id,
      tenant: intent.tenant,
      agent: intent.agent,
      adapter_id: intent.adapter_id,
      ir_hash: formatDigest(engine.sha3_256(bytes)),
      nonce: "AAAAAAAAAAAAAAAAAAAAAA==",
      facts: { environment: "prod", path: "/etc/app.conf" },
      risk_tier: "T2_ELEVATED",
      policy: { version: "platform-2026.06.01@v3", hash: formatDigest(engine.sha3_256(new Uint8Array())) },
      decision: "approval",
      rationale: { rules: ["P-020"], summary: "production configuration needs two release managers" },
      approval: {
        state: "pending",
        required: [{ group: "release-managers", threshold: 2 }],
        requested_at: from,
        expires_at: until,
        signatures: [],
      },
      decided_at: from,
      outcome: { status: "not_executed" },
    },
  };
}

/** Publishes a request in a folder. */
export function publish(folder: string, held: HeldFile): PendingFolder {
  const pending = new PendingFolder(folder);
  pending.publish(held.draft.correlation_id, held);
  return pending;
}

export const self: Partial<Intent> = { agent: { id: "agent:sre-bot", on_behalf_of: holderOf("alice") } };
