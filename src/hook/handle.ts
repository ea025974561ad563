import type { HashFunction } from "../bytes/digest.js";
import type { AdapterResult, Gate, Proposal } from "../gate/contract.js";
import { canonicalBytes } from "../json/canonical.js";
import type { JsonObject } from "../json/json.js";
import type { Time } from "../json/time.js";
import { blockAnswer, denyAnswer, type HookAnswer, noObjection, reasonOf } from "./answer.js";
import { eventBytes, type HookEvent, readEvent } from "./event.js";
import { type Configured, callDigest, extOf, keyOf, proposalOf } from "./proposal.js";

/** What it takes to answer an event. */
export interface HookSetup extends Configured {
  readonly gate: Gate;
  readonly sha3: HashFunction;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long a held call waits for signatures before the agent is told; milliseconds. */
  readonly holdFor: number;
  /** For how long the outcome of a permitted call is awaited; milliseconds. Then it is unknown. */
  readonly outcomeWithin: number;
}

/**
 * Answers one event: decides a call that is about to run, records what came of one that ran.
 * Everything that is refused has a receipt. Throws where the gate cannot do its work: whoever
 * calls this has to block then.
 */
export async function answerEvent(setup: HookSetup, bytes: Uint8Array): Promise<HookAnswer> {
  if (bytes.length > eventBytes)
    return refuse(setup, bytes, `expected an event of at most ${eventBytes} bytes, found more`, {});
  const read = readEvent(bytes);
  if (!read.ok) return refuse(setup, bytes, read.reason, read.about);
  const { event } = read;
  const about = { event: event.phase, tool: event.tool };
  if (event.tool.startsWith("sclaw."))
    return refuse(setup, bytes, "tool_name: expected no name that begins with sclaw.", about, event);
  const proposal = proposalOf(event, setup);
  return event.phase === "before" ? decide(setup, event, proposal) : report(setup, event, proposal, bytes);
}

async function decide(
  { gate, sha3, now, holdFor, outcomeWithin }: HookSetup,
  event: HookEvent,
  proposal: Proposal,
): Promise<HookAnswer> {
  const until = new Date(now() + holdFor + outcomeWithin).toISOString() as Time;
  const awaits = { key: keyOf(event, proposal.intent, sha3), until };
  const answer = await gate.ask(proposal, { holdFor, awaits });
  return answer.kind === "permitted" ? noObjection : denyAnswer(event.dialect, reasonOf(answer));
}

/**
 * What the agent says of a call that ran. A call that nobody asked about ran past the gate: it is
 * recorded as a refusal that says so. One that ran with another input than was permitted is both:
 * what was permitted is unknown, and what ran was not asked about.
 */
async function report(
  setup: HookSetup,
  event: HookEvent,
  { intent }: Proposal,
  bytes: Uint8Array,
): Promise<HookAnswer> {
  const { gate, sha3 } = setup;
  const about = { ran: true, tool: event.tool, call: callDigest(intent, sha3) };
  const permit = gate.awaited(keyOf(event, intent, sha3));
  if (permit === undefined)
    return refuse(setup, bytes, "the agent says that a call ran which no permit awaits", about, event);
  if (callDigest(permit.intent, sha3) === about.call) {
    await gate.finish(permit, resultOf(event));
    return noObjection;
  }
  await gate.finish(permit, otherRan);
  return refuse(
    setup,
    bytes,
    "the agent says that a call ran with another input than was permitted",
    { ...about, permitted: permit.irHash },
    event,
  );
}

function resultOf({ phase, result }: HookEvent): AdapterResult {
  const bytes = canonicalBytes(result ?? null);
  if (phase === "failed")
    return { status: "failed", result: bytes, error: { code: "tool-failed", message: "as the agent says" } };
  return { status: "executed", result: bytes };
}

const otherRan: AdapterResult = {
  status: "unknown",
  error: { code: "other-input", message: "the agent says that this call ran with another input" },
};

/** Records what is refused without a decision, and blocks. */
async function refuse(
  { gate, tenant, agent, adapterId }: HookSetup,
  bytes: Uint8Array,
  reason: string,
  about: JsonObject,
  event?: HookEvent,
): Promise<HookAnswer> {
  const session = event?.session ?? "unread";
  const ext = extOf({ session, callId: event?.callId });
  const { receipt } = await gate.refuse({ tenant, agent, adapterId, session, bytes, reason, about, ext });
  return blockAnswer(reason, `refused by invalid-request, receipt ${receipt.receipt_id}`);
}
