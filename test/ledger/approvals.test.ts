import { describe, expect, it } from "vitest";
import { timeMs, timeText } from "../../fixtures/make/bytes.mjs";
import { trustKey } from "../../fixtures/make/keys.mjs";
import {
  type Draft,
  epoch,
  type HoldDraft,
  Ledger,
  requirement,
  type Signatures,
} from "../../fixtures/make/ledger.mjs";
import type { Loose } from "../../fixtures/make/loose.mjs";
import { pay, request } from "../../fixtures/make/story.mjs";
import { found } from "../support/verify.js";

/** Requested at the place of line 2, granted at line 3: ten seconds later. */
const requested = epoch + 10_000;
const decided = epoch + 20_000;
const expires = requested + 3_600_000;

/** What is found of a granted request with these signatures; all findings are at line 3. */
async function granted(
  signatures: Signatures,
  more: { hold?: HoldDraft; grant?: Draft; editTrust?: (trust: Loose) => void } = {},
): Promise<string[]> {
  const { editTrust, ...rest } = more;
  const codes = await found(request({ signatures, ...rest }), editTrust === undefined ? {} : { editTrust });
  return codes.map((code) => {
    expect(code).toMatch(/@3$/);
    return code.slice(0, -2);
  });
}

const group = (trust: Loose, name: string) => trust.groups[name];
const memberOf = (trust: Loose, name: string, who: string) =>
  group(trust, name).members.find((member: Loose) => member.holder === `user:${who}@acme.example`);

describe("a grant in order", () => {
  it("of two members of a group of two", async () => {
    expect(await granted(["alice", "bob"])).toEqual([]);
  });

  it("of more than the threshold", async () => {
    expect(await granted(["alice", "bob", "carol"])).toEqual([]);
  });

  it("with either of one person's keys", async () => {
    expect(await granted([{ by: "alice", key: "alice-2" }, "bob"])).toEqual([]);
  });

  it("in a receipt that is the request's only one", async () => {
    const ledger = new Ledger({ label: "only" });
    const held = ledger.hold({ first: false, at: epoch - 5000 });
    ledger.grant(held, ["alice", "bob"]);
    expect(await found(ledger.checkpoint())).toEqual([]);
  });
});

describe("1. the key of an approval", () => {
  const third = (spec: object) => granted(["alice", "bob", { by: "carol", ...spec }]);

  it("is in the trust file", async () => {
    expect(await third({ key: "nobody" })).toEqual(["approval.key"]);
  });

  it("is an approver's, not the ledger's nor a witness's", async () => {
    expect(await third({ key: "gate-1" })).toEqual(["approval.key"]);
    expect(await third({ key: "w1" })).toEqual(["approval.key"]);
    // Even where that key is held by the approver.
    const editTrust = (trust: Loose) => {
      for (const label of ["gate-1", "w1"]) trustKey(trust, label).holder = "user:carol@acme.example";
    };
    for (const key of ["gate-1", "w1"]) {
      expect(await granted(["alice", "bob", { by: "carol", key }], { editTrust })).toEqual(["approval.key"]);
    }
  });

  it("is the approver's own", async () => {
    expect(await third({ key: "alice-2" })).toEqual(["approval.key"]);
  });

  it("is valid at the time of the signature: from valid_from on, before valid_until and revoked_at", async () => {
    const at = requested + 3000;
    const bounds: readonly (readonly [string, number, boolean])[] = [
      ["valid_from", at, true],
      ["valid_from", at + 1, false],
      ["valid_until", at + 1, true],
      ["valid_until", at, false],
      ["revoked_at", at + 1, true],
      ["revoked_at", at, false],
    ];
    for (const [name, time, valid] of bounds) {
      const codes = await granted(["alice", "bob", { by: "carol", at }], {
        editTrust: (trust) => {
          trustKey(trust, "carol")[name] = timeText(time);
        },
      });
      expect(codes, `${name} ${time - at}`).toEqual(valid ? [] : ["approval.key"]);
    }
  });
});

