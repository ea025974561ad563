import { describe, expect, it } from "vitest";
import { engine } from "../../src/io/engine-node.js";
import { addKey, formatTrustFile, newTrustFile, setGroup, setTier } from "../../src/keys/edit-trust.js";
import { readTrustFile } from "../../src/keys/trust-file.js";
import type { TrustFileValue } from "../../src/keys/trust-value.js";
import { publicKeyOf, utf8 } from "./support.js";
import { bytesOf, sample } from "./trust-sample.js";

const readBack = (file: TrustFileValue) => readTrustFile(utf8(formatTrustFile(file)), engine);

describe("editing a trust file", () => {
  const empty = newTrustFile("acme.example/agents");
  const group = { threshold: 1, members: [{ holder: "user:alice" }] };

  it("begins with one that can be read", () => {
    expect(readBack(empty)).toMatchObject({ ok: true, trust: { ledger: "acme.example/agents" } });
  });

  it("adds keys, groups and tiers, and changes none of its arguments", () => {
    const before = JSON.stringify(empty);
    const keyed = addKey(empty, publicKeyOf("alice"), "approver", "user:alice");
    const placed = addKey(keyed, publicKeyOf("gate"), "ledger", "runtime:gate", {
      last_seq: 9,
      valid_until: "2027-01-01T00:00:00.000Z",
    });
    const grouped = setTier(setGroup(placed, "release", group), "T2_ELEVATED", ["release"]);
    const result = readBack(grouped);
    expect(result.ok && result.trust.keys.size).toBe(2);
    expect(result.ok && result.trust.ledgerKeys[0]?.lastSeq).toBe(9);
    expect(result.ok && result.trust.tiers.T2_ELEVATED).toEqual(["release"]);
    expect(result.ok && result.trust.groups.get("release")).toEqual(group);
    expect(JSON.stringify(empty)).toBe(before);
  });

  it("replaces a group where it stands", () => {
    const two = setGroup(setGroup(empty, "a", group), "b", group);
    const replaced = setGroup(two, "a", { ...group, threshold: 2 });
    expect(Object.keys(replaced.groups)).toEqual(["a", "b"]);
    expect(replaced.groups["a"]?.threshold).toBe(2);
  });

  it("takes a group named __proto__ for a group", () => {
    const result = readBack(setGroup(empty, "__proto__", group));
    expect(result.ok && [...result.trust.groups.keys()]).toEqual(["__proto__"]);
  });

  it("leaves the judgement to the reader: a key twice is written, and refused", () => {
    const once = addKey(empty, publicKeyOf("alice"), "approver", "user:alice");
    expect(readBack(addKey(once, publicKeyOf("alice"), "approver", "user:alice")).ok).toBe(false);
  });

  it("writes members in the order of the format, with two spaces and LF", () => {
    const keyed = setGroup(
      addKey(empty, publicKeyOf("w"), "witness", "w", { valid_from: "2026-01-01T00:00:00.000Z", name: "w" }),
      "g",
      { members: [{ until: "2026-01-01T00:00:00.000Z", holder: "user:a" }], threshold: 1 },
    );
    expect(formatTrustFile(keyed)).toMatchInlineSnapshot(`
      "{
        "format": "sclaw.keys/1",
        "ledger": "acme.example/agents",
        "tiers": {
          "T2_ELEVATED": [],
          "T3_SOVEREIGN": []
        },
        "groups": {
          "g": {
            "threshold": 1,
            "members": [
              {
                "holder": "user:a",
                "until": "2026-01-01T00:00:00.000Z"
              }
            ]
          }
        },
        "keys": [
          {
            "id": "ed25519:fc0175e95fc2938f54746d97de873763",
            "role": "witness",
            "holder": "w",
            "public_key": "d8+qZhCyyztmuADIs4BpPBwnyNfkK6G0r9P9UhVas+0=",
            "name": "w",
            "valid_from": "2026-01-01T00:00:00.000Z"
          }
        ]
      }
      "
    `);
  });

  it("writes what it read: nothing is lost", () => {
    const result = readTrustFile(bytesOf(sample()), engine);
    if (!result.ok) throw new Error("refused");
    const again = readBack(result.value);
    expect(again.ok && again.trust.fingerprint).toBe(result.trust.fingerprint);
    expect(formatTrustFile(result.value)).not.toContain("\r");
  });
});
