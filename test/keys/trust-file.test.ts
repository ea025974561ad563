import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { engine } from "../../src/io/engine-node.js";
import { canonicalize } from "../../src/json/canonical.js";
import { nobleEngine } from "../../src/keys/engine-noble.js";
import { readTrustFile } from "../../src/keys/trust-file.js";
import { hex, publicKeyOf, utf8 } from "./support.js";
import { bytesOf, key, read, reasonsOf, type Sample, sample, spoiled, trusted } from "./trust-sample.js";

const time = "2026-03-01T00:00:00.000Z";
const later = "2026-04-01T00:00:00.000Z";
const identity = Buffer.from(`01${"00".repeat(31)}`, "hex").toString("base64");

describe("a good trust file", () => {
  it("is read whole", () => {
    const trust = trusted(sample());
    expect(trust.ledger).toBe("acme.example/agents-prod");
    expect(trust.witnessQuorum).toBe(1);
    expect(trust.tiers).toEqual({ T2_ELEVATED: ["release"], T3_SOVEREIGN: ["owners"] });
    expect([...trust.groups.keys()]).toEqual(["release", "owners"]);
    expect(trust.groups.get("release")?.tenants).toEqual(new Set(["tenant:acme", "tenant:acme/prod"]));
    expect(trust.groups.get("owners")).toEqual({ threshold: 1, members: [] });
    expect(trust.ledgerKeys.map((one) => one.holder)).toEqual(["runtime:gate-1"]);
    expect(trust.witnesses.map((one) => one.name)).toEqual(["witness.example/w1"]);
    const { id } = publicKeyOf("alice");
    expect(trust.approvers).toEqual([
      { id, role: "approver", holder: "user:alice", publicKey: publicKeyOf("alice") },
    ]);
    expect(trust.keys.get(id)).toBe(trust.approvers[0]);
    expect(trust.ledgerKeys[0]).toMatchObject({
      validFrom: "2026-01-01T00:00:00.000Z",
      validUntil: "2027-01-01T00:00:00.000Z",
      revokedAt: "2026-06-01T00:00:00.000Z",
      firstSeq: 5,
      lastSeq: 9,
    });
  });

  it("is the same with either engine", () => {
    const bytes = bytesOf(sample());
    expect(readTrustFile(bytes, nobleEngine)).toEqual(readTrustFile(bytes, engine));
  });

  it("may have no tier groups, members or keys", () => {
    const file = { ...sample(), groups: {}, tiers: { T2_ELEVATED: [], T3_SOVEREIGN: [] }, keys: [] };
    expect(reasonsOf({ ...file, witness_quorum: undefined })).toEqual([]);
    expect(trusted({ ...file, witness_quorum: undefined }).witnessQuorum).toBe(0);
  });

  it("needs all its witnesses where it names no quorum", () => {
    const file = spoiled((it) => it.keys.push(key("w2", "witness", "w2", { name: "w2" })));
    expect(trusted({ ...file, witness_quorum: undefined }).witnessQuorum).toBe(2);
  });

  it("may have groups by any name", () => {
    const groups = '{"__proto__":{"threshold":1,"members":[]},"toString":{"threshold":1,"members":[]}}';
    const text = JSON.stringify({
      ...sample(),
      tiers: { T2_ELEVATED: ["__proto__"], T3_SOVEREIGN: ["toString"] },
      groups: "GROUPS",
    });
    const result = readTrustFile(utf8(text.replace('"GROUPS"', groups)), engine);
    expect(result.ok && [...result.trust.groups.keys()]).toEqual(["__proto__", "toString"]);
  });
});

describe("the fingerprint", () => {
  it("is the hash of the canonical file", () => {
    const digest = createHash("sha3-256")
      .update(canonicalize(sample() as never))
      .digest("hex");
    expect(trusted(sample()).fingerprint).toBe(`sha3-256:${digest}`);
  });

  it("does not depend on layout, order of members or escapes", () => {
    const { fingerprint } = trusted(sample());
    const reversed = Object.fromEntries(Object.entries(sample()).reverse());
    for (const bytes of [
      bytesOf(sample(), 2),
      bytesOf(reversed, 7),
      utf8(JSON.stringify(sample(), null, "\t").replaceAll("\n", "\r\n").replaceAll("alice", "\\u0061lice")),
    ]) {
      const result = readTrustFile(bytes, engine);
      expect(result.ok && result.trust.fingerprint).toBe(fingerprint);
    }
  });
});

