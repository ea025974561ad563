import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { engine } from "../../src/io/engine-node.js";
import { packTime, type Time } from "../../src/json/time.js";
import { readTrustFile } from "../../src/keys/trust-file.js";
import type { VerifyOptions } from "../../src/ledger/options.js";
import { verifyWith } from "../../src/ledger/verify.js";
import { GapWatch } from "../../src/population/gaps.js";
import type { Item, Unit } from "../../src/population/item.js";
import { Items } from "../../src/population/items.js";
import { type Population, PopulationPass, type PopulationRule } from "../../src/population/population.js";
import { Reconciler } from "../../src/population/reconcile.js";
import { ItemTally, SilenceWatch } from "../../src/population/tally.js";
import { corpusKeys, ledgerOf } from "../support/sclaw.js";
import { approval, item } from "./items-support.js";

const read = readTrustFile(readFileSync(corpusKeys), engine);
if (!read.ok) throw new Error("expected the corpus' trust file");
const { trust } = read;

async function populationOf(
  name: string,
  rule: Partial<PopulationRule> = {},
  options: Partial<VerifyOptions> = {},
): Promise<{ population: Population; items: Item[] }> {
  const items: Item[] = [];
  const pass = new PopulationPass({ unit: "request", filter: {}, ...rule }, (one, selected) => {
    if (selected) items.push(one);
  });
  const bytes = readFileSync(ledgerOf(name));
  const verification = await verifyWith(engine, [{ name, bytes }], {
    trust,
    ...options,
    observe: pass.observe,
  });
  return { population: pass.end(verification, engine.sha3_256), items };
}

/** The receipts of a corpus ledger as plain JSON, read without any code of src. */
function receiptsOf(name: string) {
  return readFileSync(ledgerOf(name), "utf8")
    .split("\n")
    .filter((line) => line.includes('"receipt":{'))
    .map((line) => JSON.parse(line).receipt);
}

describe("the population of a ledger", () => {
  it("has one item for each request: held and resolved are one", async () => {
    const { population, items } = await populationOf("valid-standard");
    const ids = new Set(receiptsOf("valid-standard").map(({ correlation_id: id }) => id));
    expect(population).toMatchObject({
      integrity: "verified",
      entries: 26,
      verified: 26,
      withheld: 0,
      unverified: 0,
      readable: 26,
      joined: 7,
      items: 19,
      count: 19,
      outside: 0,
      gapCount: 0,
      firstSeq: 0,
      lastSeq: 25,
      byMonth: [{ month: "2026-06", count: 19 }],
    });
    expect(new Set(items.map(({ receipt }) => receipt.correlation_id))).toEqual(ids);
    const stillHeld = items.filter(({ receipt }) => receipt.approval.state === "pending");
    expect(stillHeld.map(({ receipt }) => receipt.seq)).toEqual([12]);
  });

  it("counts receipts where those are the unit", async () => {
    const { population } = await populationOf("valid-standard", { unit: "receipt" });
    expect(population).toMatchObject({ items: 26, count: 26, joined: 0 });
  });

  it("adds up, whatever the ledger and the unit", async () => {
    for (const name of [
      "valid-standard",
      "valid-one-tenant",
      "flip-decision",
      "enc-deep",
      "delete-middle",
      "withheld-all",
      "repeat",
      "schema-missing",
    ]) {
      for (const unit of ["request", "receipt"] satisfies Unit[]) {
        const { population } = await populationOf(
          name,
          { unit, filter: { ran: "yes" } },
          { allowWithheld: true },
        );
        const { entries, verified, withheld, unverified, readable, items, joined, count, outside } =
          population;
        expect(verified + withheld + unverified, name).toBe(entries);
        expect(items + joined, name).toBe(readable);
        expect(count + outside, name).toBe(items);
        expect(
          population.byMonth.reduce((sum, month) => sum + month.count, 0),
          name,
        ).toBe(count);
      }
    }
  });

  it("counts what is withheld, and what is not genuine", async () => {
    const withheld = await populationOf("valid-one-tenant", {}, { allowWithheld: true });
    const lines = readFileSync(ledgerOf("valid-one-tenant"), "utf8").split("\n");
    expect(withheld.population.withheld).toBe(lines.filter((line) => line.startsWith('{"digest"')).length);
    expect(withheld.population.withheld).toBeGreaterThan(0);
    const flipped = await populationOf("flip-decision");
    expect(flipped.population).toMatchObject({ integrity: "failed" });
    expect(flipped.population.unverified).toBeGreaterThan(0);
  });

  it("names the numbers that are missing", async () => {
    const { population } = await populationOf("delete-middle");
    expect(population.gapCount).toBe(1);
    expect(population.gaps[0]!.from).toBe(population.gaps[0]!.to);
  });

  it("is the same again for a ledger that has grown since", async () => {
    const whole = await populationOf("valid-standard");
    const at = { size: 13, root: whole.population.root! };
    const early = await populationOf("valid-standard", { at });
    expect(early.population).toMatchObject({ size: 13, entries: 13, root: at.root });
    expect(early.items.every(({ place }) => place < 13)).toBe(true);
  });
});

