import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { digestText, jcs, sha3 } from "../../fixtures/make/bytes.mjs";
import { Ledger } from "../../fixtures/make/ledger.mjs";
import type { Loose } from "../../fixtures/make/loose.mjs";
import { root } from "../support/sclaw.js";

/** A bundle's hash by docs/policy.md, with nothing of src. */
export function hashOf(name: string): string {
  const folder = join(root, "fixtures/policies", name);
  const files = Object.fromEntries(
    readdirSync(folder).map((file) => [file, digestText(sha3(readFileSync(join(folder, file))))]),
  );
  return digestText(sha3(jcs({ format: "sclaw.policy/1", language: "cedar/4", files })));
}

const config = "adapter:config@2.3";
const kubernetes = "adapter:kubernetes@1.31";
const sre = { id: "agent:sre-bot" };
const releasers = [{ group: "release-managers", threshold: 2 }];
const oncallAndReleasers = [...releasers, { group: "security-oncall", threshold: 1 }];
const owners = [{ group: "platform-owners", threshold: 2 }];

/** What the platform bundle decides, written by hand: a ledger of a gate that did its work. */
const drafts: readonly Loose[] = [
  {
    operation: "config.read",
    adapter_id: config,
    resource: "/etc/app.conf",
    params: {},
    facts: { path: "/etc/app.conf" },
    rules: ["P-010"],
  },
  {
    operation: "config.write",
    adapter_id: config,
    resource: "/etc/app.conf",
    params: { environment: "dev" },
    facts: { environment: "dev", path: "/etc/app.conf" },
    tier: "T1_STANDARD",
    rules: ["P-011"],
  },
  {
    operation: "config.read",
    adapter_id: config,
    resource: "/etc/app/../secrets/db",
    params: {},
    facts: { path: "/etc/secrets/db" },
    tier: "T2_ELEVATED",
    decision: "deny",
    status: "not_executed",
    rules: ["P-003"],
  },
  {
    operation: "config.write",
    adapter_id: config,
    resource: "/etc/app.conf",
    params: { environment: "prod" },
    facts: { environment: "prod", path: "/etc/app.conf" },
    tier: "T2_ELEVATED",
    decision: "approval",
    rules: ["P-020"],
    required: releasers,
    signatures: ["alice", "bob"],
  },
  {
    operation: "deployment.restart",
    adapter_id: kubernetes,
    resource: "deployment:web",
    params: { namespace: "prod/shop", replicas: 3 },
    facts: { environment: "prod", replicas: 3, service: "web" },
    tier: "T2_ELEVATED",
    decision: "escalate",
    rules: ["P-021", "P-023"],
    required: oncallAndReleasers,
    signatures: ["alice", "bob", "carol"],
    // A Sunday.
    at: Date.parse("2026-06-07T12:00:00.000Z"),
  },
  {
    operation: "role.delete",
    adapter_id: "adapter:iam@4.0",
    resource: "role:reader",
    params: {},
    facts: { break_glass: false },
    tier: "T3_SOVEREIGN",
    decision: "approval",
    rules: ["P-024"],
    required: owners,
    signatures: [{ by: "erin", verdict: "reject" }],
    at: Date.parse("2026-06-08T12:00:00.000Z"),
  },
  {
    operation: "role.create",
    adapter_id: "adapter:iam@4.0",
    resource: "role:x",
    params: {},
    facts: {},
    tier: "T3_SOVEREIGN",
    decision: "deny",
    status: "not_executed",
    rules: ["invalid-request"],
    at: Date.parse("2026-06-08T13:00:00.000Z"),
  },
];

/** How a receipt of the story is altered by who holds the ledger's key: everything signed verifies. */
export type Alter = (receipt: Loose, place: number) => void;

/**
 * The story's ledger: 10 receipts, of which 3 hold a request. `alter` edits each receipt before
 * anybody signs.
 */
export function policyLedger(alter: Alter = () => {}, version = "platform-2026.06.01@v3"): Ledger {
  const ledger = new Ledger({ label: "policy", keyAt: () => "gate-1" });
  const hash = hashOf("platform");
  for (const { rules, required, signatures, ...draft } of drafts) {
    const common = {
      tenant: "tenant:acme/prod",
      agent: sre,
      ...draft,
      draft: (receipt: Loose) => {
        receipt.policy = { version, hash };
        receipt.rationale = { rules, summary: "by policy" };
        alter(receipt, ledger.size);
      },
    };
    if (required === undefined) ledger.add(common);
    else {
      const held = ledger.hold({ ...common, required } as never);
      const rejected = signatures.some((one: Loose) => one.verdict === "reject");
      const at = (common as Loose).at === undefined ? {} : { at: (common as Loose).at + 60_000 };
      ledger.resolve(held, rejected ? "rejected" : "granted", { signatures, ...at } as never);
    }
  }
  return ledger.checkpoint();
}
