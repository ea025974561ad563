import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PolicyBundle } from "../../src/policy/bundle.js";
import { decide, type PolicyDecision } from "../../src/policy/decide.js";
import { askOncePerClass, readsOf } from "../../src/policy/request-class.js";
import { riskTiers } from "../../src/policy/rule.js";
import { obligationText } from "../../src/policy/run-cases.js";
import type { Decision } from "../../src/receipt/receipt.js";
import {
  type Asked,
  type Draft,
  draft,
  entities,
  filesWith,
  policyText,
  request,
  stockRequest,
} from "./generated.js";
import { bundleOf, cedarModule } from "./support.js";

const drafts = fc.array(draft, { minLength: 1, maxLength: 6 });
const requests = fc.array(request, { minLength: 20, maxLength: 20 });

const strictness: { readonly [D in Decision]: number } = { allow: 0, approval: 1, escalate: 2, deny: 3 };
const rank = ({ tier }: PolicyDecision) => riskTiers.indexOf(tier);

/** Policies that contradict themselves are refused as impossible: those are no bundles. */
function generated(all: readonly Draft[]): PolicyBundle | undefined {
  try {
    return bundleOf(filesWith(policyText(all)));
  } catch (error) {
    if (String(error).includes("impossible")) return undefined;
    throw error;
  }
}

/** Each time the same 110 bundles, with 20 requests each. */
const runs = { numRuns: 110, seed: 4 };

describe("for generated bundles and requests", () => {
  it("the order of policies, files and entities changes nothing", () => {
    fc.assert(
      fc.property(drafts, requests, (all, asked) => {
        const bundle = generated(all);
        if (bundle === undefined) return;
        const names = all.map((_, i) => `G-${i}`).reverse();
        const turned = filesWith(policyText([...all].reverse(), names), [...entities].reverse());
        const other = bundleOf(new Map([...turned].reverse()));
        for (const { intent, at } of asked)
          expect(decide(other, intent, at)).toEqual({
            ...decide(bundle, intent, at),
            why: expect.anything(),
          });
      }),
      runs,
    );
  });

  it("an unconditional forbid added never weakens, a conditional one never yields allow nor a lower tier", () => {
    fc.assert(
      fc.property(drafts, draft, requests, (all, added, asked) => {
        const before = generated(all);
        const plain = generated([...all, { ...added, outcome: "deny" }]);
        const outcome = added.outcome === "escalate" ? "escalate" : "approval";
        const held = generated([...all, { ...added, outcome }]);
        if (before === undefined || plain === undefined || held === undefined) return;
        for (const { intent, at } of asked) {
          const was = decide(before, intent, at);
          const isPlain = decide(plain, intent, at);
          expect(strictness[isPlain.decision]).toBeGreaterThanOrEqual(strictness[was.decision]);
          const isHeld = decide(held, intent, at);
          const applies = isHeld.rules.includes(`G-${all.length}`);
          if (applies || was.decision !== "allow") expect(isHeld.decision).not.toBe("allow");
          expect(rank(isHeld)).toBeGreaterThanOrEqual(rank(was));
          if (was.decision === "deny" && was.rules[0] !== "tier-without-obligation")
            expect(isHeld.decision).toBe("deny");
        }
      }),
      runs,
    );
  });

  it("stock Cedar allows what was granted with its obligations met, and nothing else", () => {
    fc.assert(
      fc.property(drafts, requests, (all, asked) => {
        const bundle = generated(all);
        if (bundle === undefined) return;
        const stock = (asked: Asked, satisfied: readonly string[]) => {
          const answer = cedarModule.isAuthorized({
            ...stockRequest(asked, satisfied),
            policies: { staticPolicies: policyText(all) },
          });
          return (
            answer.type === "success" &&
            answer.response.diagnostics.errors.length === 0 &&
            answer.response.decision === "allow"
          );
        };
        for (const one of asked) {
          const { decision, required, rules } = decide(bundle, one.intent, one.at);
          // Where one group is asked for twice, the larger number meets both.
          const met = ["1:a", "2:a", "1:b"].filter((text) =>
            required.some(({ group, threshold }) => text.endsWith(group) && Number(text[0]) <= threshold),
          );
          switch (decision) {
            case "allow":
              expect(stock(one, [])).toBe(true);
              break;
            case "approval":
            case "escalate":
              expect(stock(one, met)).toBe(true);
              for (const obligation of required.map(obligationText)) {
                const others = met.filter((text) => text !== obligation);
                expect(stock(one, others)).toBe(false);
              }
              break;
            case "deny":
              if (rules[0] !== "tier-without-obligation")
                expect(stock(one, ["1:a", "2:a", "1:b"])).toBe(false);
          }
          expect(stock(one, [])).toBe(decision === "allow" || rules[0] === "tier-without-obligation");
        }
      }),
      runs,
    );
  });

  it("deciding once per class gives what deciding each gives", () => {
    fc.assert(
      fc.property(drafts, fc.array(request, { minLength: 60, maxLength: 60 }), (all, asked) => {
        const bundle = generated(all);
        if (bundle === undefined) return;
        const ask = askOncePerClass(bundle);
        for (const { intent, at } of asked)
          expect(decide(bundle, intent, at, ask)).toEqual(decide(bundle, intent, at));
      }),
      { numRuns: 60, seed: 4 },
    );
  });
});

describe("what a bundle reads", () => {
  const reads = (...when: readonly string[]) =>
    readsOf(
      bundleOf(
        filesWith(
          policyText(
            when.map((one) => ({
              outcome: "allow",
              tier: 0,
              action: "action",
              when: one,
              obligation: "1:a",
            })),
          ),
        ),
      ),
    );
  it("numbers that are only compared with literals, by those", () => {
    const found = reads(
      "context.facts.n > 3",
      "1 <= context.facts.n",
      "context.minute < 420",
      "context.facts.n != 3",
    );
    expect([...found.compared]).toEqual([
      ["facts.n", [1, 3]],
      ["minute", [420]],
    ]);
    expect([...found.exact]).toEqual([]);
  });

  it("numbers that are compared with others, or calculated with, whole", () => {
    expect([...reads("context.facts.n > context.minute").exact].sort()).toEqual(["facts.n", "minute"]);
    expect([...reads("context.facts.n + 1 > 5").exact]).toEqual(["facts.n"]);
    expect([...reads("[1, 2].contains(context.facts.n)").exact]).toEqual(["facts.n"]);
    expect([...reads("if context.facts.b then context.facts.n > 1 else false").exact]).toEqual(["facts.b"]);
  });

  it("a literal that a double cannot hold, whole", () => {
    expect([...reads("context.facts.n < 9007199254740993").exact]).toEqual(["facts.n"]);
  });

  it("the resource, only where it is asked for", () => {
    expect(reads("context.facts.b")).toMatchObject({ resource: false, resourceTenant: false });
    expect(reads("resource.tenant == principal.tenant")).toMatchObject({
      resource: false,
      resourceTenant: true,
    });
    expect(reads('resource == Resource::"r0"')).toMatchObject({ resource: true });
    expect(reads("resource has tenant")).toMatchObject({ resource: true });
  });

  it("facts as a whole, all of them", () => {
    expect([...reads("context.facts == context.facts").exact]).toEqual(["facts"]);
  });
});
