import { formatDigest } from "../bytes/digest.js";
import type { AdapterCall, AdapterResult, HeldRequest, Proposal, Ran, Refused } from "../gate/contract.js";
import { canonicalBytes } from "../json/canonical.js";
import type { JsonObject } from "../json/json.js";
import {
  correlationKey,
  lostError,
  notSentError,
  refusedError,
  refusedResult,
  waitingProgress,
  waitsFor,
} from "./answers.js";
import { type Call, textAt } from "./call.js";
import type { Request } from "./message.js";
import { OpenCall } from "./open-requests.js";
import { identity, recordRefusal } from "./refuse.js";
import type { Wiring } from "./wiring.js";
import { writeLine } from "./write-line.js";

/** A waiting call is told of every so many looks at the signatures. */
const looksATold = 5;

/**
 * One gated call from proposal to answer: decided, recorded as about to run, given to the server,
 * recorded with its outcome, and only then answered. `onStage` is told when it has left the decision.
 */
export async function runCall(
  wiring: Wiring,
  request: Request,
  call: Call,
  bytes: Uint8Array,
  onStage: () => void,
): Promise<void> {
  const { gate, open, client, holdFor } = wiring;
  const { id, method } = request;
  const opened = new OpenCall(call, onStage);
  open.add({ id, method, gated: opened });
  const changed = method === "tools/call" ? wiring.definitions.problem(call.operation) : undefined;
  if (changed !== undefined) {
    const refused = await recordRefusal(wiring, bytes, changed.reason, changed.about);
    answerRefused(wiring, request, opened, refused);
    return;
  }
  const ended = await gate.run(proposalOf(wiring, call), (to) => send(wiring, request, opened, to), {
    holdFor,
    signal: opened.withdraw.signal,
    onWaiting: waiting(wiring, opened),
  });
  if (ended.kind === "refused") {
    answerRefused(wiring, request, opened, ended);
    return;
  }
  const mayComeLate = opened.isSent && !opened.isAnswered;
  if (mayComeLate) open.retire(id);
  else open.close(id);
  opened.markRecorded();
  if (!opened.isAnswered && !opened.isCancelled) client.say(writeLine(unanswered(request, opened, ended)));
}

/** The intent: who asks is the operator's word, what is asked is the client's. */
function proposalOf({ caller, operation, sha3 }: Wiring, call: Call): Proposal {
  const { tenant, agent, adapterId, session } = caller;
  const pointer = operation(call.operation)?.resource;
  return {
    session,
    intent: {
      schema: "sclaw.intent/1",
      tenant,
      agent,
      adapter_id: adapterId,
      operation: call.operation,
      resource: (pointer === undefined ? undefined : textAt(call.params, pointer)) ?? call.resource,
      params: call.params,
    },
    ext:
      call.inputs === undefined
        ? identity
        : { ...identity, inputs: formatDigest(sha3(canonicalBytes(call.inputs))) },
  };
}

/** Gives a permitted call to the server, and waits for its answer. */
function send(
  { server }: Wiring,
  request: Request,
  opened: OpenCall,
  { correlationId }: AdapterCall,
): Promise<AdapterResult> {
  if (opened.isCancelled) return notSent("cancelled", "the client cancelled it before it was sent");
  if (!server.isOpen) return notSent("server-ended", "the server had ended before it was sent");
  const outcome = opened.outcome();
  const params = request.params ?? {};
  const meta = (params["_meta"] ?? {}) as JsonObject;
  server.write(
    writeLine({
      ...request.json,
      params: { ...params, _meta: { ...meta, [correlationKey]: correlationId } },
    }),
  );
  opened.enter("sent");
  return outcome;
}

function notSent(code: string, message: string): Promise<AdapterResult> {
  return Promise.resolve({ status: "failed", error: { code, message } });
}

function waiting({ client }: Wiring, opened: OpenCall) {
  const { progressToken } = opened.call;
  let looks = 0;
  return (request: HeldRequest) => {
    if (looks === 0) opened.enter("held");
    if (progressToken !== undefined && looks % looksATold === 0)
      client.say(writeLine(waitingProgress(progressToken, looks + 1, waitsFor(request))));
    looks++;
  };
}

/** A cancelled request gets no answer: its client has closed it. */
function answerRefused({ open, client }: Wiring, request: Request, opened: OpenCall, refused: Refused): void {
  open.close(request.id);
  if (opened.isCancelled) return;
  const isResult = request.method === "tools/call";
  const answer = isResult
    ? refusedResult(request.id, refused, opened.call.isStateless)
    : refusedError(request.id, refused);
  client.say(writeLine(answer));
}

function unanswered({ id }: Request, { isSent }: OpenCall, { receipt }: Ran): JsonObject {
  return isSent ? lostError(id, receipt.receipt_id) : notSentError(id, receipt.receipt_id);
}
