import { base64, digestText, jcs, sha3, timeText } from "../../fixtures/make/bytes.mjs";
import { keyOf, makeTrust, trustKey } from "../../fixtures/make/keys.mjs";
import { type Draft, epoch, type HoldDraft, Ledger } from "../../fixtures/make/ledger.mjs";
import type { Loose } from "../../fixtures/make/loose.mjs";
import { trustOf } from "../support/verify.js";

/** Names in which bytes and UTF-16 units sort differently, and that JSON has to escape. */
const smile = "😀";
const late = "\ufb33";
export const oddUser = `user:é"\\\n${smile}`;
const many = Array.from({ length: 20 }, (_, i) => `g${String(i).padStart(2, "0")}`);
const at = (seconds: number) => timeText(epoch + seconds * 1000);

/** A trust file with every kind of bound: keys in time and place, members in time, groups in tenants. */
export const varietyTrust = trustOf(
  makeTrust((trust) => {
    const plain = (threshold: number, ...holders: string[]) => ({
      threshold,
      members: holders.map((holder) => ({ holder })),
    });
    const user = (name: string) => `user:${name}@acme.example`;
    Object.assign(trustKey(trust, "gate-1"), {
      last_seq: 400,
      valid_from: at(-3600),
      valid_until: "9999-12-31T23:59:59.999Z",
    });
    Object.assign(trustKey(trust, "gate-2"), { first_seq: 401, last_seq: 2 ** 53 - 1 });
    Object.assign(trustKey(trust, "alice-2"), { valid_from: at(100), valid_until: at(200) });
    Object.assign(trustKey(trust, "bob"), { valid_from: at(-100), revoked_at: at(100_000) });
    trust.keys.push({
      id: keyOf("odd").id,
      role: "approver",
      holder: oddUser,
      public_key: base64(keyOf("odd").publicKey),
    });
    // Its holder is a person: what it signs is an approval of nobody all the same.
    trust.keys.push({
      id: keyOf("gate-3").id,
      role: "ledger",
      holder: user("dave"),
      public_key: base64(keyOf("gate-3").publicKey),
    });
    Object.assign(trust.groups, {
      [late]: plain(1, user("erin"), oddUser),
      [smile]: plain(1, user("dave"), oddUser),
      'a"\\\n\u0001': plain(1, user("carol")),
      "in turns": {
        threshold: 1,
        members: [
          { holder: user("dave"), from: at(0), until: at(100) },
          { holder: user("dave"), from: at(200), until: at(300) },
          { holder: user("frank"), until: at(50) },
        ],
      },
      bounded: {
        threshold: 1,
        tenants: ["tenant:é", "tenant:acme-health/prod"],
        members: [{ holder: user("dave") }],
      },
      ...Object.fromEntries(many.map((name) => [name, plain(1, user("dave"))])),
    });
    trust.tiers.T2_ELEVATED.push(smile, late, 'a"\\\n\u0001', "in turns", "bounded", ...many);
  }),
);

type Step = (ledger: Ledger) => void;

const add =
  (draft: Draft): Step =>
  (ledger) =>
    ledger.add(draft);

const edit = (change: (receipt: Loose) => void): Step => add({ draft: change });

/** A request, and what came of it. */
const asked =
  (hold: HoldDraft, ...rest: readonly (readonly [state: string, draft?: Draft])[]): Step =>
  (ledger) => {
    const held = ledger.hold(hold);
    for (const [state, draft] of rest) ledger.resolve(held, state, draft);
  };

const times = (outcome: (decided: number) => object): Draft => ({
  draft: (receipt) => {
    receipt.outcome = outcome(Date.parse(receipt.decided_at));
  },
});

const long = (length: number) => "x".repeat(length);
const nested = (levels: number): unknown => (levels === 0 ? {} : { a: nested(levels - 1) });