/** What spoils a good file, and the pointers that the reasons have to name: those and no others. */
const refusals: readonly (readonly [string, (file: Sample) => unknown, ...string[]])[] = [
  ["an unknown member", (f) => Object.assign(f, { comment: "" }), "/comment"],
  ["an unknown member of tiers", (f) => Object.assign(f.tiers, { T1_STANDARD: [] }), "/tiers/T1_STANDARD"],
  ["an unknown member of a group", (f) => Object.assign(f.groups["owners"]!, { x: 1 }), "/groups/owners/x"],
  [
    "an unknown member of a member",
    (f) => Object.assign((f.groups["release"]!["members"] as object[])[2]!, { x: 1 }),
    "/groups/release/members/2/x",
  ],
  ["an unknown member of a key", (f) => Object.assign(f.keys[1]!, { "a/b": 1 }), "/keys/1/a~1b"],
  ["another format", (f) => Object.assign(f, { format: "sclaw.keys/2" }), "/format"],
  ["no format", (f) => Object.assign(f, { format: undefined }), "/format"],
  ["no ledger", (f) => Object.assign(f, { ledger: undefined }), "/ledger"],
  ["no groups", (f) => Object.assign(f, { groups: undefined }), "/groups"],
  ["no keys", (f) => Object.assign(f, { keys: undefined }), "/keys", "/witness_quorum"],
  ["a null quorum", (f) => Object.assign(f, { witness_quorum: null }), "/witness_quorum"],
  ...["", "a b", "a+b", "a\u0085b", "a\u00a0b", "a\u3000b", "a\ufeff", "a\n"].map(
    (ledger) =>
      [
        `the ledger ${JSON.stringify(ledger)}`,
        (f: Sample) => Object.assign(f, { ledger }),
        "/ledger",
      ] as const,
  ),
  ...[0, -1, 1.5, "1", 2, 2 ** 53].map(
    (quorum) =>
      [
        `a quorum of ${JSON.stringify(quorum)} of one witness`,
        (f: Sample) => Object.assign(f, { witness_quorum: quorum }),
        "/witness_quorum",
      ] as const,
  ),
  ["a tier left out", (f) => Reflect.deleteProperty(f.tiers, "T3_SOVEREIGN"), "/tiers/T3_SOVEREIGN"],
  [
    "a tier of an unknown group",
    (f) => Object.assign(f.tiers, { T2_ELEVATED: ["x"] }),
    "/tiers/T2_ELEVATED/0",
  ],
  [
    "a tier of an inherited name",
    (f) => Object.assign(f.tiers, { T2_ELEVATED: ["toString"] }),
    "/tiers/T2_ELEVATED/0",
  ],
  [
    "a group twice in a tier",
    (f) => Object.assign(f.tiers, { T3_SOVEREIGN: ["owners", "release", "owners"] }),
    "/tiers/T3_SOVEREIGN/2",
  ],
  [
    "a tier that is no list",
    (f) => Object.assign(f.tiers, { T3_SOVEREIGN: "owners" }),
    "/tiers/T3_SOVEREIGN",
  ],
  ...[0, 1.5, "2", null].map(
    (threshold) =>
      [
        `a threshold of ${JSON.stringify(threshold)}`,
        (f: Sample) => Object.assign(f.groups["owners"]!, { threshold }),
        "/groups/owners/threshold",
      ] as const,
  ),
  [
    "an empty list of tenants",
    (f) => Object.assign(f.groups["owners"]!, { tenants: [] }),
    "/groups/owners/tenants",
  ],
  ...["acme", "tenant:", "tenant:/prod", "tenant:a/", "tenant:a/b/c", "Tenant:a", " tenant:a"].map(
    (tenant) =>
      [
        `the tenant ${JSON.stringify(tenant)}`,
        (f: Sample) => Object.assign(f.groups["owners"]!, { tenants: [tenant] }),
        "/groups/owners/tenants/0",
      ] as const,
  ),
  ...["user:", "alice", "agent:x", "User:alice", ""].flatMap((holder) => [
    [
      `the member ${JSON.stringify(holder)}`,
      (f: Sample) => Object.assign(f.groups["owners"]!, { members: [{ holder }] }),
      "/groups/owners/members/0/holder",
    ] as const,
    [
      `the approver ${JSON.stringify(holder)}`,
      (f: Sample) => Object.assign(f.keys[1]!, { holder }),
      "/keys/1/holder",
    ] as const,
  ]),
  ...(
    [
      ["always", {}, {}],
      ["before and always", { until: time }, {}],
      ["one within the other", { from: time, until: later }, { from: "2026-03-02T00:00:00.000Z" }],
      ["one moment shared", { until: later }, { from: "2026-03-31T23:59:59.999Z" }],
    ] as const
  ).map(
    ([name, first, second]) =>
      [
        `a member twice: ${name}`,
        (f: Sample) =>
          Object.assign(f.groups["owners"]!, {
            members: [{ holder: "user:x", ...first }, { holder: "user:y" }, { holder: "user:x", ...second }],
          }),
        "/groups/owners/members/2",
      ] as const,
  ),
  ...[time, "2026-02-01T00:00:00.000Z"].map(
    (until) =>
      [
        `a member from ${time} until ${until}`,
        (f: Sample) =>
          Object.assign(f.groups["owners"]!, { members: [{ holder: "user:x", from: time, until }] }),
        "/groups/owners/members/0/until",
      ] as const,
  ),
  ["another role", (f) => Object.assign(f.keys[1]!, { role: "admin" }), "/keys/1/role"],
  ["a holder that is no string", (f) => Object.assign(f.keys[0]!, { holder: 7 }), "/keys/0/holder"],
  ["an id that is none", (f) => Object.assign(f.keys[1]!, { id: "ed25519:xyz" }), "/keys/1/id"],
  ["an id in upper case", (f) => Object.assign(f.keys[1]!, { id: upper(f.keys[1]!["id"]) }), "/keys/1/id"],
  ["the id of no key", (f) => Object.assign(f.keys[1]!, { id: `ed25519:${"0".repeat(32)}` }), "/keys/1/id"],
  ["a key twice", (f) => f.keys.push({ ...f.keys[1]!, holder: "user:bob" }), "/keys/3/id"],
  ["a key that is no base64", (f) => Object.assign(f.keys[1]!, { public_key: "AA*=" }), "/keys/1/public_key"],
  [
    "base64 with spare bits",
    (f) => Object.assign(f.keys[1]!, { public_key: `${"A".repeat(42)}B=` }),
    "/keys/1/public_key",
  ],
  ["a key that is no string", (f) => Object.assign(f.keys[1]!, { public_key: 7 }), "/keys/1/public_key"],
  [
    "a key of 31 bytes",
    (f) => Object.assign(f.keys[1]!, { public_key: `${"A".repeat(40)}AA==` }),
    "/keys/1/public_key",
  ],
  ["a key of small order", (f) => Object.assign(f.keys[1]!, { public_key: identity }), "/keys/1/public_key"],
  [
    "a key with torsion",
    (f) =>
      Object.assign(f.keys[1]!, {
        public_key: Buffer.from(
          hex("cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d"),
        ).toString("base64"),
      }),
    "/keys/1/public_key",
  ],
  [
    "a key that is never valid",
    (f) => Object.assign(f.keys[1]!, { valid_from: time, valid_until: time }),
    "/keys/1/valid_until",
  ],
  ...["2026-02-29T00:00:00.000Z", "2026-06-01T00:00:00Z", "2026-06-30T23:59:60.000Z", "", 7].map(
    (at) =>
      [
        `the time ${at}`,
        (f: Sample) => Object.assign(f.keys[1]!, { valid_from: at }),
        "/keys/1/valid_from",
      ] as const,
  ),
  [
    "a start that is no time, which comes neither before nor after the end",
    (f) => Object.assign(f.keys[0]!, { valid_from: "later" }),
    "/keys/0/valid_from",
  ],
  ["places out of order", (f) => Object.assign(f.keys[0]!, { first_seq: 10 }), "/keys/0/last_seq"],
  ["a negative place", (f) => Object.assign(f.keys[0]!, { first_seq: -1 }), "/keys/0/first_seq"],
  [
    "an expiring ledger key without last place",
    (f) => (f.keys[0] = key("gate", "ledger", "gate", { valid_until: time })),
    "/keys/0/last_seq",
  ],
  [
    "a revoked ledger key without last place",
    (f) => (f.keys[0] = key("gate", "ledger", "gate", { revoked_at: time })),
    "/keys/0/last_seq",
  ],
  ["a place on an approver key", (f) => Object.assign(f.keys[1]!, { first_seq: 0 }), "/keys/1/first_seq"],
  ["a place on a witness key", (f) => Object.assign(f.keys[2]!, { last_seq: 0 }), "/keys/2/last_seq"],
  ["a witness key without name", (f) => Reflect.deleteProperty(f.keys[2]!, "name"), "/keys/2/name"],
  ...["", "a b", "a+b", "a\u0085"].map(
    (name) =>
      [
        `a witness named ${JSON.stringify(name)}`,
        (f: Sample) => Object.assign(f.keys[2]!, { name }),
        "/keys/2/name",
      ] as const,
  ),
];

