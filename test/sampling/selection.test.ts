import { describe, expect, it } from "vitest";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import { engine } from "../../src/io/engine-node.js";
import type { Item } from "../../src/population/item.js";
import { type Selection, type SelectionRule, Selector } from "../../src/sampling/selection.js";
import { compareTickets, sampleKey, ticketsOf } from "../../src/sampling/ticket.js";
import { item } from "../population/items-support.js";

const sha3 = engine.sha3_256;
const bound = { seed: "a seed of the examiner's", root: sha3(encodeUtf8("root")), beacon: undefined };
const population = Array.from({ length: 300 }, (_, seq) =>
  item({ seq, risk_tier: seq % 10 === 0 ? "T3_SOVEREIGN" : "T1_STANDARD" }),
);

function draw(
  rule: Partial<SelectionRule>,
  items: readonly Item[] = population,
  seed = bound.seed,
): Selection {
  const selection = attempt(rule, items, seed);
  if ("expected" in selection) throw new Error(`${selection.expected}: ${selection.actual}`);
  return selection;
}

function attempt(rule: Partial<SelectionRule>, items: readonly Item[] = population, seed = bound.seed) {
  const selector = new Selector(
    { n: 25, stratify: undefined, replacements: [], ...rule },
    { ...bound, seed },
    sha3,
  );
  for (const one of items) selector.add(one);
  return selector.end();
}

const idsOf = ({ draws }: Selection) => draws.map((one) => one.item.receipt.receipt_id);

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const copy = [...items];
  let state = seed;
  for (let i = copy.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const j = state % (i + 1);
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}

describe("a selection", () => {
  it("is the n smallest tickets in their order", () => {
    const ticketOf = ticketsOf(sampleKey(bound, sha3), sha3);
    const expected = population
      .map(({ receipt }) => ({ id: receipt.receipt_id, ticket: ticketOf(receipt.receipt_id) }))
      .sort((a, b) => compareTickets(a.ticket, b.ticket))
      .slice(0, 25)
      .map(({ id }) => id);
    expect(idsOf(draw({}))).toEqual(expected);
  });

  it.each([undefined, "tier", "decision", "tenant", "adapter"] as const)(
    "of 25 is the first 25 of 40 (stratified by %s)",
    (stratify) => {
      expect(idsOf(draw({ n: 40, stratify })).slice(0, 25)).toEqual(idsOf(draw({ n: 25, stratify })));
    },
  );

  it.each([undefined, "tier"] as const)(
    "does not depend on the order of the items (stratified by %s)",
    (stratify) => {
      const expected = idsOf(draw({ stratify }));
      for (const seed of [1, 2, 3])
        expect(idsOf(draw({ stratify }, shuffled(population, seed)))).toEqual(expected);
    },
  );

  it("is the whole population where that is smaller", () => {
    const selection = draw({ n: 25 }, population.slice(0, 7));
    expect(selection.draws).toHaveLength(7);
    expect(new Set(idsOf(selection)).size).toBe(7);
  });

  it("of nothing is empty", () => {
    expect(draw({}, [])).toEqual({ draws: [], strata: [] });
  });

  it("says how large each stratum is and how many of it were drawn", () => {
    const { strata, draws } = draw({ stratify: "tier", n: 20 });
    expect(strata).toEqual([
      { name: "T1_STANDARD", size: 270, n: 18 },
      { name: "T3_SOVEREIGN", size: 30, n: 2 },
    ]);
    for (const one of draws) expect(one.stratum).toBe(one.item.receipt.risk_tier);
  });

  it("refuses more strata than items", () => {
    const tenants = population.map((_, seq) => item({ seq, tenant: `tenant:t${seq % 30}` as never }));
    expect(attempt({ stratify: "tenant", n: 29 }, tenants)).toHaveProperty("expected");
    expect(draw({ stratify: "tenant", n: 30 }, tenants).draws).toHaveLength(30);
  });

  it("replaces an item by the next ticket of its stratum; the original stays with its reason", () => {
    const before = draw({ stratify: "tier", n: 20 });
    const original = before.draws.find(({ stratum }) => stratum === "T3_SOVEREIGN")!;
    const receiptId = original.item.receipt.receipt_id;
    const after = draw({ stratify: "tier", n: 20, replacements: [{ receiptId, reason: "a test account" }] });
    expect(idsOf(after).slice(0, 20)).toEqual(idsOf(before));
    expect(after.draws[original.number - 1]!.replacedBecause).toBe("a test account");
    const [replacement] = after.draws.slice(20);
    expect(replacement).toMatchObject({ number: 21, stratum: "T3_SOVEREIGN", replacementOf: receiptId });
    const nextOfStratum = draw({ stratify: "tier", n: 300 }).draws.filter(
      ({ stratum }) => stratum === "T3_SOVEREIGN",
    )[2];
    expect(replacement!.item).toBe(nextOfStratum!.item);
  });

  it("replaces a replacement, and refuses to replace what was not drawn or to draw from nothing", () => {
    const few = population.slice(0, 4);
    const [first, second, third] = idsOf(draw({ n: 4 }, few));
    const replace = (...ids: (string | undefined)[]) =>
      ids.map((receiptId) => ({ receiptId: receiptId!, reason: "r" }));
    expect(idsOf(draw({ n: 1, replacements: replace(first, second) }, few))).toEqual([first, second, third]);
    expect(attempt({ n: 1, replacements: replace(third) }, few)).toHaveProperty("expected");
    expect(attempt({ n: 1, replacements: replace(first, first) }, few)).toHaveProperty("expected");
    expect(attempt({ n: 4, replacements: replace(first) }, few)).toHaveProperty("expected");
  });

  it("favours no item: over many seeds every one is drawn about as often", () => {
    const few = population.slice(0, 20);
    const times = new Map<string, number>();
    const seeds = 4000;
    for (let i = 0; i < seeds; i++) {
      for (const id of idsOf(draw({ n: 5 }, few, `seed ${i}`))) times.set(id, (times.get(id) ?? 0) + 1);
    }
    // Chi-squared with 19 degrees of freedom; fixed seeds, so that it holds always or never.
    const expected = (seeds * 5) / few.length;
    const variance = expected * (1 - 5 / few.length);
    const chi =
      few.reduce((sum, one) => {
        const seen = times.get(one.receipt.receipt_id) ?? 0;
        return sum + (seen - expected) ** 2 / variance;
      }, 0) *
      (19 / 20);
    expect(chi).toBeLessThan(36.2);
    expect(chi).toBeGreaterThan(6.8);
  });
});
