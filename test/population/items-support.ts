import { packTime } from "../../src/json/time.js";
import type { Outline } from "../../src/ledger/outline.js";
import type { Item, ItemReceipt } from "../../src/population/item.js";
import type { Receipt } from "../../src/receipt/receipt.js";

const hash = `sha3-256:${"0".repeat(64)}`;

/** An item with what a test is about; the rest is plain. */
export function item(changes: Partial<Receipt> = {}, more: Partial<Item> = {}): Item {
  return { ...itemReceipt(changes, more), held: [], ...more };
}

export function itemReceipt(changes: Partial<Receipt> = {}, more: Partial<ItemReceipt> = {}): ItemReceipt {
  const seq = changes.seq ?? 0;
  const receipt = {
    schema: "sclaw.receipt/1",
    ledger: "acme.example/agents-prod",
    seq,
    prev: hash,
    receipt_id: receiptId(seq),
    correlation_id: `corr_${seq}`,
    tenant: "tenant:acme/prod",
    agent: { id: "agent:ops-1" },
    adapter_id: "adapter:crm@1",
    ir_hash: hash,
    nonce: `nonce${seq}`,
    facts: {},
    risk_tier: "T1_STANDARD",
    policy: { version: "v1", hash },
    decision: "allow",
    rationale: { rules: ["R-001"], summary: "" },
    approval: { state: "not_required" },
    decided_at: "2026-06-01T12:00:00.000Z",
    outcome: {
      status: "executed",
      started_at: "2026-06-01T12:00:00.000Z",
      completed_at: "2026-06-01T12:00:01.000Z",
    },
    issued_at: "2026-06-01T12:00:02.000Z",
    signer: "ed25519:00",
    ...changes,
  } as Receipt;
  const hasIntent = !("intent" in more) || more.intent !== undefined;
  return {
    outline: outlineOf(receipt, hasIntent),
    receipt,
    where: { line: seq + 1 },
    place: seq,
    leaf: hash as ItemReceipt["leaf"],
    intent: { operation: "records.read", resource: "crm/1" },
    members: {},
    problems: [],
    policyJudged: false,
    verified: true,
    keep: () => {},
    ...more,
  };
}

/** The outline of a receipt, as a record would have it. */
export function outlineOf(receipt: Receipt, hasIntent = true): Outline {
  return {
    seq: receipt.seq,
    decision: receipt.decision,
    tier: receipt.risk_tier,
    status: receipt.outcome.status,
    approval: receipt.approval.state,
    decidedAt: packTime(receipt.decided_at),
    issuedAt: packTime(receipt.issued_at),
    hasIntent,
    receiptId: receipt.receipt_id,
    nonce: receipt.nonce,
    agreed: "",
  };
}

/** A receipt id that is greater for a greater number. */
export function receiptId(number: number): Receipt["receipt_id"] {
  return `rcpt_01JX${number.toString(32).toUpperCase().padStart(22, "0")}`.replace(
    /[ILOU]/g,
    "Z",
  ) as Receipt["receipt_id"];
}

/** `approval` of a receipt in some state. */
export function approval(state: "pending" | "granted" | "rejected" | "expired"): Receipt["approval"] {
  return {
    state,
    required: [{ group: "release-managers", threshold: 2 }],
    requested_at: "2026-06-01T11:00:00.000Z",
    expires_at: "2026-06-02T11:00:00.000Z",
    signatures: [],
  } as unknown as Receipt["approval"];
}

/** An outcome that did not run. */
export const notExecuted = { status: "not_executed" } as Receipt["outcome"];
