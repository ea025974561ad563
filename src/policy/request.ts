import type { Time } from "../json/time.js";
import type { Intent } from "../receipt/intent.js";
import type { CedarValueJson, EntityJson, StatefulAuthorizationCall } from "./engine.js";
import { type Entities, unite } from "./entities.js";
import type { Facts } from "./facts.js";

/** What Cedar is asked: everything that a decision depends on besides the policies (docs/policy.md). */
export type CedarRequest = Pick<
  StatefulAuthorizationCall,
  "principal" | "action" | "resource" | "context" | "entities"
>;

/** What is in the context beside the facts and what was satisfied; `on_behalf_of` where somebody was authenticated. */
export interface ContextValues {
  readonly adapter: string;
  readonly operation: string;
  readonly tenant: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly at: number;
  /** From 1, Monday, to 7, in UTC. */
  readonly weekday: number;
  /** Of the day, from 0 to 1439, in UTC. */
  readonly minute: number;
  readonly on_behalf_of?: string;
  readonly facts: Facts;
}

/** The context of a request, without what was satisfied. Cedar has no modulo, so that the clock is taken apart here. */
export function contextOf(intent: Intent, facts: Facts, decidedAt: Time): ContextValues {
  const at = Date.parse(decidedAt);
  const date = new Date(at);
  const { on_behalf_of } = intent.agent;
  return {
    adapter: intent.adapter_id,
    operation: intent.operation,
    tenant: intent.tenant,
    at,
    weekday: date.getUTCDay() === 0 ? 7 : date.getUTCDay(),
    minute: date.getUTCHours() * 60 + date.getUTCMinutes(),
    ...(on_behalf_of === undefined ? {} : { on_behalf_of }),
    facts,
  };
}

/**
 * The Cedar request of an intent. Its entities are those of the bundle that it names: the
 * agent and the resource with all that they name, and `always`, what the policies name. The
 * resource has the intent's tenant, unless the bundle lists it with one of its own.
 */
export function cedarRequest(
  intent: Intent,
  action: string,
  context: ContextValues,
  satisfied: readonly string[],
  entities: Entities,
  always: readonly EntityJson[],
): CedarRequest {
  const principal = { type: "Agent", id: intent.agent.id };
  const resource = { type: "Resource", id: intent.resource };
  const listed = entities.get(resource);
  const itself: EntityJson = {
    uid: resource,
    attrs: { tenant: intent.tenant, ...listed?.attrs },
    parents: listed?.parents ?? [],
    ...(listed?.tags === undefined ? {} : { tags: listed.tags }),
  };
  return {
    principal,
    action: { type: "Action", id: action },
    resource,
    context: { ...context, satisfied: [...satisfied] } as unknown as { [name: string]: CedarValueJson },
    entities: [...unite([[itself], entities.closure(principal), entities.closure(resource), always])],
  };
}
