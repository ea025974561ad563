import { describe, expect, it } from "vitest";
import { timeText } from "../../fixtures/make/bytes.mjs";
import { rotation, trustKey } from "../../fixtures/make/keys.mjs";
import { epoch, Ledger } from "../../fixtures/make/ledger.mjs";
import type { Loose } from "../../fixtures/make/loose.mjs";
import { single, small } from "../../fixtures/make/story.mjs";
import { found } from "../support/verify.js";

describe("the key of a receipt", () => {
  it("is in the trust file; otherwise nothing is tested with it", async () => {
    expect(await found(single({ key: "nobody" }))).toEqual(["key.unknown@2"]);
    expect(await found(single({ key: "nobody", sign: () => Buffer.alloc(64, 1) }))).toEqual([
      "key.unknown@2",
    ]);
  });

  it("is a ledger's", async () => {
    expect(await found(single({ key: "alice" }))).toEqual(["key.role@2"]);
    expect(await found(single({ key: "w1" }))).toEqual(["key.role@2"]);
  });

  it("of another role is still tested as a signature", async () => {
    expect(await found(single({ key: "alice", sign: () => Buffer.alloc(64, 1) }))).toEqual([
      "key.role@2",
      "signature.invalid@2",
    ]);
  });

  it("is valid at issued_at", async () => {
    // The receipts of lines 1 to 3 are issued ten seconds apart; gate-1 has a last_seq already.
    const issued = epoch + 10_500;
    const bounds: readonly (readonly [string, number, readonly string[]])[] = [
      ["valid_from", issued, ["key.not-valid@1"]],
      ["valid_from", issued + 1, ["key.not-valid@1", "key.not-valid@2"]],
      ["valid_until", issued, ["key.not-valid@2", "key.not-valid@3"]],
      ["valid_until", issued + 1, ["key.not-valid@3"]],
      ["revoked_at", issued, ["key.not-valid@2", "key.not-valid@3"]],
      ["revoked_at", issued + 1, ["key.not-valid@3"]],
    ];
    for (const [name, time, expected] of bounds) {
      const codes = await found(single({}), {
        editTrust: (trust) => {
          trustKey(trust, "gate-1")[name] = timeText(time);
        },
      });
      const receipts = codes.filter((code) => !/@4|uncovered/.test(code));
      expect(receipts, `${name} ${time - issued}`).toEqual(expected);
    }
  });

  it("is valid at its place, whatever the time says", async () => {
    const places = async (first: number | undefined, last: number) =>
      found(small(), {
        editTrust: (trust) => {
          const key = trustKey(trust, "gate-1");
          key.last_seq = last;
          if (first !== undefined) key.first_seq = first;
        },
      });
    expect(await places(0, 5)).toEqual([]);
    expect(await places(undefined, 4)).toEqual([
      "key.not-valid@7",
      "key.not-valid@8",
      "checkpoint.uncovered@5<1",
    ]);
    expect(await places(1, 5)).toEqual(["key.not-valid@1"]);
    expect(await places(4, 5)).toEqual([
      "key.not-valid@1",
      "key.not-valid@2",
      "key.not-valid@3",
      "key.not-valid@4",
      "key.not-valid@5",
    ]);
  });

  it("of a thief who backdates is caught by its place", async () => {
    const past = { at: Date.parse("2026-05-01T00:00:00.000Z") };
    const backdated = (before: number) => {
      const ledger = new Ledger({ label: "thief", keyAt: () => "gate-0" });
      for (let i = 0; i < before; i++) ledger.add({ intent: false, at: past.at + i });
      return ledger.checkpoint();
    };
    expect(await found(backdated(4))).toEqual([]);
    expect(await found(backdated(5))).toEqual([
      "key.not-valid@5",
      "key.not-valid@6",
      "checkpoint.uncovered@1<1",
    ]);
  });

  it("changes over at the place that the trust file says", async () => {
    const rotated = (at: number) => {
      const ledger = new Ledger({ label: "rotation", keyAt: (place) => (place < at ? "gate-1" : "gate-2") });
      for (let i = 0; i < rotation + 3; i++) ledger.add({ intent: false });
      return ledger.checkpoint();
    };
    const line = rotation + 1;
    expect(await found(rotated(rotation + 1))).toEqual([]);
    expect(await found(rotated(rotation))).toEqual([`key.not-valid@${line}`]);
    expect(await found(rotated(rotation + 2))).toEqual([`key.not-valid@${line + 1}`]);
  });
});

describe("the key of a withheld entry", () => {
  const withheld = (draft: Loose) => single({ ...draft }).withhold(({ seq }) => seq === 1);
  const asked = { allowWithheld: true };

  it("is tested with its signature", async () => {
    expect(await found(withheld({}), asked)).toEqual([]);
    expect(await found(withheld({ key: "nobody" }), asked)).toEqual(["key.unknown@2"]);
    expect(await found(withheld({ key: "alice" }), asked)).toEqual(["key.role@2"]);
    expect(await found(withheld({ sign: () => Buffer.alloc(64, 1) }), asked)).toEqual([
      "signature.invalid@2",
    ]);
  });

  it("is judged by its place", async () => {
    expect(await found(withheld({ key: "gate-2" }), asked)).toEqual(["key.not-valid@2"]);
  });

  it("is judged at the time of the last receipt disclosed before, not at its own", async () => {
    const revokedAt = (time: number) => ({
      ...asked,
      editTrust: (trust: Loose) => {
        trustKey(trust, "gate-0").revoked_at = timeText(time);
      },
    });
    // gate-0 signs the entry at place 1, issued at epoch + 10.5 s; the one before at epoch + 0.5 s.
    const ledger = withheld({ key: "gate-0" });
    expect(await found(ledger, revokedAt(epoch + 501))).toEqual([]);
    expect(await found(ledger, revokedAt(epoch + 500))).toEqual(["key.not-valid@2"]);
  });

  it("with nothing disclosed before is judged by its place alone", async () => {
    const ledger = new Ledger({ label: "first", keyAt: (place) => (place === 0 ? "gate-0" : "gate-1") });
    ledger.add({ intent: false });
    ledger.withhold(() => true);
    ledger.add({ intent: false });
    expect(await found(ledger.checkpoint(), asked)).toEqual([]);
  });
});
