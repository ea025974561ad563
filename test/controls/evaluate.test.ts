import { describe, expect, it } from "vitest";
import { builtInControls } from "../../src/controls/built-in.js";
import type { Control } from "../../src/controls/control.js";
import { ControlEvaluation } from "../../src/controls/evaluate.js";
import type { ControlInputs } from "../../src/controls/inputs.js";
import { decodeRegisters, Roster } from "../../src/controls/registers.js";
import { type ControlResult, outcomeOf } from "../../src/controls/result.js";
import type { FindingCode } from "../../src/findings/catalogue.js";
import type { Problem } from "../../src/findings/finding.js";
import type { Verification } from "../../src/ledger/verification.js";
import type { Item } from "../../src/population/item.js";
import type { Population } from "../../src/population/population.js";
import { outcomeText } from "../../src/report/outcome-text.js";
import { approval, item, notExecuted } from "../population/items-support.js";

const problem = (code: FindingCode): Problem => ({ code, expected: "one thing", actual: "another" });
const verdict = (
  integrity: Verification["integrity"] = "verified",
  found: readonly [FindingCode, number][] = [],
) => ({ integrity, findingCounts: new Map(found) }) as unknown as Verification;
const population = { entries: 40, withheld: 0, start: 0, integrity: "verified" } as unknown as Population;

function evaluate(
  items: readonly Item[],
  {
    inputs = {},
    verification = verdict(),
    controls = builtInControls,
  }: { inputs?: Partial<ControlInputs>; verification?: Verification; controls?: readonly Control[] } = {},
): { readonly of: (id: string) => ControlResult; readonly evaluation: ControlEvaluation } {
  const evaluation = new ControlEvaluation(controls, { unit: "request", ...inputs });
  evaluation.observe({ entry: { issuedAt: "2026-06-03T00:00:00.000Z" } } as never);
  for (const one of items) evaluation.add(one, true);
  const results = evaluation.end(verification, population);
  return { evaluation, of: (id) => results.find(({ control }) => control.id === id)! };
}

const marksOf = (id: string, one: Item, inputs: Partial<ControlInputs> = {}) => {
  const { evaluation } = evaluate([one], { inputs });
  const marks = evaluation.marks(builtInControls.find((control) => control.id === id)!, one);
  return marks.map(({ letter, mark }) => `${letter} ${mark}`).join(", ");
};

describe("a control over requests", () => {
  it("notes no deviations, and says in how many items", () => {
    const result = evaluate([item({ seq: 0 }), item({ seq: 1 })]).of("SC-LA-1");
    expect(result).toMatchObject({
      population: 2,
      tested: 2,
      deviating: 0,
      outcome: { kind: "no-deviations", tested: 2 },
    });
  });

  it("notes a deviation once for each item, whatever it has of them", () => {
    const bad = item(
      { seq: 1 },
      {
        problems: [
          problem("control.executed-without-authority"),
          problem("control.time-order"),
          problem("control.time-order"),
        ],
      },
    );
    const result = evaluate([item(), bad]).of("SC-LA-1");
    expect(result).toMatchObject({ deviating: 1, outcome: { kind: "deviations", deviating: 1, tested: 2 } });
    expect(result.deviations).toMatchObject([{ seq: 1, letters: ["A", "B"] }]);
    expect(result.deviations[0]!.problems).toHaveLength(3);
    expect(result.attributes.map(({ letter, deviated }) => [letter, deviated])).toEqual([
      ["A", 1],
      ["B", 1],
      ["C", 0],
      ["D", 0],
    ]);
  });

  it("counts what a held receipt of the request shows", () => {
    const { held: _held, ...before } = item({}, { problems: [problem("approval.self")] });
    const elevated = item({ seq: 1, risk_tier: "T2_ELEVATED" }, { held: [before] });
    expect(evaluate([elevated]).of("SC-LA-3")).toMatchObject({ deviating: 1 });
  });

  it("tests its own population, and names what deviates outside of it", () => {
    const elevated = item({ seq: 0, risk_tier: "T3_SOVEREIGN" });
    const standard = item({ seq: 1 }, { problems: [problem("approval.self")] });
    const result = evaluate([elevated, standard]).of("SC-LA-3");
    expect(result).toMatchObject({ population: 1, tested: 1, deviating: 0, outside: 1 });
  });

  it("takes a warning as noted, and not as a deviation", () => {
    const one = item({ risk_tier: "T2_ELEVATED" }, { problems: [problem("approval.one-person-two-groups")] });
    const result = evaluate([one]).of("SC-LA-3");
    expect(result.outcome).toEqual({ kind: "no-deviations", tested: 1 });
    expect(result.attributes[0]!.codes).toEqual([{ code: "approval.one-person-two-groups", count: 1 }]);
  });

  it("does not test a receipt that is not verified", () => {
    const forged = item({}, { verified: false, problems: [problem("control.executed-without-authority")] });
    const result = evaluate([forged]).of("SC-LA-1");
    expect(result).toMatchObject({
      population: 1,
      tested: 0,
      deviating: 0,
      outcome: { kind: "not-evaluated" },
    });
    const { held: _held, ...before } = item({}, { verified: false });
    expect(marksOf("SC-LA-4", item({}, { held: [before] }))).toBe("A NE");
  });

  it("is not evaluated where nobody is in its population, and says so", () => {
    expect(evaluate([item()]).of("SC-LA-3").outcome).toEqual({
      kind: "not-evaluated",
      missing: "no item is in the population",
    });
  });

  it("does not compare an intent that is withheld", () => {
    expect(marksOf("SC-LA-1", item({}, { intent: undefined }))).toBe("A Y, B Y, C NE, D NE");
    expect(marksOf("SC-LA-1", item())).toBe("A Y, B Y, C Y, D NE");
  });
});

