import type { HeldRequest, Refused } from "../gate/contract.js";
import type { JsonObject } from "../json/json.js";
import type { ErrorCode, RequestId } from "./message.js";

/** Where a refusal stands for programs, in `_meta` of a result and in `data` of an error. */
const decisionKey = "dev.sclaw/decision";
/** Where a server finds the receipt's correlation id, in `_meta` of the request. */
export const correlationKey = "dev.sclaw/correlation_id";

/** The error for what was permitted by its form and not by the policy; of a server's own range. */
const refusedCode = -32090;

/** What a program is told of a refusal. */
export function decisionOf(refused: Refused): JsonObject {
  const { why, decision, receipt, irHash, request } = refused;
  return {
    outcome: why,
    decision: decision.decision,
    tier: decision.tier,
    rules: decision.rules,
    receipt_id: receipt.receipt_id,
    ir_hash: irHash,
    ...(request === undefined
      ? {}
      : {
          request: {
            id: request.id,
            required: request.required.map(({ group, threshold }) => ({ group, threshold })),
            counted: request.counted.map(({ group, threshold }) => ({ group, threshold })),
            expires_at: request.expiresAt,
          },
        }),
  };
}

/** What a model, and the person behind it, is told of a refusal. */
export function explain(refused: Refused): string {
  const { why, decision, receipt, request } = refused;
  const by = `${decision.tier}, by ${decision.rules.join(", ")}`;
  const lines = [`sclaw: ${headlines[why]} (${by}): ${decision.why.join("; ")}`];
  if (request !== undefined) {
    lines.push(`${waitsFor(request)}, until ${request.expiresAt}.`);
    if (why === "held")
      lines.push(`People sign with: sclaw approve ${request.id}`, "Then make the same call again.");
  }
  return [...lines, `Receipt ${receipt.receipt_id}.`].join("\n");
}

const headlines: { readonly [W in Refused["why"]]: string } = {
  denied: "denied",
  held: "not run, waits for people's signatures",
  rejected: "not run, a person rejected it",
  expired: "not run, nobody signed in time",
  withdrawn: "not run, withdrawn",
};

/** The refusal of a tool call: a normal result, which the model reads. */
export function refusedResult(id: RequestId, refused: Refused, isStateless: boolean): JsonObject {
  return {
    jsonrpc: "2.0",
    id,
    result: {
      content: [{ type: "text", text: explain(refused) }],
      isError: true,
      _meta: { [decisionKey]: decisionOf(refused) },
      ...(isStateless ? { resultType: "complete" } : {}),
    },
  };
}

/** The refusal of a request whose results have no place for it. */
export function refusedError(
  id: RequestId | null,
  refused: Refused,
  code: ErrorCode | typeof refusedCode = refusedCode,
): JsonObject {
  return {
    jsonrpc: "2.0",
    id,
    error: { code, message: explain(refused), data: { [decisionKey]: decisionOf(refused) } },
  };
}

/** The error of a call whose outcome the gate will never learn, its server being gone. */
export function lostError(id: RequestId, receiptId: string): JsonObject {
  return endedError(id, receiptId, "unknown", "the server ended before it answered: it may have run");
}

/** The error of a permitted call that came too late for its server. */
export function notSentError(id: RequestId, receiptId: string): JsonObject {
  return endedError(id, receiptId, "failed", "the server had ended: it did not run");
}

function endedError(id: RequestId, receiptId: string, outcome: string, what: string): JsonObject {
  return {
    jsonrpc: "2.0",
    id,
    error: {
      code: refusedCode,
      message: `sclaw: ${what}. Receipt ${receiptId}.`,
      data: { [decisionKey]: { outcome, receipt_id: receiptId } },
    },
  };
}

/** What a held request still needs, in words. */
export function waitsFor({ id, required, counted }: HeldRequest): string {
  const signed = new Map(counted.map(({ group, threshold }) => [group, threshold]));
  const needs = required.map(
    ({ group, threshold }) => `${signed.get(group) ?? 0} of ${threshold} signatures of ${group}`,
  );
  return `request ${id} has ${needs.join(", ")}`;
}

/** Tells a client that waits for signatures; far below any progress that the server will report. */
export function waitingProgress(token: string | number, count: number, message: string): JsonObject {
  return {
    jsonrpc: "2.0",
    method: "notifications/progress",
    params: { progressToken: token, progress: count / 1_000_000, message },
  };
}
