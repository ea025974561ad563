import { describe, expect, it } from "vitest";
import type { Ledger } from "../../fixtures/make/ledger.mjs";
import { type Alter, hashOf, policyLedger } from "../../fixtures/make/platform.mjs";
import type { Item } from "../../src/population/item.js";
import { PopulationPass } from "../../src/population/population.js";
import { ReplayPass, type ReplayResult } from "../../src/replay/replay-pass.js";
import { differenceProblem, type Replayed } from "../../src/replay/replayer.js";
import { bundleOf, edited, filesOf } from "../policy/support.js";
import { verify } from "../support/verify.js";

const platform = filesOf("platform");
const bundle = bundleOf(platform);

async function replay(ledger: Ledger, bundles = [bundle]): Promise<ReplayResult> {
  const pass = new ReplayPass(bundles);
  const population = new PopulationPass({ unit: "receipt", filter: {} }, (item) => pass.add(item));
  const verification = await verify(ledger, { observe: (observed) => population.observe(observed) });
  expect(verification.integrity).toBe("verified");
  return pass.end();
}

it("a bundle's identity is what the documentation says", () => {
  expect(bundle.hash).toBe(hashOf("platform"));
});

it("what a gate decided is decided again, held and resolved", async () => {
  const result = await replay(policyLedger());
  expect(result.differences).toEqual([]);
  expect(result).toMatchObject({ receipts: 10, same: 10, different: 0, unused: [] });
});

/** What a pass makes of one receipt again and again, which always comes to this. */
async function resultOf(outcome: Replayed, times: number): Promise<ReplayResult> {
  const pass = new ReplayPass([bundle], { asked: 0, outcomeOf: () => outcome });
  const items: Item[] = [];
  const population = new PopulationPass({ unit: "receipt", filter: {} }, (item) => items.push(item));
  await verify(policyLedger(), { observe: (observed) => population.observe(observed) });
  for (let i = 0; i < times; i++) pass.add(items[0]!);
  return pass.end();
}

describe("differences", () => {
  it("are listed up to ten thousand, and all of them counted", async () => {
    const outcome: Replayed = { kind: "differs", policy: bundle.hash, differences: [] };
    const { different, differences } = await resultOf(outcome, 10_002);
    expect([different, differences.length]).toEqual([10_002, 10_000]);
  });

  it("are shortened where a side is over a thousand characters, never within one", async () => {
    const texts = ["a".repeat(1000), "a".repeat(1001), `${"a".repeat(999)}\u{1f600}`];
    const [exact, longer, pair] = texts as [string, string, string];
    const { differences } = await resultOf(
      {
        kind: "differs",
        policy: bundle.hash,
        differences: [
          { part: "facts", expected: exact, actual: longer },
          { part: "rules", expected: pair, actual: "" },
        ],
      },
      1,
    );
    expect(differences[0]!.differences).toEqual([
      { part: "facts", expected: exact, actual: `${exact}…` },
      { part: "rules", expected: `${"a".repeat(999)}\ufffd…`, actual: "" },
    ]);
  });

  it("are told as one finding", () => {
    const difference = { part: "rules", expected: "P-1", actual: "P-2" } as const;
    expect(differenceProblem([difference, { part: "facts", expected: "{}", actual: '{"a":1}' }])).toEqual({
      code: "control.decision-differs",
      expected: "rules P-1; facts {}",
      actual: 'rules P-2; facts {"a":1}',
    });
  });
});

