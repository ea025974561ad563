import type { DigestText } from "../bytes/digest.js";
import type { JsonObject } from "../json/json.js";
import type { Time } from "../json/time.js";
import type { PolicyDecision } from "../policy/decide.js";
import type { Approval, ApprovalRequest, ApprovalSignature } from "../receipt/approval.js";
import type { Intent } from "../receipt/intent.js";
import type { Outcome } from "../receipt/outcome.js";
import type { ReceiptDraft } from "../writer/receipt-draft.js";
import type { AdapterError, AdapterResult } from "./contract.js";

/** What all receipts of one request share. */
export interface RequestFacts {
  readonly intent: Intent;
  readonly irHash: DigestText;
  readonly policy: { readonly version: string; readonly hash: DigestText };
  readonly nonce: string;
  readonly correlationId: string;
  readonly ext?: JsonObject | undefined;
}

const mostSummary = 2000;

/** The draft of a decision that has not run: its outcome is `not_executed`. */
export function draftOf(
  { intent, irHash, policy, nonce, correlationId, ext }: RequestFacts,
  decision: PolicyDecision,
  decidedAt: Time,
  approval: Approval,
): ReceiptDraft {
  return {
    correlation_id: correlationId,
    tenant: intent.tenant,
    agent: intent.agent,
    adapter_id: intent.adapter_id,
    ir_hash: irHash,
    nonce,
    facts: decision.facts,
    risk_tier: decision.tier,
    policy,
    decision: decision.decision,
    rationale: { rules: decision.rules, summary: shortened(decision.why.join("; ")) },
    approval,
    decided_at: decidedAt,
    outcome: { status: "not_executed" },
    ...(ext === undefined ? {} : { ext }),
  };
}

/** The approval of a request in another state, with the signatures that count. */
export function approvalIn(
  request: ApprovalRequest,
  state: ApprovalRequest["state"],
  signatures: readonly ApprovalSignature[],
): ApprovalRequest {
  return { ...request, state, signatures };
}

/** What a receipt says of a call that reached its adapter. */
export function outcomeOf(
  result: AdapterResult,
  startedAt: Time,
  completedAt: Time,
  hash: (bytes: Uint8Array) => DigestText,
): Outcome {
  switch (result.status) {
    case "unknown":
      return { status: "unknown", started_at: startedAt, error: errorOf(result.error) };
    case "executed":
    case "failed":
      return {
        status: result.status,
        started_at: startedAt,
        completed_at: completedAt,
        ...(result.result === undefined ? {} : { result_hash: hash(result.result) }),
        ...(result.status === "failed" ? { error: errorOf(result.error) } : {}),
      };
  }
}

function errorOf({ code, message }: AdapterError): AdapterError {
  return { code: shortened(code), ...(message === undefined ? {} : { message: shortened(message) }) };
}

/** Texts from elsewhere are kept short in receipts, and well-formed. */
export function shortened(text: string): string {
  const whole = text.toWellFormed();
  return whole.length <= mostSummary ? whole : `${whole.slice(0, mostSummary).toWellFormed()}…`;
}
