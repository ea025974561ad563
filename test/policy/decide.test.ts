import { describe, expect, it } from "vitest";
import { engine } from "../../src/io/engine-node.js";
import type { Json } from "../../src/json/json.js";
import type { Time } from "../../src/json/time.js";
import { type PolicyBundle, readBundle } from "../../src/policy/bundle.js";
import { allowsWith, decide, understand } from "../../src/policy/decide.js";
import type { CedarEngine, Expr, PolicyJson } from "../../src/policy/engine.js";
import { runCases } from "../../src/policy/run-cases.js";
import { type Draft, filesWith, policyText } from "./generated.js";
import { bundleOf, caseOf, cedar, cedarModule, edited, filesOf, read } from "./support.js";

const at = "2026-06-01T10:00:00.000Z" as Time;
const intent = {
  schema: "sclaw.intent/1",
  tenant: "tenant:a",
  agent: { id: "agent:a" },
  adapter_id: "adapter:x@1",
  operation: "o2",
  resource: "r0",
  params: { n: 1, s: "a", b: true },
} as const;

const make = (outcome: Draft["outcome"], tier = 0, more: Partial<Draft> = {}): Draft => ({
  outcome,
  tier,
  action: "action",
  when: "context.facts.b",
  obligation: "1:a",
  ...more,
});
const bundleWith = (...drafts: readonly Draft[]) => bundleOf(filesWith(policyText(drafts)));
const decided = (bundle: PolicyBundle, json: Json = intent) => {
  const { decision, tier, rules, required } = decide(bundle, json, at);
  return [
    decision,
    tier,
    rules.join(" "),
    required.map(({ group, threshold }) => `${threshold}:${group}`).join(" "),
  ];
};

describe("the profile", () => {
  it("allow", () => {
    expect(decided(bundleWith(make("allow")))).toEqual(["allow", "T1_STANDARD", "G-0", ""]);
  });

  it("denies by default, at the operation's tier", () => {
    expect(decided(bundleWith(make("allow", 0, { when: "!context.facts.b" })))).toEqual([
      "deny",
      "T1_STANDARD",
      "default-deny",
      "",
    ]);
  });

  it("a denial is final, whatever else applies, and names the rules that deny", () => {
    expect(decided(bundleWith(make("allow"), make("approval", 3), make("deny", 0), make("deny", 2)))).toEqual(
      ["deny", "T3_SOVEREIGN", "G-2 G-3", ""],
    );
  });

  it("escalation comes before approval, with the obligations of both", () => {
    const both = bundleWith(
      make("allow"),
      make("approval", 2, { obligation: "2:a" }),
      make("escalate", 2, { obligation: "1:b" }),
    );
    expect(decided(both)).toEqual(["escalate", "T2_ELEVATED", "G-1 G-2", "2:a 1:b"]);
  });

  it("one group twice needs the larger number", () => {
    const twice = bundleWith(
      make("allow"),
      make("approval", 2, { obligation: "2:a" }),
      make("approval", 2, { obligation: "1:a" }),
    );
    expect(decided(twice)).toEqual(["approval", "T2_ELEVATED", "G-1 G-2", "2:a"]);
  });

  it("a hold of what nothing permits is denied, and says by which rule nobody can lift it", () => {
    expect(decided(bundleWith(make("approval", 2)))).toEqual(["deny", "T2_ELEVATED", "default-deny", ""]);
  });

  it("an allow at T2 or T3 is denied: it needs an obligation", () => {
    expect(decided(bundleWith(make("allow", 2)))).toEqual([
      "deny",
      "T2_ELEVATED",
      "tier-without-obligation",
      "",
    ]);
    expect(decided(bundleWith(make("allow", 3)))).toEqual([
      "deny",
      "T3_SOVEREIGN",
      "tier-without-obligation",
      "",
    ]);
    expect(decided(bundleWith(make("allow", 1)))).toEqual(["allow", "T1_STANDARD", "G-0", ""]);
  });

  it("a T3 permit with a T2 hold beside it is never below T3", () => {
    expect(decided(bundleWith(make("allow", 3), make("approval", 2)))).toEqual([
      "approval",
      "T3_SOVEREIGN",
      "G-1",
      "1:a",
    ]);
  });

  it("a T3 hold beside a T0 permit is T3", () => {
    expect(decided(bundleWith(make("allow", 0), make("escalate", 3)))).toEqual([
      "escalate",
      "T3_SOVEREIGN",
      "G-1",
      "1:a",
    ]);
  });
});