const steps: readonly Step[] = [
  // Values of free form.
  add({
    params: {
      "": "",
      "\u007f": "\u0080",
      [smile]: 1,
      [late]: 2,
      é: "\ud7ff\ue000",
      list: [[], [{}], [1, [2]]],
    },
  }),
  add({
    params: {
      a: 0.5,
      b: -0.25,
      c: 123456.789,
      d: 0.000001,
      e: -1,
      f: 999999999999999,
      g: 1e14,
      h: 0.1 + 0.7,
    },
  }),
  add({ params: { a: 1e15 } }),
  add({ params: { a: 1e21, b: 1e-7 } }),
  add({ params: { a: 0.1 + 0.2 } }),
  add({ params: { a: 2 ** 53 + 2, b: 5e-324, c: -1e15 } }),
  add({ params: nested(61) as object }),
  add({ params: { all: [true, false, null, "true"] }, claims: { risk: "none", "\n": [0] } }),
  add({ operation: "", resource: "", claims: {} }),
  add({ operation: '\b\t\n\f\r\u0000\u001f"\\/', resource: long(4096) }),
  add({ ext: {} }),
  add({ ext: { a: 1, b: [0, [999999999999999]], c: { d: null, e: true }, [smile]: "", [late]: 3 } }),
  add({ ext: { a: 1e15 } }),
  add({ ext: { a: 2 ** 53 - 1 } }),
  add({ facts: {} }),
  add({ facts: { a: 0, b: true, c: "é", [smile]: false, [late]: 999999999999999 } }),
  add({ facts: { a: 1e15 } }),
  add({ facts: { a: 2 ** 53 - 1 } }),
  edit((receipt) => (receipt.policy.version = "")),
  edit((receipt) => (receipt.rationale = { rules: ["", '"', "\n"], summary: "" })),
  edit((receipt) => (receipt.rationale = { rules: many, summary: long(3000) })),
  // Names.
  add({ tenant: "tenant:x" }),
  add({ tenant: "tenant:é/ü" }),
  add({ tenant: `tenant:${long(201)}` }),
  add({ tenant: `tenant:${long(202)}` }),
  add({ tenant: 'tenant:a"b' }),
  add({ tenant: "tenant:a\nb/c" }),
  add({ tenant: "tenant:a@b" }),
  add({ agent: { id: "agent:x" } }),
  add({ agent: { id: `agent:${smile}"`, on_behalf_of: oddUser } }),
  add({ agent: { id: `agent:${long(3000)}`, on_behalf_of: "user:x" } }),
  add({ adapter_id: "adapter:a@1" }),
  add({ adapter_id: `adapter:${smile}\n@"@@` }),
  add({ adapter_id: "adapter:sclaw.policy@10" }),
  add({ adapter_id: "adapter:sclaw.policy@1" }),
  add({ correlation: "corr_a" }),
  add({ correlation: `corr_${"aZ09_-".padEnd(64, "z")}` }),
  add({ intent: false }),
  edit((receipt) => (receipt.receipt_id = "rcpt_7ZZZZZZZZZZZZZZZZZZZZZZZZZ")),
  edit((receipt) => (receipt.receipt_id = "rcpt_0123456789ABCDEFGHJKMNPQRS")),
  edit((receipt) => (receipt.receipt_id = "rcpt_0TVWXYZ0000000000000000000")),
  edit((receipt) => (receipt.nonce = base64(Buffer.alloc(16, 0xff)))),
  edit((receipt) => (receipt.prev = digestText(sha3("another")))),
  // Outcomes, in every status.
  add({ status: "failed" }),
  add({ status: "unknown" }),
  add({ status: "not_executed" }),
  add({ status: "not_executed", draft: (receipt) => (receipt.outcome.error = { code: "", message: "\n" }) }),
  add(times((t) => ({ status: "unknown", started_at: timeText(t), completed_at: timeText(t) }))),
  add(times((t) => ({ status: "unknown", started_at: timeText(t), result_hash: digestText(sha3("x")) }))),
  add(
    times((t) => ({
      status: "executed",
      started_at: timeText(t),
      completed_at: timeText(t),
      error: { code: "e" },
    })),
  ),
  add(times((t) => ({ status: "failed", started_at: timeText(t + 500), completed_at: timeText(t + 500) }))),
  // Tiers and decisions.
  add({ tier: "T1_STANDARD" }),
  add({ decision: "deny", status: "not_executed", tier: "T3_SOVEREIGN" }),
  add({ tier: "T2_ELEVATED", status: "not_executed" }),
  add({ decision: "escalate", status: "not_executed" }),
  add({ decision: "approval", status: "not_executed" }),
  // Times at their ends.
  ...[
    "2024-02-29T23:59:59.999Z",
    "2000-02-29T00:00:00.000Z",
    "9999-12-31T23:59:59.998Z",
    "9999-12-31T23:59:59.999Z",
  ].map((time) =>
    add({
      key: "gate-1",
      draft: (receipt) => {
        receipt.decided_at = time;
        receipt.issued_at = time;
        receipt.outcome = { status: "not_executed" };
      },
    }),
  ),
  // Approvals, in every state.
  asked({}, ["granted", { signatures: ["alice", "bob"] }]),
  asked({ decision: "escalate" }, ["granted", { signatures: ["bob", "carol"], status: "not_executed" }]),
  asked(
    { signatures: ["alice"] },
    ["pending", { signatures: ["alice", "bob"] }],
    ["expired", { signatures: ["bob"] }],
  ),
  asked({}, ["rejected", { signatures: [{ by: "alice", verdict: "reject" }, "bob"] }]),
  asked({}, ["rejected"]),
  asked({}, ["expired", { signatures: ["alice", { by: "bob", verdict: "reject" }, "carol"] }]),
  asked({}, ["rejected", { signatures: ["alice", { by: "alice", verdict: "reject" }] }]),
  asked({ tier: "T0_OBSERVE" }, ["granted", { signatures: ["alice", "bob"] }]),
  asked({ decision: "allow" }, ["granted", { signatures: ["alice", "bob"], status: "not_executed" }]),
  asked({ decision: "deny", tier: "T1_STANDARD" }, [
    "granted",
    { signatures: ["alice", "bob"], status: "not_executed" },
  ]),
  asked({ tier: "T3_SOVEREIGN", required: ["platform-owners"] }, [
    "granted",
    { signatures: ["alice", "erin"] },
  ]),
  asked({ required: [{ group: "release-managers", threshold: 3 }] }, [
    "granted",
    { signatures: ["alice", "bob", "carol"] },
  ]),
  asked({ required: [smile] }, ["granted", { signatures: [{ by: oddUser, key: "odd" }] }]),
  asked({ required: [smile, late] }, ["granted", { signatures: ["dave", "erin"] }]),
  asked({ required: ['a"\\\n\u0001'] }, ["granted", { signatures: ["carol"] }]),
  asked({ required: ["in turns"] }, ["granted", { signatures: ["dave"], at: epoch + 90_000, key: "gate-1" }]),
  asked({ required: ["in turns"], at: epoch + 90_000 }, [
    "granted",
    { signatures: [{ by: "dave", at: epoch + 99_999 }], at: epoch + 150_000 },
  ]),
  asked({ required: ["in turns"], at: epoch + 190_000 }, [
    "granted",
    { signatures: [{ by: "dave", at: epoch + 200_000 }], at: epoch + 250_000 },
  ]),
  // At the bounds of memberships, of the only signature that there is.
  ...(
    [
      ["dave", -1, 0],
      ["dave", 99_999, 100_000, 199_999, 200_000, 299_999, 300_000],
      ["frank", 49_999, 50_000],
    ] as const
  ).flatMap(([by, ...bounds]) =>
    bounds.map((bound) =>
      asked({ required: ["in turns"], at: epoch + bound - 5000 }, [
        "granted",
        { at: epoch + bound + 5000, signatures: [{ by, at: epoch + bound }], key: "gate-1" },
      ]),
    ),
  ),
  asked({ at: epoch + 90_000 }, [
    "granted",
    { at: epoch + 250_000, signatures: [{ by: "alice", key: "alice-2", at: epoch + 100_000 }, "bob"] },
  ]),
  ...[99_999, 100_000, 199_999, 200_000].map((bound) =>
    asked({ at: epoch + 90_000 }, [
      "granted",
      { at: epoch + 250_000, signatures: [{ by: "alice", key: "alice-2", at: epoch + bound }, "bob"] },
    ]),
  ),
  asked({ tier: "T3_SOVEREIGN", required: ["platform-owners", "release-managers"] }, [
    "granted",
    { signatures: ["alice", "bob"] },
  ]),
  asked({ required: ["bounded"] }, ["granted", { signatures: ["dave"] }]),
  asked({ required: ["bounded"], tenant: "tenant:é" }, ["granted", { signatures: ["dave"] }]),
  asked({ required: ["advisers", "release-managers"] }, [
    "granted",
    { signatures: ["alice", "bob", "dave"] },
  ]),
  asked({ required: many.slice(0, 16) }, ["pending", { signatures: ["dave"] }]),
  asked({ required: many.slice(0, 17) }, ["pending"]),
  asked({ required: [{ group: "x", threshold: 1 }] }),
  asked({ required: [{ group: "no such group", threshold: 999999999999999 }] }),
  asked({ required: [{ group: "no such group", threshold: 1e15 }] }),
  asked({ agent: { id: "agent:x" }, facts: { text: `${smile}${late}`, [smile]: 1, [late]: 2 } }, [
    "granted",
    { signatures: ["alice", "bob"] },
  ]),
  asked({ facts: { a: long(2000) }, expiresIn: 0, signatures: [] }),
  asked({}, [
    "granted",
    {
      signatures: ["alice", "bob"],
      draft: (receipt) => {
        // Everything at its last moment.
        receipt.outcome = { status: "unknown", started_at: receipt.approval.expires_at };
        receipt.issued_at = receipt.approval.expires_at;
      },
    },
  ]),
];

