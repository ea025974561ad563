import { type DigestText, formatDigest, type HashFunction } from "../bytes/digest.js";
import type { Proposal } from "../gate/contract.js";
import { canonicalBytes } from "../json/canonical.js";
import type { JsonObject } from "../json/json.js";
import { valueAt } from "../policy/facts.js";
import type { Agent, Intent } from "../receipt/intent.js";
import type { HookEvent } from "./event.js";

/** What an event does not say, and the operator configured. */
export interface Configured {
  readonly tenant: Intent["tenant"];
  readonly agent: Agent;
  readonly adapterId: string;
  /** The catalogue's pointer into a tool's input, of what the tool works on. */
  readonly resourcePointer: (tool: string) => string | undefined;
}

/**
 * What the agent proposes. `params` has the tool's input, whole and as it was, in a member of its
 * own beside the folder that relative paths start from, so that neither can pass for the other.
 */
export function proposalOf(event: HookEvent, configured: Configured): Proposal {
  const { session, cwd, tool, input } = event;
  const intent: Intent = {
    schema: "sclaw.intent/1",
    tenant: configured.tenant,
    agent: configured.agent,
    adapter_id: configured.adapterId,
    operation: tool,
    resource: resourceOf(event, configured),
    params: cwd === undefined ? { input } : { cwd, input },
  };
  return { intent, session, ext: extOf(event) };
}

/** What the catalogue's pointer selects in the tool's input, where that is a text; else the tool. */
function resourceOf({ tool, input }: HookEvent, { resourcePointer }: Configured): string {
  const pointer = resourcePointer(tool);
  const found = pointer === undefined ? undefined : valueAt(input, pointer);
  return typeof found === "string" ? found : tool;
}

/**
 * Who the agent is was configured, not authenticated, and all that is known of an outcome is what
 * the agent says: a receipt of a hook says so, and names the call as the agent's transcript does.
 */
export function extOf({ session, callId }: Pick<HookEvent, "session" | "callId">): JsonObject {
  return {
    identity: "configured",
    outcome: "self-reported",
    hook: callId === undefined ? { session } : { session, call: callId },
  };
}

/** What was proposed without the folder, which may change while a call runs (`cd`). */
export function callDigest({ operation, params }: Intent, sha3: HashFunction): DigestText {
  return formatDigest(sha3(canonicalBytes({ operation, input: params["input"] ?? null })));
}

/** How a call is named from its first event to its second: by the agent's own name of it, else by what it is. */
export function keyOf(event: HookEvent, intent: Intent, sha3: HashFunction): string {
  const call = event.callId === undefined ? `is ${callDigest(intent, sha3)}` : `named ${event.callId}`;
  return JSON.stringify([event.session, call]);
}