describe("2. the signature of an approval", () => {
  const third = (statement: (said: Loose) => void) => granted(["alice", "bob", { by: "carol", statement }]);
  const others: { readonly [member: string]: unknown } = {
    adapter_id: "adapter:other@1",
    approver: "user:bob@acme.example",
    at: "2026-06-01T12:00:12.999Z",
    expires_at: "2027-01-01T00:00:00.000Z",
    facts: { bulk: false },
    ir_hash: `sha3-256:${"1".repeat(64)}`,
    ledger: "acme.example/agents-test",
    nonce: "AAAAAAAAAAAAAAAAAAAAAA==",
    policy_hash: `sha3-256:${"1".repeat(64)}`,
    required: [{ group: "release-managers", threshold: 1 }],
    requested_at: "2026-06-01T12:00:00.000Z",
    risk_tier: "T1_STANDARD",
    tenant: "tenant:other",
    verdict: "reject",
  };

  it.each(Object.keys(others))("covers %s", async (member) => {
    const codes = await third((said) => {
      expect(Object.keys(said)).toContain(member);
      said[member] = others[member];
    });
    expect(codes).toEqual(["approval.signature"]);
  });

  it("covers no member less and none more", async () => {
    for (const member of Object.keys(others)) {
      const codes = await third((said) => {
        delete said[member];
      });
      expect(codes, member).toEqual(["approval.signature"]);
    }
    expect(await third((said) => Object.assign(said, { correlation_id: "corr_x" }))).toEqual([
      "approval.signature",
    ]);
  });
});

describe("3. membership", () => {
  it("is of a required group", async () => {
    expect(await granted(["alice", "bob", "dave"])).toEqual(["approval.not-member"]);
    expect(await granted(["alice", "bob", "mallory"])).toEqual(["approval.not-member"]);
  });

  it("is judged at the time of the signature: from included, until not", async () => {
    const at = requested + 3000;
    const bounds: readonly (readonly [string, number, boolean])[] = [
      ["from", at, true],
      ["from", at + 1, false],
      ["until", at + 1, true],
      ["until", at, false],
    ];
    for (const [name, time, member] of bounds) {
      const codes = await granted(["alice", "bob", { by: "carol", at }], {
        editTrust: (trust) => {
          memberOf(trust, "release-managers", "carol")[name] = timeText(time);
        },
      });
      expect(codes, `${name} ${time - at}`).toEqual(member ? [] : ["approval.not-member"]);
    }
  });

  it("of somebody who left, or has not joined yet, is none", async () => {
    expect(await granted(["alice", "bob", "frank"])).toEqual(["approval.not-member"]);
    expect(await granted(["alice", "bob", "grace"])).toEqual(["approval.not-member"]);
  });

  it("of a group that stands for other tenants is none", async () => {
    const hold = { required: ["payments"], tier: "T1_STANDARD" };
    expect(await granted(["dave"], { hold: { ...hold, ...pay } })).toEqual([]);
    expect(await granted(["dave"], { hold })).toEqual(["approval.not-member", "approval.quorum"]);
  });
});

describe("4. the time of an approval", () => {
  const third = (at: number, more = {}) => granted(["alice", "bob", { by: "carol", at }], more);

  it("is not before the request", async () => {
    expect(await third(requested)).toEqual([]);
    expect(await third(requested - 1)).toEqual(["approval.time"]);
  });

  it("is not after the decision", async () => {
    expect(await third(decided)).toEqual([]);
    expect(await third(decided + 1)).toEqual(["approval.time"]);
  });

  it("is not after the request expired", async () => {
    const hold = { expiresIn: 5000 };
    const grant = { status: "not_executed" };
    expect(await third(requested + 5000, { hold, grant })).toEqual([]);
    expect(await third(requested + 5001, { hold, grant })).toEqual(["approval.time"]);
  });
});

describe("5. nobody approves for themselves", () => {
  it("not who the agent acts for", async () => {
    const agent = { id: "agent:intake-bot", on_behalf_of: "user:carol@acme.example" };
    expect(await granted(["alice", "bob", "carol"], { hold: { agent } })).toEqual(["approval.self"]);
    expect(await granted(["alice", "carol"], { hold: { agent } })).toEqual([
      "approval.self",
      "approval.quorum",
    ]);
  });

  it("not even to reject", async () => {
    const agent = { id: "agent:intake-bot", on_behalf_of: "user:carol@acme.example" };
    const codes = await granted(["alice", "bob", { by: "carol", verdict: "reject" }], { hold: { agent } });
    expect(codes).toEqual(["approval.self"]);
  });
});