/** A ledger of lines most of which are ordinary, each in a way of its own; chains and ids as they come. */
export function variety(): Ledger {
  const ledger = new Ledger({ label: "variety", keyAt: () => "gate-1" });
  for (const step of steps) step(ledger);
  return ledger;
}

/** Entries at the bounds of the places of the keys, and withheld ones. */
export function places(): Ledger {
  const ledger = new Ledger({ label: "places", keyAt: () => "gate-1" });
  for (const [seq, key] of [
    [0, "gate-1"],
    [400, "gate-1"],
    [401, "gate-1"],
    [400, "gate-2"],
    [401, "gate-2"],
    [999999999999999, "gate-2"],
    [1e15, "gate-2"],
    [2 ** 53 - 1, "gate-2"],
  ] as const)
    ledger.add({ key, intent: false, draft: (receipt) => (receipt.seq = seq) });
  for (const issued of ["2026-06-01T10:59:59.999Z", "2026-06-01T11:00:00.000Z"])
    ledger.add({
      key: "gate-1",
      intent: false,
      draft: (receipt) => {
        receipt.decided_at = issued;
        receipt.issued_at = issued;
        receipt.outcome = { status: "not_executed" };
      },
    });
  return ledger;
}

/** Entries each of which lacks what the one before it has, which must not count for it. */
export function sequences(): Ledger {
  const ledger = new Ledger({ label: "sequences", keyAt: () => "gate-1" });
  const alice = { id: "agent:x", on_behalf_of: "user:alice@acme.example" };
  const resolve = (state: string, draft: Draft) =>
    ledger.resolve(ledger.hold({ agent: { id: "agent:x" }, first: false }), state, {
      at: ledger.decidedAt() + 5000,
      ...draft,
    });
  for (const before of [
    { agent: alice },
    { agent: alice, intent: false },
    { agent: alice, status: "unknown" },
    { agent: alice, status: "not_executed" },
  ]) {
    ledger.add(before);
    resolve("granted", { signatures: ["alice", "bob"], intent: false });
    ledger.add(before);
    resolve("granted", { signatures: ["alice", "bob"] });
    resolve("rejected", { signatures: [{ by: "bob", verdict: "reject" }] });
    ledger.add(before);
    resolve("expired", { intent: false });
    ledger.add({ intent: false, status: "not_executed", agent: { id: "agent:y" } });
    ledger.add({ intent: false, status: "unknown", tier: "T1_STANDARD" });
  }
  return ledger;
}

