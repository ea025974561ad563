import type { JsonObject } from "../json/json.js";
import { anyObject, object, oneOf, type Shape } from "../json/shape.js";
import { adapterId, agentId, anyText, type Tenant, tenant, userId } from "./identifiers.js";

/** Who proposed: an agent, and the person it acts for where one was authenticated. */
export interface Agent {
  readonly id: string;
  readonly on_behalf_of?: string;
}

/**
 * What the agent proposed, frozen before anything is derived from it (docs/format.md,
 * "Intent"). Nothing random or dependent on time is in it, so that equal proposals have
 * equal hashes.
 */
export interface Intent {
  readonly schema: "sclaw.intent/1";
  readonly tenant: Tenant;
  readonly agent: Agent;
  readonly adapter_id: string;
  readonly operation: string;
  readonly resource: string;
  readonly params: JsonObject;
  /** What the model said of the risk. Recorded, never trusted. */
  readonly claims?: JsonObject;
}

export const agent: Shape<Agent> = object<Agent>({ id: agentId, on_behalf_of: userId }, ["on_behalf_of"]);

export const intent: Shape<Intent> = object<Intent>(
  {
    schema: oneOf("sclaw.intent/1"),
    tenant,
    agent,
    adapter_id: adapterId,
    operation: anyText,
    resource: anyText,
    params: anyObject,
    claims: anyObject,
  },
  ["claims"],
);
