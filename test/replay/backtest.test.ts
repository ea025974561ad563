import { describe, expect, it } from "vitest";
import { policyLedger } from "../../fixtures/make/platform.mjs";
import { releaseAdapter } from "../../src/policy/release-bundle.js";
import type { Item } from "../../src/population/item.js";
import { PopulationPass } from "../../src/population/population.js";
import type { Decision } from "../../src/receipt/receipt.js";
import { BacktestPass, isWeaker } from "../../src/replay/backtest-pass.js";
import { type Backtested, Backtester, type SideOfChange } from "../../src/replay/backtester.js";
import { bundleOf, filesOf } from "../policy/support.js";
import { verify } from "../support/verify.js";

const platform = bundleOf(filesOf("platform"));

const side = (decision: Decision, tier = "T1_STANDARD", required: readonly string[] = []): SideOfChange => ({
  decision,
  tier,
  rules: ["P-1"],
  required,
});

describe("weaker is", () => {
  const decisions: readonly Decision[] = ["allow", "approval", "escalate", "deny"];
  it("a less strict decision, whatever else changes", () => {
    for (const [i, was] of decisions.entries())
      for (const [j, is] of decisions.entries()) {
        if (i === j) continue;
        expect(isWeaker(side(was, "T0_OBSERVE"), side(is, "T3_SOVEREIGN"))).toBe(j < i);
        expect(isWeaker(side(was, "T3_SOVEREIGN", ["2:a"]), side(is, "T0_OBSERVE"))).toBe(j < i);
      }
  });

  it("a lower tier of what is not denied", () => {
    for (const decision of decisions) {
      const lower = isWeaker(side(decision, "T2_ELEVATED"), side(decision, "T1_STANDARD"));
      expect(lower).toBe(decision !== "deny");
      expect(isWeaker(side(decision, "T1_STANDARD"), side(decision, "T2_ELEVATED"))).toBe(false);
      expect(isWeaker(side(decision), side(decision))).toBe(false);
    }
  });

  it.each([
    [["2:a"], ["2:a"], false],
    [["2:a"], ["1:a"], true],
    [["2:a"], ["3:a"], false],
    [["2:a"], [], true],
    [["2:a", "1:b"], ["2:a"], true],
    [["2:a"], ["2:a", "1:b"], false],
    [["2:a", "1:b"], ["3:a", "2:b"], false],
    [["2:a:b"], ["1:a:b"], true],
    [["10:a"], ["9:a"], true],
  ] as const)("fewer signatures of some group: %j to %j", (was, is, expected) => {
    const [before, after] = [side("approval", "T2_ELEVATED", was), side("approval", "T2_ELEVATED", is)];
    expect(isWeaker(before, after)).toBe(expected);
  });
});

/** An item of which a pass sees no more than this. */
const itemAt = (seq: number, held: readonly Item[] = []): Item =>
  ({
    receipt: {
      seq,
      receipt_id: `rcpt_${seq}`,
      decided_at: "2026-06-01T12:00:00.000Z",
      agent: { id: "agent:a" },
    },
    intent: seq % 2 === 0 ? { operation: "read", resource: `file:${seq}` } : undefined,
    verified: true,
    held,
  }) as unknown as Item;

/** A pass whose items come to these outcomes, in turn. */
function passOf(outcomes: readonly Backtested[]): { pass: BacktestPass; asked: number[] } {
  const asked: number[] = [];
  const outcomeOf = ({ receipt }: { readonly receipt: { readonly seq: number } }) => {
    asked.push(receipt.seq);
    return outcomes[asked.length - 1]!;
  };
  return { pass: new BacktestPass({ asked: 0, outcomeOf }), asked };
}

const changed = (before: SideOfChange, after: SideOfChange): Backtested => ({
  kind: "changed",
  before,
  after,
});