function upper(id: unknown): string {
  return `ed25519:${String(id).slice(8).toUpperCase()}`;
}

describe("a trust file is refused for", () => {
  it.each(refusals.map(([name, spoil, ...pointers]) => ({ name, spoil, pointers })))(
    "$name",
    ({ spoil, pointers }) => {
      const reasons = reasonsOf(spoiled(spoil));
      expect(reasons.map((reason) => reason.pointer)).toEqual(pointers);
      for (const reason of reasons) expect(reason.expected !== "" && reason.actual !== "").toBe(true);
    },
  );

  it.each([
    ["nothing", "", "a JSON value"],
    ["no JSON", "{", "a member name in quotes"],
    ["two values", "{} {}", "the end of the line"],
    ["a number too large", '{"witness_quorum":1e400}', "a number that a double holds"],
    ["a second member", '{"ledger":"a","ledger":"a"}', "each member once"],
    ["a lone surrogate", '{"ledger":"\\ud800"}', "Unicode characters (RFC 7493)"],
    ["65 levels", "[".repeat(65) + "]".repeat(65), "at most 64 levels"],
  ])("its encoding: %s", (_, text, expected) => {
    const result = readTrustFile(utf8(text), engine);
    expect(!result.ok && result.reasons).toMatchObject([{ pointer: "", expected }]);
  });

  it("bytes that are not UTF-8", () => {
    const result = readTrustFile(Uint8Array.of(0x22, 0xff, 0x22), engine);
    expect(!result.ok && result.reasons.length).toBe(1);
  });

  it.each([["null"], ["[]"], ['"x"'], ["7"]])("being %s and no object", (text) => {
    const result = readTrustFile(utf8(text), engine);
    expect(!result.ok && result.reasons).toMatchObject([{ pointer: "", expected: "an object" }]);
  });

  it("many reasons at once, each of them told", () => {
    const file = spoiled((f) => {
      f.ledger = "two words";
      f.tiers = { T2_ELEVATED: ["nobody"], T3_SOVEREIGN: ["owners"] };
      Object.assign(f.keys[0]!, {
        public_key: "x",
        valid_from: later,
        valid_until: time,
        last_seq: undefined,
      });
      Object.assign(f.keys[1]!, { id: 7, holder: "bob", first_seq: "x" });
      Object.assign(f.keys[2]!, { name: undefined, extra: {} });
      f.witness_quorum = 3;
    });
    expect(
      reasonsOf(file)
        .map((reason) => reason.pointer)
        .sort(),
    ).toEqual([
      "/keys/0/last_seq",
      "/keys/0/public_key",
      "/keys/0/valid_until",
      "/keys/1/first_seq",
      "/keys/1/first_seq",
      "/keys/1/holder",
      "/keys/1/id",
      "/keys/2/extra",
      "/keys/2/name",
      "/ledger",
      "/tiers/T2_ELEVATED/0",
      "/witness_quorum",
    ]);
  });
});