describe("an invalid request is denied at T3:", () => {
  const bundle = bundleWith(make("allow"));
  it.each<readonly [string, Json]>([
    ["no object", null],
    ["a list", []],
    ["a member too many", { ...intent, extra: 1 }],
    ["a member of another type", { ...intent, params: [] }],
    ["an unknown adapter", { ...intent, adapter_id: "adapter:y@1" }],
    ["an adapter that every object has", { ...intent, adapter_id: "adapter:__proto__@1" }],
    ["an unknown operation", { ...intent, operation: "o9" }],
    ["an operation that every object has", { ...intent, operation: "constructor" }],
    ["a missing fact", { ...intent, params: { n: 1, s: "a" } }],
    ["an integer that not every reader reads alike", { ...intent, params: { ...intent.params, x: 2 ** 53 } }],
    ["one deep down", { ...intent, params: { ...intent.params, x: [{ y: -(2 ** 60) }] } }],
    ["one in the claims", { ...intent, claims: { x: 1e300 } }],
  ])("%s", (_what, json) => {
    expect(decided(bundle, json)).toEqual(["deny", "T3_SOVEREIGN", "invalid-request", ""]);
    expect(decide(bundle, json, at).facts).toEqual({});
    expect(decide(bundle, json, at).why.length).toBeGreaterThan(0);
  });

  it("but not a fraction, which all readers read alike", () => {
    expect(decided(bundle, { ...intent, params: { ...intent.params, x: 0.1 } })[0]).toBe("allow");
  });
});

describe("what the engine cannot evaluate is denied at T3", () => {
  it("an attribute of an entity that nobody listed", () => {
    const bundle = bundleWith(make("allow", 0, { when: "principal.level > 0" }));
    expect(decided(bundle, { ...intent, agent: { id: "agent:unknown" } })).toEqual([
      "deny",
      "T3_SOVEREIGN",
      "policy-error",
      "",
    ]);
  });

  it("a forbid that fails, beside a permit that would allow", () => {
    const bundle = bundleWith(make("allow"), make("deny", 0, { when: "principal.level > 5" }));
    expect(decided(bundle, { ...intent, agent: { id: "agent:unknown" } })).toEqual([
      "deny",
      "T3_SOVEREIGN",
      "policy-error",
      "",
    ]);
  });

  const policy = policyText([make("allow"), make("approval", 2)]);
  const failing = (call: (nth: number) => ReturnType<CedarEngine["statefulIsAuthorized"]>) => {
    let nth = 0;
    const broken: CedarEngine = { ...cedar, statefulIsAuthorized: () => call(nth++) };
    const result = readBundle(filesWith(policy), broken, engine.sha3_256);
    if (!result.ok) throw new Error("expected a bundle");
    return result.bundle;
  };
  const error = {
    policyId: "G-0",
    error: { message: "integer overflow", help: null, code: null, url: null, severity: null },
  };

  it("an exception, also in the second question", () => {
    const throwing = failing(() => {
      throw new Error("unreachable");
    });
    expect(decided(throwing)).toEqual(["deny", "T3_SOVEREIGN", "policy-error", ""]);
    const later = failing((nth) => {
      if (nth > 0) throw new Error("unreachable");
      return {
        type: "success",
        response: { decision: "deny", diagnostics: { reason: ["G-1"], errors: [] } },
        warnings: [],
      };
    });
    expect(decided(later)).toEqual(["deny", "T3_SOVEREIGN", "policy-error", ""]);
  });

  it("any evaluation error beside an allow: Cedar skips a forbid that overflows", () => {
    const overflow = failing(() => ({
      type: "success",
      response: { decision: "allow", diagnostics: { reason: ["G-0"], errors: [error] } },
      warnings: [],
    }));
    expect(decided(overflow)).toEqual(["deny", "T3_SOVEREIGN", "policy-error", ""]);
  });

  it("a request that the schema refuses", () => {
    const refused = failing(() => ({ type: "failure", errors: [error.error], warnings: [] }));
    expect(decided(refused)).toEqual(["deny", "T3_SOVEREIGN", "policy-error", ""]);
  });

  it("and the engine does overflow, and does skip: which is why check refuses such a policy", () => {
    const answer = cedarModule.isAuthorized({
      principal: { type: "A", id: "a" },
      action: { type: "Action", id: "x" },
      resource: { type: "R", id: "r" },
      context: { n: Number.MAX_SAFE_INTEGER },
      entities: [],
      policies: {
        staticPolicies: {
          p: "permit(principal,action,resource);",
          f: "forbid(principal,action,resource) when { context.n * 2000 > 1 };",
        },
      },
    });
    expect(answer).toMatchObject({
      type: "success",
      response: { decision: "allow", diagnostics: { errors: [{ policyId: "f" }] } },
    });
  });
});