describe("integrity", () => {
  it("that failed under a control is its class, and counts no deviation", () => {
    const found = verdict("failed", [["intent.mismatch", 2]]);
    const one = item({}, { verified: false, problems: [problem("intent.mismatch")] });
    const result = evaluate([one, item({ seq: 1 })], { verification: found }).of("SC-LA-1");
    expect(result).toMatchObject({
      deviating: 0,
      outcome: { kind: "integrity-failure", codes: [{ code: "intent.mismatch", count: 2 }] },
    });
  });

  it("that failed elsewhere leaves a control without deviations not evaluated", () => {
    const found = verdict("failed", [["signature.invalid", 1]]);
    expect(evaluate([item()], { verification: found }).of("SC-LA-1").outcome.kind).toBe("not-evaluated");
    expect(evaluate([item()], { verification: found }).of("SC-LM-2").outcome.kind).toBe("integrity-failure");
    expect(evaluate([item()], { verification: found }).of("SC-LM-1").outcome.kind).toBe("not-evaluated");
    expect(evaluate([item()], { verification: verdict("undecided") }).of("SC-LM-1").outcome.kind).toBe(
      "not-evaluated",
    );
  });

  it("does not hide a deviation of a genuine receipt", () => {
    const bad = item({}, { problems: [problem("control.time-order")] });
    const found = verdict("failed", [["seq.gap", 1]]);
    expect(evaluate([bad], { verification: found }).of("SC-LA-1").outcome.kind).toBe("deviations");
  });

  it("of the whole record is tested over all entries", () => {
    const { of } = evaluate([]);
    expect(of("SC-LM-1").outcome).toEqual({ kind: "no-deviations", tested: 1 });
    expect(of("SC-LM-2").outcome).toEqual({ kind: "no-deviations", tested: 40 });
  });

  it("notes a warning of the record", () => {
    const result = evaluate([], { verification: verdict("verified", [["checkpoint.cosignature", 1]]) }).of(
      "SC-LM-1",
    );
    expect(result.outcome.kind).toBe("no-deviations");
    expect(result.attributes[2]!.codes).toEqual([{ code: "checkpoint.cosignature", count: 1 }]);
  });
});

