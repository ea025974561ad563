import type { DigestText, HashFunction } from "../bytes/digest.js";
import { formatDigest } from "../bytes/digest.js";
import { canonicalBytes } from "../json/canonical.js";
import type { Json } from "../json/json.js";
import { list, object, oneOf, type Shape } from "../json/shape.js";
import { packTime, type Time } from "../json/time.js";
import { permitted } from "../ledger/controls.js";
import { someText, time } from "../receipt/identifiers.js";
import { type Status, statuses } from "../receipt/outcome.js";
import type { Decision, RiskTier } from "../receipt/receipt.js";
import type { Item } from "./item.js";

/**
 * Which items are in a population. A member that is absent selects all; within a list any of
 * its values selects.
 */
export interface Filter {
  /** From this `decided_at` on. */
  readonly from?: Time;
  /** Up to this `decided_at`, itself included. */
  readonly to?: Time;
  readonly tenant?: readonly string[];
  readonly tier?: readonly RiskTier[];
  readonly decision?: readonly Decision[];
  readonly status?: readonly Status[];
  readonly adapter?: readonly string[];
  readonly agent?: readonly string[];
  /** Whether the operation reached its adapter. */
  readonly ran?: "yes" | "no";
  /** Whether the policy, and the people where it asked them, permitted the operation. */
  readonly permitted?: "yes" | "no";
  /** Whether the intent is disclosed. */
  readonly intent?: "disclosed" | "withheld";
}

const yesOrNo = oneOf("yes", "no");
const some = { least: 1 };

/** A filter as files hold it. */
export const filterShape: Shape<Filter> = object<Filter>(
  {
    from: time,
    to: time,
    tenant: list(someText, some),
    tier: list(oneOf("T0_OBSERVE", "T1_STANDARD", "T2_ELEVATED", "T3_SOVEREIGN"), some),
    decision: list(oneOf("allow", "deny", "escalate", "approval"), some),
    status: list(oneOf("executed", "failed", "not_executed", "unknown"), some),
    adapter: list(someText, some),
    agent: list(someText, some),
    ran: yesOrNo,
    permitted: yesOrNo,
    intent: oneOf("disclosed", "withheld"),
  },
  ["from", "to", "tenant", "tier", "decision", "status", "adapter", "agent", "ran", "permitted", "intent"],
);

/** Whether an item is in a population: judged by the receipt that stands for it. */
export type ItemTest = (item: Pick<Item, "outline" | "receipt">) => boolean;

/** What each member of a filter asks of an item. */
const tests: { readonly [N in keyof Filter]-?: (wanted: NonNullable<Filter[N]>) => ItemTest } = {
  from: (from) => atLeast(packTime(from)),
  to: (to) => atMost(packTime(to)),
  tenant: (names) => (item) => names.includes(item.receipt.tenant),
  tier: (names) => (item) => names.includes(item.outline.tier),
  decision: (names) => (item) => names.includes(item.outline.decision),
  status: (names) => (item) => names.includes(item.outline.status),
  adapter: (names) => (item) => names.includes(item.receipt.adapter_id),
  agent: (names) => (item) => names.includes(item.receipt.agent.id),
  ran: (wanted) => (item) => statuses[item.outline.status].ran === (wanted === "yes"),
  permitted:
    (wanted) =>
    ({ outline }) =>
      permitted(outline.decision, outline.approval) === (wanted === "yes"),
  intent: (wanted) => (item) => item.outline.hasIntent === (wanted === "disclosed"),
};

const atLeast =
  (from: number): ItemTest =>
  (item) =>
    item.outline.decidedAt >= from;
const atMost =
  (to: number): ItemTest =>
  (item) =>
    item.outline.decidedAt <= to;

/** Members of a filter that only the line of a receipt tells. */
const lineNames: ReadonlySet<string> = new Set(["tenant", "adapter", "agent"]);
/** Members of a filter that are decided by an outline's names alone, of which there are few combinations. */
const byNames: ReadonlySet<string> = new Set(["tier", "decision", "status", "ran", "permitted", "intent"]);

/** Whether a filter asks only for what few values tell: it selects all items of the same outline but for times and ids. */
export function asksForNames(filter: Filter): boolean {
  return Object.keys(filter).every((name) => byNames.has(name));
}

/** The test that a filter is: what only a receipt's line tells is asked last. */
export function testOf(filter: Filter): ItemTest {
  const names = (Object.keys(tests) as (keyof Filter)[]).filter((name) => filter[name] !== undefined);
  const wanted = names
    .sort((a, b) => Number(lineNames.has(a)) - Number(lineNames.has(b)))
    .map((name) => (tests[name] as (value: unknown) => ItemTest)(filter[name]));
  return (item) => wanted.every((test) => test(item));
}

/** `H(JCS(filter))`: two populations with one hash were selected by the same rule. */
export function filterHash(filter: Filter, unit: string, hash: HashFunction): DigestText {
  return formatDigest(hash(canonicalBytes({ filter, unit } as unknown as Json)));
}

/** A filter in words, for people. */
export function describeFilter(filter: Filter): string {
  const parts = Object.entries(filter).map(([name, value]) => {
    return `${name} ${Array.isArray(value) ? value.join(" or ") : value}`;
  });
  return parts.length === 0 ? "all" : parts.join("; ");
}