describe("no byte of a trust file goes unseen", () => {
  it("a flipped bit of any byte refuses the file or changes its fingerprint", () => {
    const good = bytesOf(sample());
    const { fingerprint } = trusted(sample());
    const unseen: number[] = [];
    for (let at = 0; at < good.length; at++) {
      const bytes = Uint8Array.from(good);
      bytes[at]! ^= 1 << (at % 7);
      const result = readTrustFile(bytes, engine);
      if (result.ok && result.trust.fingerprint === fingerprint) unseen.push(at);
    }
    expect(unseen).toEqual([]);
  });

  it("no cut of it is a trust file", () => {
    const good = bytesOf(sample());
    for (let end = 0; end < good.length; end++) {
      expect(readTrustFile(good.subarray(0, end), engine).ok).toBe(false);
    }
  });

  it("never throws, whatever stands in a member", () => {
    const anywhere = fc.constantFrom(
      ...["ledger", "tiers", "groups", "keys", "witness_quorum"],
      ...["groups/release", "groups/release/members", "groups/release/members/0", "keys/0", "keys/0/id"],
      ...["keys/1/public_key", "keys/2/name", "tiers/T2_ELEVATED", "groups/release/tenants"],
    );
    fc.assert(
      fc.property(anywhere, fc.jsonValue(), (path, value) => {
        const file = sample();
        const names = path.split("/");
        const last = names.pop()!;
        const parent = names.reduce<Record<string, unknown>>(
          (at, name) => at[name] as Sample,
          file as Sample,
        );
        parent[last] = value;
        const result = read(file);
        if (!result.ok) expect(result.reasons.length).toBeGreaterThan(0);
      }),
      { numRuns: 150, seed: 7 },
    );
  });
});
