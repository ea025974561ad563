import { describe, expect, it } from "vitest";
import { engine } from "../../src/io/engine-node.js";
import { type Filter, filterHash, testOf } from "../../src/population/filter.js";
import type { Item } from "../../src/population/item.js";
import { mergeFilters } from "../../src/population/merge-filters.js";
import { approval, item, notExecuted } from "./items-support.js";

const one = item();
const selects = (filter: Filter, of: Item) => testOf(filter)(of);
const time = (text: string) => text as NonNullable<Filter["from"]>;

describe("a filter", () => {
  it("that is empty selects all", () => {
    expect(selects({}, one)).toBe(true);
  });

  it.each<[string, Filter, Filter]>([
    ["from", { from: time("2026-06-01T12:00:00.000Z") }, { from: time("2026-06-01T12:00:00.001Z") }],
    ["to", { to: time("2026-06-01T12:00:00.000Z") }, { to: time("2026-06-01T11:59:59.999Z") }],
    ["tenant", { tenant: ["tenant:x", "tenant:acme/prod"] }, { tenant: ["tenant:acme"] }],
    ["tier", { tier: ["T1_STANDARD"] }, { tier: ["T2_ELEVATED", "T3_SOVEREIGN"] }],
    ["decision", { decision: ["allow"] }, { decision: ["deny"] }],
    ["status", { status: ["executed", "failed"] }, { status: ["unknown"] }],
    ["adapter", { adapter: ["adapter:crm@1"] }, { adapter: ["adapter:crm@2"] }],
    ["agent", { agent: ["agent:ops-1"] }, { agent: ["agent:ops-2"] }],
    ["ran", { ran: "yes" }, { ran: "no" }],
    ["permitted", { permitted: "yes" }, { permitted: "no" }],
    ["intent", { intent: "disclosed" }, { intent: "withheld" }],
  ])("by %s selects what has it, and nothing else", (_name, matching, other) => {
    expect(selects(matching, one)).toBe(true);
    expect(selects(other, one)).toBe(false);
    expect(selects({ ...matching, ...other }, one)).toBe(false);
  });

  it("judges an item by the receipt that stands for it", () => {
    const held = item({ decision: "approval", approval: approval("pending"), outcome: notExecuted });
    expect(selects({ ran: "no", permitted: "no" }, held)).toBe(true);
    const withheld = item({}, { intent: undefined });
    expect(selects({ intent: "withheld" }, withheld)).toBe(true);
  });

  it("has a hash of its rule and unit", () => {
    const hash = (filter: Filter, unit = "request") => filterHash(filter, unit, engine.sha3_256);
    expect(hash({ ran: "yes", tier: ["T2_ELEVATED"] })).toBe(hash({ tier: ["T2_ELEVATED"], ran: "yes" }));
    expect(hash({})).not.toBe(hash({ ran: "yes" }));
    expect(hash({})).not.toBe(hash({}, "receipt"));
  });
});

describe("two filters", () => {
  it.each<[Filter, Filter, Filter | undefined]>([
    [{}, { ran: "yes" }, { ran: "yes" }],
    [{ ran: "yes" }, { ran: "yes" }, { ran: "yes" }],
    [{ ran: "yes" }, { ran: "no" }, undefined],
    [
      { tier: ["T1_STANDARD", "T2_ELEVATED"] },
      { tier: ["T2_ELEVATED", "T3_SOVEREIGN"] },
      { tier: ["T2_ELEVATED"] },
    ],
    [{ tier: ["T1_STANDARD"] }, { tier: ["T2_ELEVATED"] }, undefined],
    [
      { from: time("2026-01"), to: time("2026-05") },
      { from: time("2026-02"), to: time("2026-04") },
      { from: time("2026-02"), to: time("2026-04") },
    ],
  ])("%j and %j select %j", (a, b, both) => {
    expect(mergeFilters(a, b)).toEqual(both);
    expect(mergeFilters(b, a)).toEqual(both);
  });
});
