/** What the gate does with a message of the client, by its method. */
export type Treatment =
  /** Forwarded without a decision. */
  | "passes"
  /** Decided, always. */
  | "gated"
  /** Decided where `gated` of gate.json names it, else forwarded. */
  | "by-configuration";

export interface MethodFacts {
  readonly kind: "request" | "notification";
  readonly treatment: Treatment;
}

const passes = { kind: "request", treatment: "passes" } as const;
const notice = { kind: "notification", treatment: "passes" } as const;

/**
 * Every method that a client may send, of all revisions up to 2025-11-25 and of the stateless
 * 2026-07-28: what is not in here is refused. A test holds the list against the schemas of the
 * public SDKs. The names are the protocol's own, and exact: "Tools/Call" is another one.
 */
export const clientMethods = {
  initialize: passes,
  ping: passes,
  "server/discover": passes,
  "tools/list": passes,
  "tools/call": { kind: "request", treatment: "gated" },
  "resources/list": passes,
  "resources/templates/list": passes,
  "resources/read": { kind: "request", treatment: "by-configuration" },
  "resources/subscribe": passes,
  "resources/unsubscribe": passes,
  "subscriptions/listen": passes,
  "prompts/list": passes,
  "prompts/get": { kind: "request", treatment: "by-configuration" },
  "completion/complete": passes,
  "logging/setLevel": passes,
  "tasks/get": passes,
  "tasks/result": passes,
  "tasks/list": passes,
  "tasks/cancel": passes,
  // The extension io.modelcontextprotocol/skills.
  "skills/list": passes,
  "skills/get": passes,
  "notifications/initialized": notice,
  "notifications/cancelled": notice,
  "notifications/progress": notice,
  "notifications/roots/list_changed": notice,
  "notifications/tasks/status": notice,
} as const satisfies { readonly [method: string]: MethodFacts };

export type ClientMethod = keyof typeof clientMethods;

/** A method whose calls can be decided: each has its own form of intent. */
export type GatedMethod = {
  [M in ClientMethod]: (typeof clientMethods)[M]["treatment"] extends "passes" ? never : M;
}[ClientMethod];

/** What is known of a method; undefined of one that no client sends. */
export function methodFacts(method: string): MethodFacts | undefined {
  return Object.hasOwn(clientMethods, method) ? clientMethods[method as ClientMethod] : undefined;
}

/** Whether calls of a method are decided; `configured` is `gated` of gate.json. */
export function isGated(method: string, configured: readonly string[]): method is GatedMethod {
  const treatment = methodFacts(method)?.treatment;
  return treatment === "gated" || (treatment === "by-configuration" && configured.includes(method));
}