describe("a backtest", () => {
  it("counts every receipt once, the held ones first", () => {
    const { pass, asked } = passOf([
      { kind: "same" },
      { kind: "not evaluated", reason: "withheld" },
      { kind: "same" },
      { kind: "not evaluated", reason: "withheld" },
      { kind: "not evaluated", reason: "else" },
      changed(side("allow"), side("deny")),
    ]);
    pass.add(itemAt(3, [itemAt(1), itemAt(2)]));
    for (const seq of [4, 5, 6]) pass.add(itemAt(seq));
    expect(asked).toEqual([1, 2, 3, 4, 5, 6]);
    expect(pass.end()).toEqual({
      receipts: 6,
      same: 2,
      changed: 1,
      weaker: 0,
      notEvaluated: new Map([
        ["withheld", 2],
        ["else", 1],
      ]),
      groups: [
        {
          before: side("allow"),
          after: side("deny"),
          weaker: false,
          receipts: 1,
          examples: [
            {
              seq: 6,
              receiptId: "rcpt_6",
              decidedAt: "2026-06-01T12:00:00.000Z",
              agent: "agent:a",
              operation: "read",
              resource: "file:6",
            },
          ],
        },
      ],
      groupsLeftOut: 0,
    });
  });

  it("puts together what changes alike, as one object or as several, with the first three as examples", () => {
    const one = changed(side("deny"), side("allow"));
    const again = changed(side("deny"), side("allow"));
    const { pass } = passOf([one, again, one, one, again]);
    for (let seq = 0; seq < 5; seq++) pass.add(itemAt(seq));
    const { groups, weaker, changed: count } = pass.end();
    expect([groups.length, groups[0]!.receipts, weaker, count]).toEqual([1, 5, 5, 5]);
    expect(groups[0]!.examples.map(({ seq, resource }) => [seq, resource])).toEqual([
      [0, "file:0"],
      [1, ""],
      [2, "file:2"],
    ]);
  });

  it("keeps apart what differs in any part of either side", () => {
    const sides = [
      side("approval"),
      side("escalate"),
      side("approval", "T2_ELEVATED"),
      side("approval", "T1_STANDARD", ["2:a"]),
      { ...side("approval"), rules: ["P-2"] },
    ];
    const outcomes = sides.flatMap((before) =>
      sides.filter((after) => after !== before).map((after) => changed(before, after)),
    );
    const { pass } = passOf(outcomes);
    for (const seq of outcomes.keys()) pass.add(itemAt(seq));
    expect(pass.end().groups).toHaveLength(20);
  });

  it("lists what is weaker first, then what loses most, then what is most, then what is first", () => {
    const order: readonly (readonly [Backtested, number])[] = [
      [changed(side("deny"), side("allow")), 1],
      [changed(side("escalate"), side("allow")), 1],
      [changed(side("approval"), side("allow")), 3],
      [changed({ ...side("approval"), rules: ["P-2"] }, side("allow")), 2],
      [changed({ ...side("approval"), rules: ["P-3"] }, side("allow")), 2],
      [changed(side("approval", "T2_ELEVATED"), side("approval")), 4],
      [changed(side("allow"), { ...side("allow"), rules: ["P-2"] }), 1],
      [changed(side("allow"), side("approval")), 9],
      [changed(side("allow"), side("deny")), 10],
    ];
    // The two of one size come in the order of their first receipts; all else the other way round.
    const given = [...order].reverse();
    [given[4], given[5]] = [given[5]!, given[4]!];
    const outcomes = given.flatMap(([outcome, times]) => Array.from({ length: times }, () => outcome));
    const { pass } = passOf(outcomes);
    for (const seq of outcomes.keys()) pass.add(itemAt(seq));
    const { groups } = pass.end();
    expect(groups.map(({ before, after }) => changed(before, after))).toEqual(order.map(([one]) => one));
    expect(groups.map(({ receipts }) => receipts)).toEqual(order.map(([, times]) => times));
    expect(groups.map(({ weaker }) => weaker)).toEqual(order.map((_, i) => i < 6));
  });

  it("keeps a thousand groups, and counts the receipts of others", () => {
    const outcomes = Array.from({ length: 1003 }, (_, i) =>
      changed(side("deny"), { ...side("allow"), rules: [`P-${i}`] }),
    );
    const { pass } = passOf([...outcomes, outcomes[0]!, outcomes[1002]!]);
    for (let seq = 0; seq < 1005; seq++) pass.add(itemAt(seq));
    const { groups, groupsLeftOut, weaker, changed: count } = pass.end();
    expect([groups.length, groupsLeftOut, weaker, count]).toEqual([1000, 4, 1005, 1005]);
  });
});

it("a backtest keeps no more of groups than some millions of characters", () => {
  const long = "x".repeat(900_000);
  const outcomes = Array.from({ length: 30 }, (_, i) =>
    changed(side("deny"), { ...side("allow"), rules: [`${i}${long}`] }),
  );
  const { pass } = passOf([...outcomes, changed(side("deny"), side("allow"))]);
  for (let seq = 0; seq <= 30; seq++) pass.add(itemAt(seq));
  const { groups, groupsLeftOut } = pass.end();
  // Those that come first, and what still has room beside them.
  expect([groups.length, groupsLeftOut]).toEqual([18, 13]);
});