describe("inputs", () => {
  const registers = (more: object) => {
    const decoded = decodeRegisters({ format: "sclaw.registers/1", ...more } as never);
    if (!decoded.ok) throw new Error(JSON.stringify(decoded.issues));
    return decoded.value;
  };
  const hash = item().receipt.policy.hash;

  it("that are absent leave their attributes not evaluated, each by itself", () => {
    expect(marksOf("SC-LA-2", item())).toBe("A NE, B NE, C NE");
    expect(
      marksOf("SC-LA-2", item(), { registers: registers({ adapters: [{ id: "adapter:crm@1" }] }) }),
    ).toBe("A NE, B Y, C NE");
  });

  it.each([
    ["agents", "SC-LA-2", "A", "agent:ops-1", "agent:ops-2"],
    ["adapters", "SC-LA-2", "B", "adapter:crm@1", "adapter:crm@2"],
    ["tenants", "SC-LA-2", "C", "tenant:acme/prod", "tenant:acme"],
  ])("say whether %s were registered", (name, control, letter, known, other) => {
    const mark = (id: string) => marksOf(control, item(), { registers: registers({ [name]: [{ id }] }) });
    expect(mark(known)).toContain(`${letter} Y`);
    expect(mark(other)).toContain(`${letter} N`);
  });

  it("say whether a policy was released", () => {
    const policies = [
      { hash, version: "v1", from: "2026-06-01T12:00:00.000Z", until: "2026-06-02T00:00:00.000Z" },
    ];
    expect(marksOf("SC-CM-1", item(), { registers: registers({ policies }) })).toBe("A Y");
    const late = item({ decided_at: "2026-06-02T00:00:00.000Z" as never });
    expect(marksOf("SC-CM-1", late, { registers: registers({ policies }) })).toBe("A N");
    expect(marksOf("SC-CM-1", item())).toBe("A NE");
  });

  it("count an unknown outcome always, and hold executions against a log", () => {
    const unknown = item({ outcome: { status: "unknown", started_at: "2026-06-01T12:00:00.000Z" } as never });
    expect(marksOf("SC-LM-4", unknown)).toBe("A N, B NE");
    expect(marksOf("SC-LM-4", item({ seq: 3 }), { executions: ["corr_3"] })).toBe("A Y, B Y");
    expect(marksOf("SC-LM-4", item({ seq: 3 }), { executions: ["corr_4"] })).toBe("A Y, B N");
    const { of } = evaluate([item({ seq: 3 })], { inputs: { executions: ["corr_3", "corr_4", "corr_5"] } });
    expect(of("SC-LA-1")).toMatchObject({
      unrecordedCount: 2,
      unrecorded: ["corr_4", "corr_5"],
      outcome: { kind: "deviations", deviating: 0 },
    });
    expect(of("SC-LA-1").attributes[3]).toMatchObject({ agreed: 1, deviated: 2 });
    expect(of("SC-LA-4").outcome.kind).toBe("no-deviations");
  });

  it("hold rows of the log against entries that are not disclosed before they deviate", () => {
    const of = (more: object, ...executions: string[]) => {
      const evaluation = new ControlEvaluation(builtInControls, { unit: "request", executions });
      evaluation.add(item({ seq: 0 }), true);
      return evaluation.end(verdict(), { ...population, ...more })[0]!;
    };
    const unknown = of({ withheld: 1, start: 1 }, "corr_0", "corr_1", "corr_2");
    expect(unknown).toMatchObject({ unrecordedCount: 2, outcome: { kind: "no-deviations", tested: 1 } });
    expect(unknown.attributes[3]).toMatchObject({
      agreed: 1,
      deviated: 0,
      notEvaluated: 2,
      reasons: [{ items: 2 }],
    });
    const beyond = of({ withheld: 1 }, "corr_0", "corr_1", "corr_2", "corr_3");
    expect(beyond.outcome).toMatchObject({ kind: "deviations", deviating: 0, unaccounted: 2 });
    expect(outcomeText(beyond)).toBe(
      "deviations noted (0 of 1); at least 2 rows of the execution log without a receipt",
    );
  });

  it("find an execution recorded only where a receipt ran, in whatever population", () => {
    const evaluation = new ControlEvaluation(builtInControls, {
      unit: "request",
      executions: ["corr_0", "corr_1"],
    });
    evaluation.add(item({ seq: 0 }), false);
    evaluation.add(item({ seq: 1, outcome: notExecuted }), true);
    const [first] = evaluation.end(verdict(), population);
    expect(first!.unrecorded).toEqual(["corr_1"]);
  });

  it("say whether held requests were resolved in time", () => {
    const held = item({ decision: "approval", approval: approval("pending"), outcome: notExecuted });
    const day = 86_400;
    // Requested 06-01 11:00, the ledger ends 06-03 00:00: 37 hours.
    expect(marksOf("SC-LM-3", held)).toBe("A NE");
    expect(marksOf("SC-LM-3", held, { slaSeconds: day })).toBe("A N");
    expect(marksOf("SC-LM-3", held, { slaSeconds: 2 * day })).toBe("A NE");
    expect(marksOf("SC-LM-3", held, { slaSeconds: 37 * 3600 })).toBe("A NE");
    expect(marksOf("SC-LM-3", held, { slaSeconds: 37 * 3600 - 1 })).toBe("A N");
    const resolved = item({ decision: "approval", approval: approval("granted") });
    expect(marksOf("SC-LM-3", resolved, { slaSeconds: 3600 })).toBe("A Y");
    expect(marksOf("SC-LM-3", resolved, { slaSeconds: 3599 })).toBe("A N");
    expect(marksOf("SC-LM-3", resolved, { slaSeconds: 3600, unit: "receipt" })).toBe("A NE");
    expect(marksOf("SC-LM-3", item(), { slaSeconds: 3600 })).toBe("A N/A");
    // Policy asked people, and the receipt holds no request to any: nothing was resolved.
    const unasked = item({ decision: "escalate", outcome: notExecuted });
    expect(marksOf("SC-LM-3", unasked, { slaSeconds: 3600 })).toBe("A NE");
  });

  it.each<[string, object, string]>([
    ["an unknown member", { people: [] }, "/people"],
    ["an agent that is none", { agents: [{ id: "ops" }] }, "/agents/0/id"],
    ["a time that is none", { agents: [{ id: "agent:a", from: "2026-06-01" }] }, "/agents/0/from"],
    [
      "a period that ends before it begins",
      { agents: [{ id: "agent:a", from: "2026-06-02T00:00:00.000Z", until: "2026-06-01T00:00:00.000Z" }] },
      "/agents/0/until",
    ],
    ["a policy without hash", { policies: [{ version: "v1" }] }, "/policies/0/hash"],
    ["a log without column", { executions: { file: "x.csv" } }, "/executions/column"],
  ])("with %s are refused", (_what, more, pointer) => {
    const decoded = decodeRegisters({ format: "sclaw.registers/1", ...more } as never);
    expect(decoded.ok ? [] : decoded.issues.map((issue) => issue.pointer)).toEqual([pointer]);
  });

  it("list an id for its time and tenants", () => {
    const roster = new Roster([
      {
        id: "agent:a",
        from: "2026-01-01T00:00:00.000Z" as never,
        until: "2026-02-01T00:00:00.000Z" as never,
      },
      { id: "agent:a", from: "2026-03-01T00:00:00.000Z" as never, tenants: ["tenant:x"] },
    ]);
    const lists = (at: string, tenant = "tenant:x") => roster.lists("agent:a", at as never, tenant);
    expect(lists("2026-01-01T00:00:00.000Z", "tenant:y")).toBe(true);
    expect(lists("2025-12-31T23:59:59.999Z")).toBe(false);
    expect(lists("2026-02-01T00:00:00.000Z")).toBe(false);
    expect(lists("2026-03-01T00:00:00.000Z")).toBe(true);
    expect(lists("2026-03-01T00:00:00.000Z", "tenant:y")).toBe(false);
  });
});