it("the engine's order of determining policies changes nothing", () => {
  const many = bundleWith(...Array.from({ length: 12 }, () => make("allow")));
  const first = decided(many);
  expect(first[2]).toBe([...first[2]!.split(" ")].sort().join(" "));
  for (let i = 0; i < 20; i++) expect(decided(many)).toEqual(first);
});

it("claims change nothing but the intent's own hash", () => {
  const bundle = bundleOf(filesOf("platform"));
  const one = caseOf(bundle, "a write in production");
  const claimed = { ...one.intent, claims: { environment: "dev", tier: "T0_OBSERVE", rows: 1 } };
  expect(decide(bundle, claimed, one.at)).toEqual(decide(bundle, one.intent, one.at));
});

it("plain Cedar allows a hold once its obligations are met, each of them", () => {
  const bundle = bundleOf(filesOf("platform"));
  const one = caseOf(bundle, "a write in production on a Saturday");
  const understood = understand(bundle, one.intent, one.at);
  if (!understood.ok) throw new Error("expected an intent that is understood");
  const met = (...obligations: readonly (readonly [number, string])[]) =>
    allowsWith(
      bundle,
      understood.question,
      obligations.map(([threshold, group]) => ({ threshold, group })),
    );
  expect(met()).toBe(false);
  expect(met([2, "release-managers"])).toBe(false);
  expect(met([1, "release-managers"], [1, "security-oncall"])).toBe(false);
  expect(met([2, "release-managers"], [1, "security-oncall"])).toBe(true);
  expect(met([3, "release-managers"], [2, "security-oncall"])).toBe(true);
});

/** A policy without one part of its scope or of one condition, for each of them. */
function weakened(json: PolicyJson, obligation: string | undefined): PolicyJson[] {
  // Not the action: which facts there are says it again, and people read it first.
  const scopes = (["principal", "resource"] as const)
    .filter((part) => json[part].op !== "All")
    .map((part) => ({ ...json, [part]: { op: "All" } }));
  const clauses = json.conditions.flatMap((clause, i) => {
    const isObligation = obligation !== undefined && clause.kind === "unless" && "contains" in clause.body;
    if (isObligation) return [];
    const others = json.conditions.filter((_, at) => at !== i);
    const parts = partsLost(clause.body).map((body) => ({
      ...json,
      conditions: json.conditions.with(i, { ...clause, body }),
    }));
    return [{ ...json, conditions: others }, ...parts];
  });
  return [...scopes, ...clauses] as PolicyJson[];
}