const crowd = Array.from({ length: 64 }, (_, i) => `user:${i}`);
/** Approvers with names of as many bytes as the kernel takes, and one more. */
const longNamed = [1022, 1023].map((length) => "user:".padEnd(length, "x"));

/** A trust file with as many approvers as an approval can have. */
export const crowdTrust = trustOf(
  makeTrust((trust) => {
    for (const holder of [...crowd, ...longNamed])
      trust.keys.push({
        id: keyOf(holder).id,
        role: "approver",
        holder,
        public_key: base64(keyOf(holder).publicKey),
      });
    trustKey(trust, "gate-1").last_seq = 100_000;
    trust.groups.crowd = { threshold: 64, members: crowd.map((holder) => ({ holder })) };
    trust.groups.long = { threshold: 1, members: longNamed.map((holder) => ({ holder })) };
    trust.tiers.T2_ELEVATED.push("crowd", "long");
  }),
);

/** Entries with as many signatures as the format allows, more of them than a block has room for at once. */
export function crowds(): Ledger {
  const ledger = new Ledger({ label: "crowds", keyAt: () => "gate-1" });
  const held = ledger.hold({ required: [{ group: "crowd", threshold: 64 }], intent: false });
  const signatures = crowd.map((by) => ({ by, at: ledger.decidedAt() }));
  for (let i = 0; i < 18; i++) ledger.grant(held, signatures, { intent: false });
  const long = ledger.hold({ required: ["long"], intent: false });
  for (const by of longNamed) ledger.grant(long, [by], { intent: false });
  ledger.grant(held, signatures.slice(1), { intent: false });
  ledger.grant(held, [...signatures, signatures[0]!], { intent: false });
  return ledger;
}

/** An entry, and as long a line as there can be, a byte less and a byte more. */
export function longest(): Buffer {
  const ledger = new Ledger({ label: "longest", keyAt: () => "gate-1" });
  ledger.add({ operation: "" });
  const length = Buffer.byteLength(jcs(ledger.lines[0]));
  for (const more of [-1, 0, 1]) ledger.add({ operation: "x".repeat(1024 * 1024 - length + more) });
  return Buffer.from(ledger.text());
}
