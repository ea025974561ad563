import fc from "fast-check";
import type { JsonObject } from "../../src/json/json.js";
import type { Time } from "../../src/json/time.js";
import type { EntityJson } from "../../src/policy/engine.js";

/** A policy as it is generated: what it does, when, and how high it rates. */
export interface Draft {
  readonly outcome: "allow" | "deny" | "approval" | "escalate";
  readonly tier: number;
  readonly action: string;
  readonly when: string;
  readonly obligation: string;
}

const tiers = ["T0_OBSERVE", "T1_STANDARD", "T2_ELEVATED", "T3_SOVEREIGN"];

const atom = fc.oneof(
  fc
    .tuple(fc.constantFrom("<", "<=", ">", ">=", "==", "!="), fc.integer({ min: 0, max: 4 }))
    .map(([operator, limit]) => `context.facts.n ${operator} ${limit}`),
  fc.constantFrom(
    'context.facts.s == "a"',
    'context.facts.s like "a*"',
    "context.facts.b",
    "context.facts has o && context.facts.o > 2",
    "context.facts has o",
    "context has on_behalf_of",
    'context has on_behalf_of && context.on_behalf_of == "user:kim"',
    "context.weekday > 5",
    "context.minute < 420",
    "context.at > 1780308000000",
    'resource == Resource::"r0"',
    "resource.tenant == context.tenant",
    "resource.tenant != principal.tenant",
    'principal in Team::"t"',
    "principal.level > 1",
    "context.facts.n + context.minute > 500",
    'context.operation == "o1"',
    'context.tenant == "tenant:a"',
  ),
);

const condition = fc.oneof(
  { weight: 3, arbitrary: atom },
  { weight: 1, arbitrary: atom.map((one) => `!(${one})`) },
  {
    weight: 1,
    arbitrary: fc.tuple(atom, fc.constantFrom("&&", "||"), atom).map(([a, o, b]) => `(${a}) ${o} (${b})`),
  },
);

export const draft: fc.Arbitrary<Draft> = fc.record({
  outcome: fc.constantFrom("allow", "allow", "deny", "approval", "escalate"),
  tier: fc.integer({ min: 0, max: 3 }),
  action: fc.constantFrom(
    "action",
    'action == Action::"read"',
    'action in [Action::"read", Action::"write"]',
  ),
  when: condition,
  obligation: fc.constantFrom("1:a", "2:a", "1:b"),
});

export function policyText(drafts: readonly Draft[], names = drafts.map((_, i) => `G-${i}`)): string {
  return drafts
    .map(({ outcome, tier, action, when, obligation }, i) => {
      const head = `@id("${names[i]}") @tier("${tiers[tier]}") @why("generated")`;
      const scope = `(principal, ${action}, resource) when { ${when} }`;
      if (outcome === "allow") return `${head} permit ${scope};`;
      if (outcome === "deny") return `${head} forbid ${scope};`;
      return `${head} @outcome("${outcome}") @obligation("${obligation}") forbid ${scope} unless { context.satisfied.contains("${obligation}") };`;
    })
    .join("\n");
}

const schema = `entity Team;
entity Agent in [Team] { level: Long, tenant: String };
entity Resource { tenant: String };
action read, write appliesTo { principal: [Agent], resource: [Resource], context: {
  adapter: String, operation: String, tenant: String, at: Long, weekday: Long, minute: Long,
  on_behalf_of?: String, satisfied: Set<String>,
  facts: { n: Long, s: String, b: Bool, o?: Long, unread: String },
} };`;

const facts = {
  n: { from: "/params/n", type: "integer" },
  s: { from: "/params/s", type: "string" },
  b: { from: "/params/b", type: "boolean" },
  unread: { from: "/params/unread", type: "string", default: "" },
};

const catalogue = {
  format: "sclaw.catalogue/1",
  adapters: {
    "adapter:x@1": {
      operations: {
        o1: {
          action: "read",
          tier: "T0_OBSERVE",
          facts: { ...facts, o: { from: "/params/o", type: "integer", default: 0 } },
        },
        o2: { action: "read", tier: "T1_STANDARD", facts },
        o3: { action: "write", tier: "T1_STANDARD", facts },
      },
    },
  },
};

