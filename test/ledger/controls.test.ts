import { describe, expect, it } from "vitest";
import { timeText } from "../../fixtures/make/bytes.mjs";
import { epoch, Ledger, requirement } from "../../fixtures/make/ledger.mjs";
import { single } from "../../fixtures/make/story.mjs";
import { found } from "../support/verify.js";

const decisions = ["allow", "deny", "escalate", "approval"] as const;
const states = ["not_required", "pending", "granted", "rejected", "expired"] as const;
const statuses = ["executed", "failed", "not_executed", "unknown"] as const;

/** Section 4 in full: the state with which each decision is permitted; denied is never. */
const permittedWith: { readonly [decision: string]: string | undefined } = {
  allow: "not_required",
  deny: undefined,
  escalate: "granted",
  approval: "granted",
};

/** One receipt at line 2 that is in order but for what it did. */
function did(decision: string, state: string, status: string, tier: string): Ledger {
  const ledger = new Ledger({ label: "controls" });
  ledger.add({ intent: false });
  const required = [requirement(tier === "T3_SOVEREIGN" ? "platform-owners" : "release-managers")];
  const approval =
    state === "not_required"
      ? { state }
      : {
          state,
          required,
          requested_at: timeText(epoch),
          expires_at: timeText(epoch + 3_600_000),
          signatures: [],
        };
  ledger.add({
    intent: false,
    decision,
    status,
    tier,
    approval,
    ...(state === "granted" ? { signatures: ["alice", "bob"] } : {}),
  });
  return ledger.checkpoint();
}

describe("what was permitted", () => {
  for (const decision of decisions) {
    for (const state of states) {
      for (const status of statuses) {
        const isPermitted = permittedWith[decision] === state;
        const expected =
          status === "not_executed" || isPermitted ? [] : ["control.executed-without-authority@2"];
        it(`${decision}, ${state}, ${status}: ${expected.length === 0 ? "in order" : "a deviation"}`, async () => {
          expect(await found(did(decision, state, status, "T1_STANDARD"))).toEqual(expected);
        });
      }
    }
  }
});

describe("what ran in the upper tiers was granted", () => {
  for (const tier of ["T0_OBSERVE", "T1_STANDARD", "T2_ELEVATED", "T3_SOVEREIGN"]) {
    for (const state of states) {
      for (const status of statuses) {
        const decision = state === "not_required" ? "allow" : "approval";
        const upper = tier === "T2_ELEVATED" || tier === "T3_SOVEREIGN";
        const ran = status !== "not_executed";
        const expected = [
          ...(ran && state !== "not_required" && state !== "granted"
            ? ["control.executed-without-authority@2"]
            : []),
          ...(ran && upper && state !== "granted" ? ["control.tier-without-approval@2"] : []),
        ];
        it(`${tier}, ${state}, ${status}`, async () => {
          expect(await found(did(decision, state, status, tier))).toEqual(expected);
        });
      }
    }
  }
});

describe("the order of times", () => {
  const names = ["decided_at", "started_at", "completed_at", "issued_at"] as const;
  const at = epoch + 10_000;

  /** A receipt at line 2 with these times, in milliseconds after another. */
  const withTimes = (times: readonly number[], status = "executed") =>
    single({
      status,
      draft: (receipt) => {
        names.forEach((name, i) => {
          const holder = i === 1 || i === 2 ? receipt.outcome : receipt;
          if (holder[name] !== undefined) holder[name] = timeText(at + times[i]!);
        });
      },
    });

  it("all equal is in order", async () => {
    expect(await found(withTimes([0, 0, 0, 0]))).toEqual([]);
  });

  it.each([
    ["started before decided", [1, 0, 1, 1]],
    ["completed before started", [0, 1, 0, 1]],
    ["issued before completed", [0, 0, 1, 0]],
    ["completed before decided", [2, 2, 1, 2]],
    ["issued before decided", [1, 1, 1, 0]],
  ])("%s", async (_, times) => {
    expect(await found(withTimes(times))).toEqual(["control.time-order@2"]);
  });

  it("of what is there: unknown has no completion, not_executed neither", async () => {
    expect(await found(withTimes([0, 5, 0, 5], "unknown"))).toEqual([]);
    expect(await found(withTimes([0, 5, 0, 4], "unknown"))).toEqual(["control.time-order@2"]);
    expect(await found(withTimes([0, 0, 0, 0], "not_executed"))).toEqual([]);
    expect(await found(withTimes([1, 0, 0, 0], "not_executed"))).toEqual(["control.time-order@2"]);
  });

  it("says one thing of one receipt, whatever is out of order", async () => {
    expect(await found(withTimes([9, 6, 3, 0]))).toEqual(["control.time-order@2"]);
  });
});

describe("receipts that are not genuine", () => {
  it("are not judged by their controls", async () => {
    const draft = { decision: "deny", tier: "T2_ELEVATED" };
    expect(await found(single({ ...draft, key: "nobody" }))).toEqual(["key.unknown@2"]);
    expect(await found(single({ ...draft, sign: () => Buffer.alloc(64, 1) }))).toEqual([
      "signature.invalid@2",
    ]);
    const elsewhere = single({
      ...draft,
      edit: (receipt) => {
        receipt.ledger = "elsewhere.example/x";
      },
    });
    expect(await found(elsewhere)).toEqual(["ledger.mismatch@2"]);
  });
});