it("an example's names are shortened", () => {
  const { pass } = passOf([changed(side("deny"), side("allow"))]);
  const long = (character: string) => character.repeat(2000);
  pass.add({
    ...itemAt(2),
    receipt: { ...itemAt(2).receipt, agent: { id: long("a") } },
    intent: { operation: long("b"), resource: long("c") },
  } as Item);
  const [example] = pass.end().groups[0]!.examples;
  expect([example!.agent, example!.operation, example!.resource]).toEqual(
    ["a", "b", "c"].map((character) => `${character.repeat(1000)}…`),
  );
});

describe("deciding by another policy", async () => {
  const items: Item[] = [];
  const population = new PopulationPass({ unit: "receipt", filter: {} }, (item) => items.push(item));
  await verify(policyLedger(), { observe: (observed) => population.observe(observed) });
  const held = items.find(({ receipt }) => receipt.decision === "approval")!;
  const edited = (edit: (receipt: Record<string, unknown>) => void, more: object = {}) => {
    const receipt = structuredClone(held.receipt) as unknown as Record<string, unknown>;
    edit(receipt);
    return { receipt, members: held.members, verified: true, ...more } as unknown as Item;
  };
  const backtester = new Backtester(platform);

  it("says why nothing is known of a receipt", () => {
    const reason = (one: Item) => {
      const outcome = backtester.outcomeOf(one);
      return outcome.kind === "not evaluated" ? outcome.reason : outcome.kind;
    };
    const nothing = () => {};
    expect(reason(edited(nothing))).toBe("same");
    expect(reason(edited(nothing, { verified: false }))).toBe("the receipt is not verified");
    expect(reason(edited(nothing, { members: {} }))).toBe("the intent is withheld");
    const released = (receipt: Record<string, unknown>) => {
      receipt["adapter_id"] = releaseAdapter;
    };
    const release = "a release of a policy, which the built-in policy decides";
    expect(reason(edited(released))).toBe(release);
    expect(reason(edited(released, { members: {} }))).toBe(release);
    expect(reason(edited(released, { verified: false }))).toBe("the receipt is not verified");
  });

  it.each<readonly [string, (receipt: Record<string, unknown>) => void]>([
    ["the decision", (receipt) => Object.assign(receipt, { decision: "escalate" })],
    ["the tier", (receipt) => Object.assign(receipt, { risk_tier: "T3_SOVEREIGN" })],
    ["the rules", (receipt) => Object.assign(receipt, { rationale: { rules: ["P-999"], summary: "" } })],
    [
      "who has to sign",
      (receipt) => {
        (receipt["approval"] as { required: unknown }).required = [{ group: "others", threshold: 1 }];
      },
    ],
    ["how many have to sign", (receipt) => setThreshold(receipt, 3)],
    [
      "that people have to sign",
      (receipt) => Object.assign(receipt, { approval: { state: "not_required" } }),
    ],
  ])("notices that %s would be another", (_what, edit) => {
    const outcome = backtester.outcomeOf(edited(edit));
    expect(outcome.kind).toBe("changed");
    // The same change again is the same object.
    expect(backtester.outcomeOf(edited(edit))).toBe(outcome);
  });

  it("lists rules and signatures in their order, whatever the receipt's", () => {
    const two = items.find(({ receipt }) => receipt.rationale.rules.length > 1)!;
    const receipt = structuredClone(two.receipt) as unknown as { rationale: { rules: string[] } };
    receipt.rationale.rules.reverse();
    const one = { receipt, members: two.members, verified: true } as unknown as Item;
    expect(backtester.outcomeOf(one)).toEqual({ kind: "same" });
    receipt.rationale.rules[0] = "P-999";
    expect(backtester.outcomeOf(one).kind).toBe("changed");
  });

  it("tells changes apart however many there are", () => {
    for (const _ of [1, 2])
      for (let i = 0; i < 1100; i++) {
        const rules = [`P-${i}`];
        const outcome = backtester.outcomeOf(
          edited((receipt) => Object.assign(receipt, { rationale: { rules, summary: "" } })),
        );
        expect(outcome.kind === "changed" && outcome.before.rules).toEqual(rules);
      }
  });
});

function setThreshold(receipt: Record<string, unknown>, threshold: number): void {
  (receipt["approval"] as { required: { threshold: number }[] }).required[0]!.threshold = threshold;
}