describe("6. nobody approves twice", () => {
  it("by the person, not by the key", async () => {
    expect(await granted(["alice", "bob", "alice"])).toEqual(["approval.repeated"]);
    expect(await granted(["alice", { by: "alice", key: "alice-2" }])).toEqual([
      "approval.repeated",
      "approval.quorum",
    ]);
  });

  it("where the first did not count, the second is the first", async () => {
    const early = { by: "alice", at: requested - 1 };
    expect(await granted([early, "alice", "bob"])).toEqual(["approval.time"]);
  });

  it("but whoever approved may still reject, and that counts", async () => {
    expect(await granted(["alice", "bob", { by: "alice", verdict: "reject" }])).toEqual(["approval.quorum"]);
  });

  it("an approval behind one's own rejection repeats", async () => {
    const codes = await granted(["bob", "carol", { by: "alice", verdict: "reject" }, "alice"]);
    expect(codes).toEqual(["approval.repeated", "approval.quorum"]);
  });
});

describe("the conditions come in this order", () => {
  const wrongKey = { key: "mallory" };
  const wrongSignature = { statement: (said: Loose) => Object.assign(said, { nonce: "x" }) };
  const wrongTime = { at: requested - 1 };
  const agent = (who: string) => ({ agent: { id: "agent:x", on_behalf_of: `user:${who}@acme.example` } });
  const last = (signature: Signatures[number], hold = {}) => granted(["alice", "bob", signature], { hold });

  it("key before signature", async () => {
    expect(await last({ by: "dave", ...wrongKey, ...wrongSignature })).toEqual(["approval.key"]);
  });
  it("signature before membership", async () => {
    expect(await last({ by: "dave", ...wrongSignature })).toEqual(["approval.signature"]);
  });
  it("membership before time", async () => {
    expect(await last({ by: "dave", ...wrongTime })).toEqual(["approval.not-member"]);
  });
  it("time before self", async () => {
    expect(await last({ by: "carol", ...wrongTime }, agent("carol"))).toEqual(["approval.time"]);
  });
  it("self before repeated", async () => {
    expect(await last("carol", agent("carol"))).toEqual(["approval.self"]);
    const codes = await granted(["alice", "bob", "carol", "carol"], { hold: agent("carol") });
    expect(codes).toEqual(["approval.self", "approval.self"]);
  });
  it("each signature gives one finding, every signature is tested", async () => {
    const codes = await granted(["dave", { by: "carol", ...wrongTime }, "alice", "alice", "bob"]);
    expect(codes).toEqual(["approval.not-member", "approval.time", "approval.repeated"]);
  });
});

describe("the quorum of a grant", () => {
  it("needs as many members as the requirement says", async () => {
    expect(await granted([])).toEqual(["approval.quorum"]);
    expect(await granted(["alice"])).toEqual(["approval.quorum"]);
    const three = { required: [requirement("release-managers", 3)] };
    expect(await granted(["alice", "bob"], { hold: three })).toEqual(["approval.quorum"]);
    expect(await granted(["alice", "bob", "carol"], { hold: three })).toEqual([]);
  });

  it("needs a threshold of at least the trust file's", async () => {
    const one = { required: [requirement("release-managers", 1)] };
    expect(await granted(["alice"], { hold: one })).toEqual(["approval.quorum"]);
    expect(await granted(["alice", "bob"], { hold: one })).toEqual(["approval.quorum"]);
  });

  it("is not met of a group that the trust file lacks", async () => {
    const required = [requirement("nobody-knows"), requirement("release-managers")];
    expect(await granted(["alice", "bob"], { hold: { required } })).toEqual(["approval.quorum"]);
  });

  it("needs every requirement, and says which are not met", async () => {
    const required = ["platform-owners", "release-managers", "security-oncall"];
    const hold = { required, tier: "T3_SOVEREIGN" };
    expect(await granted(["alice", "bob", "dave"], { hold })).toEqual([
      "approval.one-person-two-groups",
      "approval.one-person-two-groups",
    ]);
    expect(await granted(["alice"], { hold })).toEqual([
      "approval.quorum",
      "approval.quorum",
      "approval.quorum",
      "approval.one-person-two-groups",
    ]);
    expect(await granted(["dave"], { hold })).toEqual(["approval.quorum", "approval.quorum"]);
  });

  it("is broken by a rejection that counts, and by no other", async () => {
    expect(await granted(["alice", "bob", { by: "carol", verdict: "reject" }])).toEqual(["approval.quorum"]);
    const early = { by: "carol", verdict: "reject", at: requested - 1 };
    expect(await granted(["alice", "bob", early])).toEqual(["approval.time"]);
  });

  it("counts members of that group alone", async () => {
    const hold = { required: ["release-managers", "security-oncall"] };
    expect(await granted(["alice", "dave"], { hold })).toEqual(["approval.quorum"]);
  });
});

