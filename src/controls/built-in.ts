import type { Control } from "./control.js";

/** The built-in catalogue of controls (docs/controls.md); `--controls` extends or replaces it. */
export const builtInControls: readonly Control[] = [
  {
    id: "SC-LA-1",
    title: "Authority before execution",
    objective: "Nothing reaches an adapter without a decision that permits it.",
    criteria: { "CC6.1": "direct", "CC6.3": "supporting", "PI1.2": "supporting" },
    population: { unit: "request", filter: {} },
    attributes: [
      { letter: "A", text: "decided before it was executed", codes: ["control.time-order"] },
      {
        letter: "B",
        text: "not executed where it was denied, pending or not granted",
        codes: ["control.executed-without-authority"],
      },
      {
        letter: "C",
        text: "adapter, tenant and agent agree with the intent",
        codes: ["intent.mismatch", "intent.hash", "intent.schema"],
      },
      {
        letter: "D",
        text: "what the execution log lists has a receipt that ran",
        codes: ["control.execution-unrecorded"],
      },
    ],
  },
  {
    id: "SC-LA-2",
    title: "Known parties only",
    objective: "Only rostered agents, adapters and tenants act.",
    criteria: { "CC6.1": "supporting", "CC6.2": "supporting", "CC6.8": "weak", "C1.1": "supporting" },
    population: { unit: "request", filter: {} },
    attributes: [
      { letter: "A", text: "the agent is in the register", codes: ["control.agent-not-rostered"] },
      { letter: "B", text: "the adapter is in the register", codes: ["control.adapter-not-rostered"] },
      { letter: "C", text: "the tenant is in the register", codes: ["control.tenant-not-rostered"] },
    ],
  },
  {
    id: "SC-LA-3",
    title: "Independent approval",
    objective: "Elevated and sovereign operations need independent people.",
    criteria: { "CC6.3": "direct", "CC8.1": "supporting", "CC5.1": "supporting" },
    population: { unit: "request", filter: { tier: ["T2_ELEVATED", "T3_SOVEREIGN"], ran: "yes" } },
    attributes: [
      {
        letter: "A",
        text: "the threshold was met by distinct people",
        codes: [
          "control.tier-without-approval",
          "approval.quorum",
          "approval.repeated",
          "approval.not-member",
          "approval.tier-group",
          "approval.one-person-two-groups",
        ],
      },
      { letter: "B", text: "nobody approved their own request", codes: ["approval.self"] },
      {
        letter: "C",
        text: "approved before execution, while the request was open",
        codes: ["approval.time"],
      },
      {
        letter: "D",
        text: "the approval binds this act",
        codes: ["approval.key", "approval.signature", "approval.lineage"],
      },
    ],
  },
  {
    id: "SC-LA-4",
    title: "One authority, one execution",
    objective: "An authority is used for one execution only.",
    criteria: { "CC6.1": "supporting" },
    population: { unit: "request", filter: { ran: "yes" } },
    attributes: [{ letter: "A", text: "its nonce was used once", codes: ["nonce.reused"] }],
  },
  {
    id: "SC-CM-1",
    title: "Released policies only",
    objective: "Only released policy versions decide, and a release needs its owners.",
    criteria: { "CC8.1": "supporting", "CC5.3": "supporting", "CC7.1": "weak", "CC3.4": "weak" },
    population: { unit: "request", filter: {} },
    attributes: [
      {
        letter: "A",
        text: "the policy that decided was released at the time",
        codes: ["control.policy-not-released"],
      },
    ],
  },
  {
    id: "SC-CM-2",
    title: "Decision follows policy",
    objective: "The decision follows from the policy.",
    criteria: { "CC6.1": "direct", "CC4.1": "supporting", "PI1.3": "supporting", "CC3.2": "weak" },
    population: { unit: "request", filter: { intent: "disclosed" } },
    attributes: [
      { letter: "A", text: "decided again, the decision is the same", codes: ["control.decision-differs"] },
    ],
  },
  {
    id: "SC-LM-1",
    title: "Record without gaps",
    objective: "The record has no gap.",
    criteria: { "CC7.2": "supporting", "CC2.1": "supporting", "PI1.5": "supporting" },
    population: { unit: "ledger", filter: {} },
    attributes: [
      {
        letter: "A",
        text: "every line is read in its one form",
        codes: [
          "encoding.not-json",
          "encoding.not-canonical",
          "encoding.duplicate-key",
          "encoding.invalid-unicode",
          "encoding.line-too-long",
          "encoding.too-deep",
          "encoding.torn-line",
          "line.unknown",
          "line.empty",
          "receipt.schema",
        ],
      },
      {
        letter: "B",
        text: "sequence and chain are whole",
        codes: [
          "seq.gap",
          "seq.repeated",
          "seq.order",
          "chain.prev",
          "chain.time",
          "receipt.id-order",
          "ledger.mismatch",
          "range.frontier",
          "range.start",
        ],
      },
      {
        letter: "C",
        text: "tree and checkpoints agree",
        codes: [
          "checkpoint.signature",
          "checkpoint.size",
          "checkpoint.root",
          "checkpoint.missing",
          "checkpoint.uncovered",
          "checkpoint.cosignature",
          "history.rewritten",
          "history.truncated",
        ],
      },
      {
        letter: "D",
        text: "nothing is withheld but what was agreed to",
        codes: ["entry.withheld", "entry.withheld-in-scope"],
      },
    ],
  },
  {
    id: "SC-LM-2",
    title: "Authentic record",
    objective: "The record is authentic.",
    criteria: { "CC7.2": "supporting", "CC2.1": "supporting", "PI1.5": "supporting" },
    population: { unit: "receipt", filter: {} },
    attributes: [
      { letter: "A", text: "its signature verifies", codes: ["signature.invalid"] },
      {
        letter: "B",
        text: "its key was a valid ledger key there",
        codes: ["key.unknown", "key.not-valid", "key.role"],
      },
    ],
  },
  {
    id: "SC-LM-3",
    title: "Held operations resolved",
    objective: "Held operations are resolved in time.",
    criteria: { "CC7.3": "supporting", "CC7.2": "supporting" },
    population: { unit: "request", filter: { decision: ["approval", "escalate"] } },
    attributes: [{ letter: "A", text: "resolved within the agreed time", codes: ["control.unresolved"] }],
  },
  {
    id: "SC-LM-4",
    title: "Known outcomes",
    objective: "Every permitted operation has an outcome.",
    criteria: { "CC7.2": "supporting", "CC7.4": "weak", "PI1.3": "supporting", "PI1.4": "weak" },
    population: { unit: "request", filter: { permitted: "yes" } },
    attributes: [
      { letter: "A", text: "its outcome is known", codes: ["control.outcome-unknown"] },
      { letter: "B", text: "what ran is in the execution log", codes: ["control.execution-unlogged"] },
    ],
  },
];