describe("the class of a result", () => {
  const base = {
    integrity: "verified",
    population: 3,
    tested: 3,
    deviating: 0,
    unaccounted: 0,
    attributes: [],
  } as const;
  it("never reads as if something had been tested that was not", () => {
    expect(outcomeOf(base).kind).toBe("no-deviations");
    expect(outcomeOf({ ...base, tested: 0 })).toEqual({
      kind: "not-evaluated",
      missing: "none of its attributes is about items",
    });
    expect(outcomeOf({ ...base, population: 0, tested: 0 }).kind).toBe("not-evaluated");
    expect(outcomeOf({ ...base, integrity: "undecided" }).kind).toBe("not-evaluated");
    expect(outcomeOf({ ...base, unaccounted: 1 }).kind).toBe("deviations");
  });
});

describe("items that come to the same", () => {
  it("are added together to what each by itself would add up to", () => {
    const held = item({ seq: 3, decision: "approval", approval: approval("pending"), outcome: notExecuted });
    const kinds = [
      item({ seq: 0 }),
      item({ seq: 1 }, { intent: undefined }),
      item({ seq: 2 }, { verified: false }),
      held,
      item({ seq: 4 }, { held: [held], policyJudged: true }),
      item({ seq: 5, risk_tier: "T2_ELEVATED" }, { problems: [problem("nonce.reused")] }),
    ];
    const items = Array.from({ length: 60 }, (_, i) => kinds[(i * i + (i >> 2)) % kinds.length]!);
    const [some] = builtInControls;
    const timed: Control = {
      ...some!,
      id: "X-1",
      population: { unit: "request", filter: { from: "2026-01-01T00:00:00.000Z" as never } },
    };
    for (const inputs of [{}, { slaSeconds: 60 }]) {
      const [together, apart] = [builtInControls, [...builtInControls, timed]].map((controls) =>
        evaluate(items, { controls, inputs }),
      );
      for (const { id } of builtInControls) expect(together!.of(id), id).toEqual(apart!.of(id));
    }
  });
});
