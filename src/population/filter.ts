import type { DigestText, HashFunction } from "../bytes/digest.js";
import { formatDigest } from "../bytes/digest.js";
import { canonicalBytes } from "../json/canonical.js";
import type { Json } from "../json/json.js";
import { list, object, oneOf, type Shape } from "../json/shape.js";
import type { Time } from "../json/time.js";
import { permitted, ran } from "../ledger/controls.js";
import { someText, time } from "../receipt/identifiers.js";
import type { Status } from "../receipt/outcome.js";
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

/** Whether an item is in the population: judged by the receipt that stands for it. */
export function selects(filter: Filter, item: Item): boolean {
  const { receipt } = item;
  const among = (values: readonly string[] | undefined, value: string) =>
    values === undefined || values.includes(value);
  const is = (wanted: "yes" | "no" | undefined, holds: boolean) =>
    wanted === undefined || (wanted === "yes") === holds;
  return (
    (filter.from === undefined || receipt.decided_at >= filter.from) &&
    (filter.to === undefined || receipt.decided_at <= filter.to) &&
    among(filter.tenant, receipt.tenant) &&
    among(filter.tier, receipt.risk_tier) &&
    among(filter.decision, receipt.decision) &&
    among(filter.status, receipt.outcome.status) &&
    among(filter.adapter, receipt.adapter_id) &&
    among(filter.agent, receipt.agent.id) &&
    is(filter.ran, ran(receipt)) &&
    is(filter.permitted, permitted(receipt)) &&
    (filter.intent === undefined || (filter.intent === "disclosed") === (item.intent !== undefined))
  );
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