/** An expression with one side of one "and" or "or" left out. */
function partsLost(expr: Expr): Expr[] {
  return (["&&", "||"] as const).flatMap((operator) => {
    if (!(operator in expr)) return [];
    const { left, right } = (expr as { readonly [o: string]: { readonly left: Expr; readonly right: Expr } })[
      operator
    ]!;
    const below = (side: "left" | "right", other: Expr) =>
      partsLost(other).map((part) => ({ [operator]: { left, right, [side]: part } }) as unknown as Expr);
    return [left, right, ...below("left", left), ...below("right", right)];
  });
}

describe.each(["starter", "platform", "platform-next", "payments", "coding-agent"])(
  "the tests of %s",
  (name) => {
    const files = filesOf(name);
    const bundle = bundleOf(files);
    const failures = (other: PolicyBundle) =>
      runCases(other, bundle.cases).filter(({ differences }) => differences.length > 0).length;

    it("hold", () => {
      expect(runCases(bundle, bundle.cases).flatMap(({ differences }) => differences)).toEqual([]);
    });

    it.each(bundle.rules.map(({ id }) => id))("notice that %s is gone", (id) => {
      const { text } = bundle.ruleById.get(id)!;
      expect(failures(bundleOf(edited(files, "policy.cedar", text, "")))).toBeGreaterThan(0);
    });

    it.each(bundle.rules.flatMap(({ id, obligation }) => (obligation === undefined ? [] : [id])))(
      "notice that the obligation of %s is gone",
      (id) => {
        const { text, obligation } = bundle.ruleById.get(id)!;
        const final = text
          .replace(/ @outcome\("[a-z]+"\) @obligation\("[^"]+"\)/, "")
          .replace(`unless { context.satisfied.contains("${obligation!.text}") }`, "");
        expect(failures(bundleOf(edited(files, "policy.cedar", text, final)))).toBeGreaterThan(0);
      },
    );

    const conditions = bundle.rules.flatMap(({ id, json, obligation }) =>
      weakened(json, obligation?.text).map((mutant, i) => [id, i, mutant] as const),
    );
    it.each(conditions)("notice that %s has lost a part of its conditions (%i)", (id, _i, mutant) => {
      const written = cedarModule.policyToText(mutant);
      if (written.type === "failure") throw new Error(JSON.stringify(written.errors));
      const { text } = bundle.ruleById.get(id)!;
      const result = read(edited(files, "policy.cedar", text, written.text));
      // Where the schema refuses what is left, that is noticed too.
      if (result.ok) expect(failures(result.bundle)).toBeGreaterThan(0);
      else expect(result.problems.length).toBeGreaterThan(0);
    });

    const limits = bundle.rules.flatMap(({ id, text }) =>
      [...text.matchAll(/(?<=[=<>]=? )\d+/g)].flatMap(({ 0: number, index }) =>
        [1, -1].map((step) => [id, Number(number) + step, index, number.length] as const),
      ),
    );
    it.each(limits)("notice that a limit of %s is %i", (id, other, index, length) => {
      const { text } = bundle.ruleById.get(id)!;
      const moved = `${text.slice(0, index)}${other}${text.slice(index + length)}`;
      expect(failures(bundleOf(edited(files, "policy.cedar", text, moved)))).toBeGreaterThan(0);
    });

    const below = bundle.rules.filter(({ tier }) => tier !== "T3_SOVEREIGN");
    it.each(below.map(({ id }) => id))("notice that %s has a higher tier", (id) => {
      const { text, tier } = bundle.ruleById.get(id)!;
      const higher = text.replace(`@tier("${tier}")`, '@tier("T3_SOVEREIGN")');
      expect(failures(bundleOf(edited(files, "policy.cedar", text, higher)))).toBeGreaterThan(0);
    });
  },
);