describe("one person in two required groups", () => {
  it("counts for both, with a warning", async () => {
    const hold = { required: ["release-managers", "security-oncall"] };
    expect(await granted(["alice", "carol"], { hold })).toEqual(["approval.one-person-two-groups"]);
    expect(await granted(["alice", "bob", "dave"], { hold })).toEqual([]);
  });

  it("is no warning where the approval does not count", async () => {
    const hold = { required: ["release-managers", "security-oncall"] };
    const codes = await granted(["alice", "bob", "dave", { by: "carol", at: requested - 1 }], { hold });
    expect(codes).toEqual(["approval.time"]);
  });
});

describe("a granted receipt that ran", () => {
  /** Granted before expiry, started so many milliseconds after it. */
  const started = (after: number, status = "executed") => {
    const hold = { expiresIn: 5000 };
    return request({
      hold,
      signatures: ["alice", "bob"],
      grant: {
        status,
        draft: (receipt) => {
          if (status === "not_executed") return;
          const time = timeText(requested + 5000 + after);
          receipt.decided_at = timeText(requested + 4000);
          receipt.outcome.started_at = time;
          if (status !== "unknown") receipt.outcome.completed_at = timeText(requested + 9000);
        },
      },
    });
  };

  it("started no later than the request expired", async () => {
    for (const status of ["executed", "failed", "unknown"]) {
      expect(await found(started(0, status)), status).toEqual([]);
      expect(await found(started(1, status)), status).toEqual(["approval.time@3"]);
    }
  });

  it("and what did not run has nothing to start", async () => {
    expect(await found(started(1, "not_executed"))).toEqual([]);
  });
});

describe("the groups of a tier", () => {
  const hold = (tier: string, ...required: string[]) => ({ tier, required });

  it("one of them at least is required", async () => {
    expect(await granted(["dave"], { hold: hold("T2_ELEVATED", "advisers") })).toEqual([
      "approval.tier-group",
    ]);
    expect(
      await granted(["dave", "alice", "bob"], { hold: hold("T2_ELEVATED", "advisers", "release-managers") }),
    ).toEqual([]);
    expect(await granted(["alice", "bob"], { hold: hold("T3_SOVEREIGN", "release-managers") })).toEqual([
      "approval.tier-group",
    ]);
    expect(await granted(["alice", "bob"], { hold: hold("T3_SOVEREIGN", "platform-owners") })).toEqual([]);
  });

  it("are nobody's business in the lower tiers", async () => {
    for (const tier of ["T0_OBSERVE", "T1_STANDARD"]) {
      expect(await granted(["dave"], { hold: hold(tier, "advisers") })).toEqual([]);
    }
  });

  it("of a tier that the trust file gives none can not be named", async () => {
    const editTrust = (trust: Loose) => {
      trust.tiers.T2_ELEVATED = [];
    };
    expect(await granted(["alice", "bob"], { editTrust })).toEqual(["approval.tier-group"]);
  });

  it("are not asked of what was not granted", async () => {
    const ledger = new Ledger({ label: "tier" });
    const held = ledger.hold({ required: ["advisers"] });
    ledger.resolve(held, "expired");
    expect(await found(ledger.checkpoint())).toEqual([]);
  });
});

describe("signatures in receipts that are not granted", () => {
  it("are tested all the same", async () => {
    for (const state of ["pending", "rejected", "expired"]) {
      const ledger = new Ledger({ label: "untested" });
      const held = ledger.hold();
      ledger.resolve(held, state, { signatures: ["dave", { by: "alice", key: "mallory" }] });
      expect(await found(ledger.checkpoint()), state).toEqual(["approval.not-member@2", "approval.key@2"]);
    }
  });

  it("are asked for no quorum", async () => {
    const ledger = new Ledger({ label: "no-quorum" });
    const held = ledger.hold({ signatures: [{ by: "alice", at: epoch }] });
    ledger.resolve(held, "rejected", {
      signatures: [
        { by: "alice", at: epoch },
        { by: "bob", verdict: "reject" },
      ],
    });
    expect(await found(ledger.checkpoint())).toEqual([]);
  });
});

it("the times here are those of the maker", () => {
  const { receipts } = request();
  expect(timeMs(receipts[1].approval.requested_at)).toBe(requested);
  expect(timeMs(receipts[1].approval.expires_at)).toBe(expires);
  expect(timeMs(receipts[2].decided_at)).toBe(decided);
});