describe("requests", () => {
  const itemsOf = (unit: Unit, receipts: readonly Item[]) => {
    const found: Item[] = [];
    const items = new Items(unit, (one) => found.push(one));
    for (const one of receipts) {
      items.add({
        outline: one.outline,
        keep: () => {},
        line: { members: {} },
        where: one.where,
        place: one.place,
        genuine: true,
        approval: undefined,
        problems: one.problems,
        entry: { disclosed: true, receipt: one.receipt, leaf: new Uint8Array(32), intent: undefined },
      } as never);
    }
    items.end();
    return found.map(({ receipt, held }) => [receipt.seq, held.map((before) => before.receipt.seq)]);
  };
  const held = (seq: number, id: string, nonce = id) =>
    item({ seq, correlation_id: `corr_${id}`, nonce, decision: "approval", approval: approval("pending") });
  const resolved = (seq: number, id: string, nonce = id) =>
    item({ seq, correlation_id: `corr_${id}`, nonce, decision: "approval", approval: approval("granted") });

  it("take in all that was held before them", () => {
    expect(itemsOf("request", [held(0, "a"), held(1, "b"), held(2, "a"), resolved(3, "a")])).toEqual([
      [3, [0, 2]],
      [1, []],
    ]);
    expect(itemsOf("receipt", [held(0, "a"), resolved(1, "a")])).toEqual([
      [0, []],
      [1, []],
    ]);
  });

  it("that were resolved twice are two items: none hides behind the other", () => {
    expect(itemsOf("request", [held(0, "a"), resolved(1, "a"), resolved(2, "a")])).toEqual([
      [1, [0]],
      [2, []],
    ]);
  });

  it("of one correlation id and two nonces are two items", () => {
    expect(itemsOf("request", [held(0, "a", "n1"), resolved(1, "a", "n2")])).toEqual([
      [1, []],
      [0, []],
    ]);
  });

  it("of one nonce and two correlation ids are two items, whichever is resolved first", () => {
    const [a, b, c] = [held(0, "a", "n"), held(1, "b", "n"), held(2, "c", "n")];
    expect(itemsOf("request", [a, b, c, resolved(3, "a", "n"), resolved(4, "c", "n")])).toEqual([
      [3, [0]],
      [4, [2]],
      [1, []],
    ]);
    expect(itemsOf("request", [a, b, resolved(3, "b", "n"), b, resolved(4, "a", "n")])).toEqual([
      [3, [1]],
      [4, [0]],
      [1, []],
    ]);
    expect(itemsOf("request", [a, resolved(3, "d", "n")])).toEqual([
      [3, []],
      [0, []],
    ]);
  });

  it("that are kept are kept whole, so that what stood beside their held receipts need not be", () => {
    const kept: number[] = [];
    const items = new Items("request", (one) => one.keep());
    for (const { outline, receipt, place, problems } of [held(0, "a"), held(1, "a"), resolved(2, "a")])
      items.add({
        ...{ outline, place, problems, genuine: true },
        keep: () => kept.push(place),
        entry: { disclosed: true, receipt },
      } as never);
    expect(kept).toEqual([2, 0, 1]);
  });

  it("that nothing resolved are items at the end, once", () => {
    expect(itemsOf("request", [held(0, "a"), held(1, "a")])).toEqual([[1, [0]]]);
  });
});

describe("the tally", () => {
  it("lists the months between first and last, those without items too", () => {
    const tally = new ItemTally();
    for (const at of ["2025-11-30T23:59:59.999Z", "2026-02-01T00:00:00.000Z", "2026-02-02T00:00:00.000Z"])
      tally.add(item({ decided_at: at as never }));
    expect(tally.byMonth).toEqual([
      { month: "2025-11", count: 1 },
      { month: "2025-12", count: 0 },
      { month: "2026-01", count: 0 },
      { month: "2026-02", count: 2 },
    ]);
  });

  it("does not list a forged eternity", () => {
    const tally = new ItemTally();
    for (const at of ["0001-01-01T00:00:00.000Z", "9999-12-31T00:00:00.000Z"])
      tally.add(item({ decided_at: at as never }));
    expect(tally.byMonth).toEqual([
      { month: "0001-01", count: 1 },
      { month: "9999-12", count: 1 },
    ]);
  });

  it("finds the longest silence", () => {
    const watch = new SilenceWatch();
    for (const at of [
      "2026-06-01T00:00:00.000Z",
      "2026-06-01T01:00:00.000Z",
      "2026-06-01T00:30:00.000Z",
      "2026-06-01T03:00:00.500Z",
    ])
      watch.add(packTime(at as Time));
    expect(watch.longest).toEqual({
      from: "2026-06-01T01:00:00.000Z",
      to: "2026-06-01T03:00:00.500Z",
      seconds: 7200,
    });
  });

  it("finds gaps, and is not misled by what stands out of order", () => {
    const watch = new GapWatch(0);
    for (const seq of [0, 1, 4, 3, 5, undefined, 9]) watch.add(seq);
    expect(watch.kept).toEqual([
      { from: 2, to: 3 },
      { from: 6, to: 8 },
    ]);
    expect(watch.count).toBe(2);
  });
});

describe("reconciling", () => {
  it("says what both have, and what only one of them has", () => {
    const reconciler = new Reconciler(["corr_1", "corr_2", "corr_2", "corr_9"]);
    for (const seq of [1, 2, 3]) reconciler.add(item({ seq }));
    expect(reconciler.end()).toEqual({
      rows: 4,
      repeated: 1,
      inBoth: 2,
      onlyInList: 1,
      onlyInPopulation: 1,
      listedOnly: ["corr_9"],
      populationOnly: ["corr_3"],
    });
  });
});