describe("the holder of the ledger's key altered", () => {
  const others = (place: number, parts: readonly string[]) => ({ place, parts });
  it.each<readonly [string, Alter, readonly { place: number; parts: readonly string[] }[]]>([
    [
      "a decision alone",
      (receipt, place) => {
        if (place !== 2) return;
        receipt.decision = "allow";
        receipt.outcome = { status: "not_executed" };
      },
      [others(2, ["decision"])],
    ],
    [
      "rules alone",
      (receipt, place) => {
        if (place === 0) receipt.rationale.rules = ["P-011"];
      },
      [others(0, ["rules"])],
    ],
    [
      "one rule of two",
      (receipt, place) => {
        const [first, second] = receipt.rationale.rules;
        if (place === 5 && second !== undefined) receipt.rationale.rules = [first, "P-999"];
      },
      [others(5, ["rules"])],
    ],
    [
      "a tier alone",
      (receipt, place) => {
        if (place === 2) receipt.risk_tier = "T0_OBSERVE";
      },
      [others(2, ["risk_tier"])],
    ],
    [
      "facts alone, of a held request and its grant",
      (receipt, place) => {
        if (place === 3 || place === 4) receipt.facts = { environment: "dev", path: "/etc/app.conf" };
      },
      [others(3, ["facts"]), others(4, ["facts"])],
    ],
    [
      "what has to be signed",
      (receipt, place) => {
        if (place === 3 || place === 4) receipt.approval.required = [{ group: "payments", threshold: 1 }];
      },
      [others(3, ["required"]), others(4, ["required"])],
    ],
    [
      "the time of the decision, to an hour when nobody looks",
      (receipt, place) => {
        if (place === 3) receipt.decided_at = "2026-06-01T05:00:00.000Z";
      },
      [others(3, ["decision", "rules", "required"])],
    ],
    [
      "a fact that no policy reads",
      (receipt, place) => {
        if (place === 5) receipt.facts = { ...receipt.facts, service: "checkout" };
      },
      [others(5, ["facts"])],
    ],
  ])("%s: found in every altered receipt and nowhere else", async (_what, alter, expected) => {
    const result = await replay(policyLedger(alter));
    expect(
      result.differences.map(({ seq, differences }) => ({
        place: seq,
        parts: differences.map(({ part }) => part),
      })),
    ).toEqual(expected);
    expect(result.different).toBe(expected.length);
    expect(result.same).toBe(10 - expected.length);
  });

  it("the name of the version, in every receipt", async () => {
    const result = await replay(policyLedger(undefined, "platform-2026.07.01@v4"));
    expect(result.different).toBe(10);
    expect(result.differences[0]!.differences).toEqual([
      {
        part: "policy version",
        expected: "platform-2026.06.01@v3",
        actual: "platform-2026.07.01@v4",
      },
    ]);
  });
});

describe("not evaluated is", () => {
  it("a receipt whose bundle is not given: one changed byte is another policy", async () => {
    const other = bundleOf(edited(platform, "policy.cedar", "does nothing", "does nothing."));
    const result = await replay(policyLedger(), [other]);
    expect(result).toMatchObject({ receipts: 10, same: 0, different: 0 });
    expect([...result.notEvaluated]).toEqual([[`the policy ${bundle.hash} is not given`, 10]]);
    expect(result.unused).toEqual([other]);
  });

  it("a receipt of one policy of many, of which the first thousand are named", async () => {
    const pass = new ReplayPass([bundle]);
    const items: Item[] = [];
    const population = new PopulationPass({ unit: "receipt", filter: {} }, (item) => items.push(item));
    await verify(policyLedger(), { observe: (observed) => population.observe(observed) });
    for (let i = 0; i < 1500; i++) {
      const [item] = items as [Item];
      const policy = { ...item.receipt.policy, hash: `sha3-256:${i}` as typeof bundle.hash };
      pass.add({ ...item, receipt: { ...item.receipt, policy } });
    }
    const { notEvaluated, receipts } = pass.end();
    expect([notEvaluated.size, notEvaluated.get("other policies are not given"), receipts]).toEqual([
      1001, 500, 1500,
    ]);
  });

  it("a receipt whose intent is withheld", async () => {
    const ledger = policyLedger();
    ledger.lines = ledger.lines.map(({ intent: _intent, ...line }) => line);
    const result = await replay(ledger);
    expect([...result.notEvaluated]).toEqual([["the intent is withheld", 10]]);
  });

  it("a receipt that is not verified, and the one that follows it", async () => {
    const ledger = policyLedger();
    ledger.lines[0] = { ...ledger.lines[0], receipt: { ...ledger.lines[0].receipt, decision: "deny" } };
    const pass = new ReplayPass([bundle]);
    const population = new PopulationPass({ unit: "receipt", filter: {} }, (item) => pass.add(item));
    await verify(ledger, { observe: (observed) => population.observe(observed) });
    expect([...pass.end().notEvaluated]).toEqual([["the receipt is not verified", 2]]);
  });
});