const entity = (type: string, id: string, attrs: object, parents: readonly object[] = []) => ({
  uid: { type, id },
  attrs,
  parents,
});

export const entities: readonly object[] = [
  entity("Team", "t", {}),
  entity("Agent", "agent:a", { level: 1, tenant: "tenant:a" }, [{ type: "Team", id: "t" }]),
  entity("Agent", "agent:b", { level: 2, tenant: "tenant:b" }),
];

/** The files of a generated bundle. */
export function filesWith(policy: string, listed: readonly object[] = entities): Map<string, Uint8Array> {
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  return new Map<string, Uint8Array>([
    [
      "bundle.json",
      json({ format: "sclaw.policy/1", version: "generated", released_at: "2026-01-01T00:00:00.000Z" }),
    ],
    ["policy.cedar", Buffer.from(policy)],
    ["schema.cedarschema", Buffer.from(schema)],
    ["catalogue.json", json(catalogue)],
    ["entities.json", json(listed)],
  ]);
}

/** An intent and when it is decided. */
export interface Asked {
  readonly intent: JsonObject;
  readonly at: Time;
}

/** What stock Cedar is asked of an intent, by docs/policy.md and with nothing of src. */
export function stockRequest({ intent, at }: Asked, satisfied: readonly string[]) {
  const { agent, tenant, operation, resource, params, adapter_id } = intent as unknown as {
    readonly [name: string]: string;
  } & {
    readonly agent: { readonly id: string; readonly on_behalf_of?: string };
    readonly params: {
      readonly n: number;
      readonly s: string;
      readonly b: boolean;
      readonly o?: number;
      readonly unread: string;
    };
  };
  const date = new Date(at);
  const { o, ...facts } = params;
  return {
    principal: { type: "Agent", id: agent.id },
    action: { type: "Action", id: operation === "o3" ? "write" : "read" },
    resource: { type: "Resource", id: resource! },
    context: {
      adapter: adapter_id!,
      operation: operation!,
      tenant: tenant!,
      at: date.getTime(),
      weekday: date.getUTCDay() || 7,
      minute: date.getUTCHours() * 60 + date.getUTCMinutes(),
      ...(agent.on_behalf_of === undefined ? {} : { on_behalf_of: agent.on_behalf_of }),
      facts: operation === "o1" ? { ...facts, o: o ?? 0 } : facts,
      satisfied: [...satisfied],
    },
    entities: [
      ...entities,
      { uid: { type: "Resource", id: resource }, attrs: { tenant }, parents: [] },
    ] as EntityJson[],
  };
}

/** An intent that the generated catalogue knows, and when it is decided. */
export const request: fc.Arbitrary<Asked> = fc
  .record({
    operation: fc.constantFrom("o1", "o2", "o3"),
    agent: fc.constantFrom("agent:a", "agent:b"),
    person: fc.constantFrom(undefined, "user:kim", "user:lee"),
    tenant: fc.constantFrom("tenant:a", "tenant:b"),
    resource: fc.constantFrom("r0", "r1"),
    n: fc.integer({ min: 0, max: 5 }),
    s: fc.constantFrom("a", "ab", "b", ""),
    b: fc.boolean(),
    o: fc.constantFrom(undefined, 1, 3),
    unread: fc.string({ maxLength: 3 }),
    at: fc.constantFrom(
      "2026-06-01T10:00:00.000Z",
      "2026-06-01T10:00:00.001Z",
      "2026-06-01T06:59:00.000Z",
      "2026-06-06T23:59:59.999Z",
    ),
  })
  .map(({ operation, agent, person, tenant, resource, at, o, ...params }) => ({
    at: at as Time,
    intent: {
      schema: "sclaw.intent/1",
      tenant,
      agent: person === undefined ? { id: agent } : { id: agent, on_behalf_of: person },
      adapter_id: "adapter:x@1",
      operation,
      resource,
      params: o === undefined ? params : { ...params, o },
    },
  }));
