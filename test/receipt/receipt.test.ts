import { describe, expect, it } from "vitest";
import type { Loose } from "../../fixtures/make/loose.mjs";
import { standard } from "../../fixtures/make/story.mjs";
import { decodeShape } from "../../src/json/shape.js";
import { receipt as shape } from "../../src/receipt/receipt.js";
import { edited, grantedReceipt, paths, plainReceipt, replaced } from "./sample.js";

/** Pointers of everything that is wrong with a value, none twice. */
function issues(value: Loose): string[] {
  const shaped = decodeShape(shape, value);
  return shaped.ok ? [] : [...new Set(shaped.issues.map((issue) => issue.pointer.slice(1)))];
}

const base64 = (bytes: number, fill = 1) => Buffer.alloc(bytes, fill).toString("base64");
const plain = plainReceipt();
const granted = grantedReceipt();
/** Without its state, an approval is read as a request, which lacks four members: tested by itself. */
const ownPaths = (sample: Loose) =>
  paths(sample).filter((path) => sample === granted || path !== "approval/state");

describe("the receipt's shape", () => {
  it.each(standard().receipts.map((receipt) => [receipt.seq, receipt]))(
    "accepts receipt %i of the story",
    (_, receipt) => {
      expect(issues(receipt)).toEqual([]);
    },
  );

  it("accepts the samples", () => {
    expect(issues(plain)).toEqual([]);
    expect(issues(granted)).toEqual([]);
  });

  describe("a member is missing", () => {
    const optional = (path: string) =>
      /^(facts\/.*|ext(\/.*)?|agent\/on_behalf_of|outcome\/(result_hash|error|error\/message)|approval\/signatures\/\d+)$/.test(
        path,
      );
    for (const [name, sample] of Object.entries({ plain, granted })) {
      // The only rule, and the only requirement, are the least that their lists may have.
      it.each(ownPaths(sample))(`${name}: %s`, (path) => {
        const found = issues(replaced(sample, path, undefined));
        if (optional(path)) expect(found).toEqual([]);
        else expect(found).toEqual([/\/\d+$/.test(path) ? path.replace(/\/\d+$/, "") : path]);
      });
    }
  });

  describe("a member has another type", () => {
    const others: readonly unknown[] = [null, true, 0, -1, 1.5, "", "x", [], {}, [null], { x: null }];
    const anything = (path: string, value: unknown) => {
      if (path.startsWith("ext/")) return typeof value !== "number" || value === 0;
      if (path.startsWith("facts/"))
        return typeof value === "string" || typeof value === "boolean" || value === 0;
      if (path === "facts") return JSON.stringify(value) === "{}";
      if (path === "ext") return typeof value === "object" && value !== null && !Array.isArray(value);
      if (path === "approval/signatures") return JSON.stringify(value) === "[]";
      const freeText = [
        "policy/version",
        "rationale/rules/0",
        "rationale/summary",
        "outcome/error/code",
        "outcome/error/message",
      ];
      if (freeText.includes(path)) return typeof value === "string";
      if (path === "ledger" || /^approval\/required\/\d+\/group$/.test(path)) return value === "x";
      if (path === "seq") return value === 0;
      return false;
    };
    for (const [name, sample] of Object.entries({ plain, granted })) {
      it.each(ownPaths(sample))(`${name}: %s`, (path) => {
        for (const other of others) {
          const found = issues(replaced(sample, path, other));
          if (anything(path, other)) expect(found, JSON.stringify(other)).toEqual([]);
          else {
            expect(found.length, JSON.stringify(other)).toBeGreaterThan(0);
            for (const pointer of found)
              expect(pointer.startsWith(path), `${path} to ${JSON.stringify(other)}: ${pointer}`).toBe(true);
          }
        }
      });
    }
  });

  describe("an unknown member", () => {
    const objects = (sample: Loose) => [
      "",
      ...paths(sample).filter((path) => {
        const value = path.split("/").reduce((inner, name) => inner[name], sample);
        return typeof value === "object" && value !== null && !Array.isArray(value);
      }),
    ];
    for (const [name, sample] of Object.entries({ plain, granted })) {
      it.each(objects(sample))(`${name}: in "%s"`, (path) => {
        for (const unknown of ["zzz", "__proto__", "constructor", "toString"]) {
          const text = JSON.stringify(sample);
          const value = JSON.parse(text) as Loose;
          const target =
            path === "" ? value : path.split("/").reduce((inner, member) => inner[member], value);
          Object.defineProperty(target, unknown, {
            value: "x",
            enumerable: true,
            configurable: true,
            writable: true,
          });
          const allowed = path === "facts" || path === "ext";
          expect(issues(value)).toEqual(allowed ? [] : [path === "" ? unknown : `${path}/${unknown}`]);
        }
      });
    }
  });

  describe("forms", () => {
    const digest = plain.ir_hash as string;
    const badDigests = [
      digest.slice(0, -1),
      `${digest}0`,
      digest.toUpperCase(),
      digest.replace("sha3-256", "sha256"),
      digest.replace("sha3-256:", ""),
      `${digest}\n`,
      ` ${digest}`,
      `sha3-256:${"g".repeat(64)}`,
      `sha3-256:${"A".repeat(64)}`,
    ];
    const badTimes = [
      "2026-06-01T12:00:00Z",
      "2026-06-01T12:00:00.00Z",
      "2026-06-01T12:00:00.0000Z",
      "2026-06-01T12:00:00.000+00:00",
      "2026-06-01t12:00:00.000z",
      "2026-06-01 12:00:00.000Z",
      "2026-02-29T12:00:00.000Z",
      "2026-02-30T00:00:00.000Z",
      "2100-02-29T00:00:00.000Z",
      "2026-04-31T12:00:00.000Z",
      "2026-13-01T12:00:00.000Z",
      "2026-00-01T12:00:00.000Z",
      "2026-06-00T12:00:00.000Z",
      "2026-06-01T24:00:00.000Z",
      "2026-06-01T12:60:00.000Z",
      "2016-12-31T23:59:60.000Z",
      "2026-06-01T12:00:00.000Z\n",
      "+002026-06-01T12:00:00.000Z",
      "2026-06-01T12:00:00,000Z",
      "２026-06-01T12:00:00.000Z",
    ];
    const goodTimes = [
      "2024-02-29T00:00:00.000Z",
      "2000-02-29T23:59:59.999Z",
      "0001-01-01T00:00:00.000Z",
      "9999-12-31T23:59:59.999Z",
    ];
    const ulid = "01JX0000000000000000000000";
    const badIds = [
      ulid,
      `rcpt_${ulid.toLowerCase()}`,
      `rcpt_${ulid}0`,
      `rcpt_${ulid.slice(1)}`,
      `rcpt_8${ulid.slice(1)}`,
      ...["I", "L", "O", "U", "-"].map((letter) => `rcpt_${ulid.slice(0, -1)}${letter}`),
      `RCPT_${ulid}`,
      `rcpt_${ulid}\n`,
    ];
    const badKeyIds = [
      "ed25519:",
      `ed25519:${"a".repeat(31)}`,
      `ed25519:${"a".repeat(33)}`,
      `ed25519:${"A".repeat(32)}`,
      "a".repeat(32),
      `ed25519:${"a".repeat(32)}\n`,
    ];
    const badTenants = ["tenant:", "acme", "tenant:a/", "tenant:/b", "tenant:a/b/c", "Tenant:a", " tenant:a"];
    const table: readonly (readonly [path: string, bad: readonly unknown[], good: readonly unknown[]])[] = [
      ["schema", ["sclaw.receipt/2", "sclaw.receipt/1 ", "sclaw.intent/1"], []],
      [
        "ledger",
        ["", "a b", "a+b", "a\tb", "a\u00a0b", "a\u2028b", "a\n", "a\u0085b", "a\u3000"],
        ["acme.example/agents-prod", "ü", "a/b"],
      ],
      ["seq", [-1, 1.5, 2 ** 53, -0.5, "1", 1e300], [0, 2 ** 53 - 1]],
      ["prev", badDigests, [`sha3-256:${"0".repeat(64)}`]],
      ["ir_hash", badDigests, []],
      ["policy/hash", badDigests, []],
      ["outcome/result_hash", badDigests, []],
      ["receipt_id", badIds, [`rcpt_${ulid}`, `rcpt_7${"Z".repeat(25)}`]],
      [
        "correlation_id",
        ["corr_", "x", `corr_${"a".repeat(65)}`, "corr_a b", "corr_ä", "corr_a/b", "corr_a\n", "CORR_a"],
        ["corr_a", `corr_${"a".repeat(64)}`, "corr_A-Z_0"],
      ],
      ["tenant", badTenants, ["tenant:a", "tenant:a/b", "tenant:a b/c"]],
      ["agent/id", ["agent:", "bot", "Agent:a", "user:a"], ["agent:a", "agent:a\nb"]],
      ["agent/on_behalf_of", ["user:", "alice", "agent:a"], ["user:a"]],
      [
        "adapter_id",
        ["adapter:a", "adapter:@1", "adapter:a@", "a@1"],
        ["adapter:a@1", "adapter:a b@1.0.0-rc"],
      ],
      [
        "nonce",
        [
          base64(15),
          base64(17),
          base64(16).replace("=", ""),
          `${base64(16)}\n`,
          "",
          `${base64(16).slice(0, 21)}R==`,
          base64(16, 0xff).replaceAll("/", "_"),
        ],
        [base64(16), base64(16, 0)],
      ],
      ["risk_tier", ["T4", "T0", "t0_observe"], ["T0_OBSERVE", "T1_STANDARD", "T2_ELEVATED", "T3_SOVEREIGN"]],
      ["decision", ["Allow", "granted", "reject"], ["allow", "deny", "escalate", "approval"]],
      ["decided_at", badTimes, goodTimes],
      ["issued_at", badTimes, goodTimes],
      ["outcome/started_at", badTimes, goodTimes],
      ["outcome/completed_at", badTimes, goodTimes],
      ["outcome/status", ["done", "Executed", "not-executed"], ["failed", "executed", "unknown"]],
      ["signer", badKeyIds, [`ed25519:${"0".repeat(32)}`]],
      ["facts/n", [-1, 1.5, 2 ** 53, null, [], {}], [0, 2 ** 53 - 1, true, "", "x"]],
      ["ext/n", [-1, 1.5, 2 ** 53, [0.5], { deep: [{ x: -1 }] }], [0, null, [null, "x", { y: 2 ** 53 - 1 }]]],
      ["rationale/rules", [[], ["R-1", 1], "R-1"], [["R-1"], ["a", "b", ""]]],
    ];
    const ofGranted: typeof table = [
      [
        "approval/state",
        ["Granted", "approved", "not_required"],
        ["pending", "granted", "rejected", "expired"],
      ],
      ["approval/requested_at", badTimes, goodTimes],
      ["approval/expires_at", badTimes, goodTimes],
      [
        "approval/required",
        [
          [],
          [{ group: "a", threshold: 0 }],
          [
            { group: "b", threshold: 1 },
            { group: "a", threshold: 1 },
          ],
          [
            { group: "a", threshold: 1 },
            { group: "a", threshold: 2 },
          ],
          [{ group: "", threshold: 1 }],
          [{ group: "a", threshold: 1.5 }],
          [{ group: "a" }],
          [{ group: "a", threshold: 1, x: 1 }],
        ],
        [
          [
            { group: "B", threshold: 1 },
            { group: "a", threshold: 1 },
          ],
        ],
      ],
      [
        "approval/signatures",
        [Array.from({ length: 65 }, () => granted.approval.signatures[0])],
        [[], Array.from({ length: 64 }, () => granted.approval.signatures[0])],
      ],
      ["approval/signatures/0/approver", ["user:", "alice", "agent:a"], ["user:a"]],
      ["approval/signatures/0/signer", badKeyIds, []],
      ["approval/signatures/0/verdict", ["yes", "Approve", "granted"], ["reject", "approve"]],
      ["approval/signatures/0/at", badTimes, goodTimes],
      [
        "approval/signatures/0/sig",
        [base64(63), base64(65), base64(64).slice(0, -1), base64(64).replace(/Q==$/, "R==")],
        [base64(64)],
      ],
    ];
    const rows = [
      ...table.map((row) => [...row, plain] as const),
      ...ofGranted.map((row) => [...row, granted] as const),
    ];
    it.each(rows.map((row) => [row[0], row] as const))("%s", (_, [path, bad, good, sample]) => {
      for (const value of good)
        expect(issues(replaced(sample, path, value)), `good ${JSON.stringify(value)}`).toEqual([]);
      for (const value of bad) {
        const found = issues(replaced(sample, path, value));
        expect(found.length, `bad ${JSON.stringify(value)}`).toBeGreaterThan(0);
      }
    });

    it("groups are sorted by UTF-16 code units, as JCS sorts", () => {
      const required = (...groups: string[]) =>
        replaced(
          granted,
          "approval/required",
          groups.map((group) => ({ group, threshold: 1 })),
        );
      expect(issues(required("\u{10000}", "\uffee"))).toEqual([]);
      expect(issues(required("\uffee", "\u{10000}"))).toEqual(["approval/required/1/group"]);
    });
  });

  describe("what a status needs and forbids", () => {
    const times = { started_at: "2026-06-01T12:00:00.000Z", completed_at: "2026-06-01T12:00:00.000Z" };
    const members = { ...times, result_hash: plain.ir_hash, error: { code: "x" } };
    const names = Object.keys(members) as (keyof typeof members)[];
    /** Written from section 4: what must be there, and what must not. */
    const needs: { readonly [status: string]: readonly string[] } = {
      executed: ["started_at", "completed_at"],
      failed: ["started_at", "completed_at"],
      unknown: ["started_at"],
      not_executed: [],
    };
    const forbids = (status: string) =>
      status === "not_executed" ? ["started_at", "completed_at", "result_hash"] : [];
    it.each(Object.keys(needs))("%s, with every set of members", (status) => {
      for (let set = 0; set < 2 ** names.length; set++) {
        const present = names.filter((_, i) => (set & (1 << i)) !== 0);
        const outcome = { status, ...Object.fromEntries(present.map((name) => [name, members[name]])) };
        const wrong = [
          ...needs[status]!.filter((name) => !(present as string[]).includes(name)),
          ...forbids(status).filter((name) => (present as string[]).includes(name)),
        ];
        expect(issues(replaced(plain, "outcome", outcome)).sort()).toEqual(
          wrong.map((name) => `outcome/${name}`).sort(),
        );
      }
    });
  });

  describe("what an approval state needs", () => {
    const members = ["required", "requested_at", "expires_at", "signatures"];
    it.each(["pending", "granted", "rejected", "expired"])("%s needs all four", (state) => {
      for (const missing of members) {
        const found = issues(
          edited(granted, (receipt) => {
            receipt.approval.state = state;
            delete receipt.approval[missing];
          }),
        );
        expect(found).toEqual([`approval/${missing}`]);
      }
    });

    it("a state is one of the five", () => {
      for (const state of [undefined, null, "", "Granted", 1]) {
        expect(issues(replaced(plain, "approval/state", state))).toContain("approval/state");
      }
    });

    it("not_required has none of them", () => {
      for (const member of members) {
        const value = replaced(plain, "approval", {
          state: "not_required",
          [member]: granted.approval[member],
        });
        expect(issues(value)).toEqual([`approval/${member}`]);
      }
    });
  });

  it("reports everything that is wrong, not the first thing", () => {
    const value = edited(granted, (receipt) => {
      receipt.seq = -1;
      delete receipt.nonce;
      receipt.approval.signatures[1].verdict = "maybe";
      receipt.zzz = 1;
    });
    expect(issues(value).sort()).toEqual(["approval/signatures/1/verdict", "nonce", "seq", "zzz"]);
  });

  it.each([null, 1, "x", [], true])("%j is no receipt", (value) => {
    expect(issues(value)).toEqual([""]);
  });
});
