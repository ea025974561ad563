import { describe, expect, it } from "vitest";
import { base64, bytesOf } from "../../fixtures/make/bytes.mjs";
import { type Draft, Ledger } from "../../fixtures/make/ledger.mjs";
import type { Loose } from "../../fixtures/make/loose.mjs";
import { request, small } from "../../fixtures/make/story.mjs";
import { found, verify } from "../support/verify.js";

const hash = `sha3-256:${"1".repeat(64)}`;

describe("receipts of one request agree", () => {
  /** In what they agree, and another value for each; nothing else about the grant is wrong. */
  const others: { readonly [member: string]: (receipt: Loose) => void } = {
    tenant: (receipt) => {
      receipt.tenant = "tenant:acme-labs/prod";
    },
    agent: (receipt) => {
      receipt.agent = { id: "agent:intake-bot-2" };
    },
    adapter_id: (receipt) => {
      receipt.adapter_id = "adapter:records@1.4.1";
    },
    ir_hash: (receipt) => {
      receipt.ir_hash = hash;
    },
    "policy.hash": (receipt) => {
      receipt.policy.hash = hash;
    },
    facts: (receipt) => {
      receipt.facts.rows = 5001;
    },
    risk_tier: (receipt) => {
      receipt.risk_tier = "T1_STANDARD";
    },
    correlation_id: (receipt) => {
      receipt.correlation_id = "corr_other";
    },
    required: (receipt) => {
      receipt.approval.required[0].threshold = 3;
    },
    requested_at: (receipt) => {
      receipt.approval.requested_at = "2026-06-01T12:00:10.001Z";
    },
    expires_at: (receipt) => {
      receipt.approval.expires_at = "2026-06-01T14:00:00.000Z";
    },
  };

  it.each(Object.keys(others))("in %s", async (member) => {
    const ledger = request({ signatures: ["alice", "bob", "carol"], grant: { draft: others[member]! } });
    const { findings } = await verify(ledger);
    expect(findings.map(({ code, line }) => `${code}@${line}`)).toEqual(["approval.lineage@3"]);
    expect(findings[0]!.actual).toContain(member);
    expect(findings[0]!.expected).toContain("line 2");
  });

  it("there are eleven, and no others", async () => {
    expect(Object.keys(others).length).toBe(11);
    const draft = (receipt: Loose) => {
      receipt.policy.version = "another name";
      receipt.rationale.summary = "another";
      receipt.decision = "escalate";
      receipt.ext = { a: 1 };
    };
    expect(await found(request({ grant: { draft } }))).toEqual([]);
  });
});

describe("the order of a request", () => {
  /** One request, in these states, one receipt each. */
  function inStates(...states: readonly string[]): Ledger {
    const ledger = new Ledger({ label: "states" });
    const held = ledger.hold({ intent: false, first: false, at: ledger.decidedAt() - 1000 });
    for (const state of states) {
      ledger.resolve(held, state, {
        intent: false,
        status: "not_executed",
        signatures:
          state === "granted"
            ? [
                { by: "alice", at: "2026-06-01T12:00:00.000Z" },
                { by: "bob", at: "2026-06-01T12:00:00.000Z" },
              ]
            : [],
      });
    }
    return ledger.checkpoint();
  }
  const states = ["pending", "granted", "rejected", "expired"];

  it.each(states)("a single %s is in order", async (state) => {
    expect(await found(inStates(state))).toEqual([]);
  });

  for (const first of states) {
    for (const second of states) {
      const expected = first === "pending" ? [] : ["approval.lineage@2"];
      it(`${first}, then ${second}: ${expected.length === 0 ? "in order" : "a deviation"}`, async () => {
        expect(await found(inStates(first, second))).toEqual(expected);
      });
    }
  }

  it("pending may repeat; nothing follows an end, however far", async () => {
    expect(await found(inStates("pending", "pending", "pending", "granted"))).toEqual([]);
    expect(await found(inStates("pending", "expired", "pending", "granted"))).toEqual([
      "approval.lineage@3",
      "approval.lineage@4",
    ]);
  });
});

describe("a rejection that counted", () => {
  const reject = (more = {}) => ({ by: "carol", verdict: "reject", ...more });
  function rejectedThenGranted(rejection: object): Ledger {
    const ledger = new Ledger({ label: "rejected" });
    const held = ledger.hold({ intent: false });
    ledger.resolve(held, "pending", { intent: false, signatures: [rejection as { by: string }] });
    ledger.grant(held, ["alice", "bob"], { intent: false });
    return ledger.checkpoint();
  }

  it("leaves no later grant", async () => {
    expect(await found(rejectedThenGranted(reject()))).toEqual(["approval.lineage@3"]);
  });

  it("one that did not count leaves one", async () => {
    expect(await found(rejectedThenGranted(reject({ key: "mallory" })))).toEqual(["approval.key@2"]);
    expect(await found(rejectedThenGranted({ by: "dave", verdict: "reject" }))).toEqual([
      "approval.not-member@2",
    ]);
  });

  it("leaves no grant, but an expiry", async () => {
    const ledger = new Ledger({ label: "rejected" });
    const held = ledger.hold({ intent: false });
    ledger.resolve(held, "pending", { intent: false, signatures: [reject()] });
    ledger.resolve(held, "expired", { intent: false });
    expect(await found(ledger.checkpoint())).toEqual([]);
  });
});

describe("one nonce runs once", () => {
  const nonce = base64(bytesOf("one nonce", 16));
  const runs = (...drafts: readonly Draft[]) =>
    small({ entry: (i) => ({ intent: false, ...(drafts[i] === undefined ? {} : { nonce, ...drafts[i] }) }) });

  it.each(["executed", "failed", "unknown"])("%s ran", async (status) => {
    expect(await found(runs({ status }, { status: "executed" }))).toEqual(["nonce.reused@2"]);
    expect(await found(runs({ status: "executed" }, { status }))).toEqual(["nonce.reused@2"]);
  });

  it("not_executed did not run", async () => {
    expect(await found(runs({ status: "not_executed" }, {}, { status: "not_executed" }))).toEqual([]);
  });

  it("each further execution is a deviation, and names the first", async () => {
    const { findings } = await verify(runs({}, {}, {}));
    expect(findings.map(({ code, line }) => `${code}@${line}`)).toEqual(["nonce.reused@2", "nonce.reused@3"]);
    for (const finding of findings) expect(finding.actual).toContain("line 1");
  });

  it("a request that is granted and runs uses its nonce up", async () => {
    const ledger = new Ledger({ label: "used" });
    const held = ledger.hold({ intent: false });
    ledger.grant(held, ["alice", "bob"], { intent: false });
    ledger.add({ intent: false, nonce: held.common.nonce! });
    expect(await found(ledger.checkpoint())).toEqual(["nonce.reused@3"]);
  });

  it("a forged execution does not use a nonce up", async () => {
    expect(await found(runs({ key: "nobody" }, {}))).toEqual(["key.unknown@1"]);
  });
});
