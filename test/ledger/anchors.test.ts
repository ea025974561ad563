import { describe, expect, it } from "vitest";
import { keyOf, ledgerName, trustKey } from "../../fixtures/make/keys.mjs";
import type { Ledger, NoteOptions } from "../../fixtures/make/ledger.mjs";
import type { Loose } from "../../fixtures/make/loose.mjs";
import { ledgerLine, noteOf, witnessLine } from "../../fixtures/make/note.mjs";
import { small } from "../../fixtures/make/story.mjs";
import { rootOf } from "../../fixtures/make/tree.mjs";
import { brief, found, verify } from "../support/verify.js";

const kept = (options: NoteOptions = {}) => small().note({ size: 3, ...options });
const rewritten = () => small({ label: "rewritten" });

describe("a kept checkpoint", () => {
  it("that the export continues raises the level, to its size", async () => {
    for (const size of [1, 2, 3, 5, 6]) {
      const result = await verify(small(), { since: kept({ size }) });
      expect(result.findings).toEqual([]);
      expect([result.level, result.anchoredSize]).toEqual(["L1", size]);
    }
  });

  it("of size 0 is in order and raises nothing", async () => {
    const result = await verify(small(), { since: kept({ size: 0 }) });
    expect(result.findings).toEqual([]);
    expect([result.integrity, result.level, result.anchoredSize]).toEqual(["verified", "L0", undefined]);
  });

  it('of size 0 with another root than H("") is another history', async () => {
    const codes = await found(small(), { since: kept({ size: 0, root: Buffer.alloc(32) }) });
    expect(codes).toEqual(["history.rewritten@1"]);
  });

  it("that the export does not reach is history.truncated", async () => {
    const cut = small().lines.slice(0, 4);
    for (const size of [4, 6, 7]) {
      const result = await verify(cut, {
        since: kept({ size, root: rootOf(small().leaves.slice(0, size)) }),
      });
      expect(brief(result.findings)).toEqual(["history.truncated@4"]);
      expect([result.integrity, result.level]).toEqual(["failed", "L0"]);
    }
    expect(await found(cut, { since: kept({ size: 3 }) })).toEqual([]);
  });

  it("of another history is history.rewritten, and both notes prove it", async () => {
    const result = await verify(rewritten(), { since: kept() });
    expect(brief(result.findings)).toEqual(["history.rewritten@3"]);
    expect([result.integrity, result.level, result.anchoredSize]).toEqual(["failed", "L0", undefined]);
    expect(result.fork).toEqual({ size: 3, notes: [kept(), rewritten().note({ size: 3 })] });
  });

  it("without a checkpoint of its size in the export proves no fork by itself", async () => {
    const result = await verify(rewritten(), { since: kept({ size: 2 }) });
    expect(brief(result.findings)).toEqual(["history.rewritten@2"]);
    expect(result.fork).toBeUndefined();
  });

  it("that differs because an entry is damaged follows from that", async () => {
    const lines = small().lines;
    lines[1] = { ...lines[1], receipt: { ...lines[1].receipt, decision: "deny" } };
    expect(await found(lines, { since: kept() })).toEqual([
      "signature.invalid@2",
      "chain.prev@3<0",
      "checkpoint.root@4<0",
      "checkpoint.root@8<0",
      "checkpoint.uncovered@1<3",
      "history.rewritten@3<0",
    ]);
  });
});

describe("a kept checkpoint that is not genuine", () => {
  it.each<readonly [string, string]>([
    ["nonsense", "nonsense"],
    ["empty", ""],
    ["by a stranger", kept({ keys: ["nobody"] })],
    ["by an approver", kept({ keys: ["alice"] })],
    ["cosigned alone", kept({ keys: [], witnesses: ["w1", "w2"] })],
    ["with a changed size", kept().replace("\n3\n", "\n4\n")],
  ])("%s is checkpoint.signature", async (_, since) => {
    const result = await verify(small(), { since });
    expect(result.findings.map(({ code, line }) => `${code}@${line}`)).toEqual(["checkpoint.signature@0"]);
    expect([result.integrity, result.level, result.anchoredSize]).toEqual(["failed", "L0", undefined]);
    expect(result.findings[0]!.message).toContain("the kept checkpoint");
  });

  it("of a key that was not valid there is key.not-valid", async () => {
    expect(await found(small(), { since: kept({ keys: ["gate-2"] }) })).toEqual(["key.not-valid@0"]);
    // Judged at the issued_at of the last receipt disclosed before its size.
    expect(await found(small(), { since: kept({ keys: ["gate-0"] }) })).toEqual(["key.not-valid@0"]);
  });

  it("of another ledger is ledger.mismatch", async () => {
    const text = kept().split("\n\n")[0]!.replace(ledgerName, "acme.example/other");
    const since = noteOf(`${text}\n`, [ledgerLine("acme.example/other", keyOf("gate-1"), `${text}\n`)]);
    const codes = await found(small(), { since });
    expect(codes).toEqual(["ledger.mismatch@0"]);
  });

  it("and beyond the end is still told to be no note", async () => {
    // gate-0 was good at place 3; the time of the receipts says that it was revoked before.
    const since = kept({ size: 4, keys: ["gate-0"] });
    expect(await found(small().lines.slice(0, 4), { since })).toEqual([
      "history.truncated@4",
      "key.not-valid@0",
    ]);
  });

  it("proves no fork", async () => {
    const result = await verify(rewritten(), { since: kept({ keys: ["gate-0"] }) });
    expect(brief(result.findings)).toEqual(["key.not-valid@0", "history.rewritten@3"]);
    expect(result.fork).toBeUndefined();
  });

  it("with a damaged cosignature is a warning", async () => {
    const lines = (text: string) => [
      witnessLine("witness.example/w1", keyOf("w1"), `${text}x\n`, 1780315260),
    ];
    const result = await verify(small(), { since: kept({ lines }) });
    expect(brief(result.findings)).toEqual(["checkpoint.cosignature@0"]);
    expect([result.integrity, result.level]).toEqual(["verified", "L1"]);
  });
});

describe("a kept checkpoint and a range", () => {
  it("before the range's start can not be decided", async () => {
    const result = await verify(small().range(4), { since: kept(), start: 4 });
    expect(result.findings).toEqual([]);
    expect([result.integrity, result.level]).toEqual(["undecided", "L0"]);
  });

  it("before the range's start is judged by its place alone, since nothing is disclosed before it", async () => {
    const editTrust = (trust: Loose) => {
      // Valid when size 3 was signed, and at place 2; no longer at the end of the range.
      Object.assign(trustKey(trust, "gate-1"), { last_seq: 2 });
      Object.assign(trustKey(trust, "gate-2"), { first_seq: 3 });
      trustKey(trust, "gate-1").valid_until = "2026-06-01T12:00:25.000Z";
    };
    const ledger = small({ keyAt: (place) => (place < 3 ? "gate-1" : "gate-2") });
    const whole = await verify(ledger, { since: ledger.note({ size: 3 }), editTrust });
    expect(brief(whole.findings)).toEqual([]);
    const result = await verify(ledger.range(4), { since: ledger.note({ size: 3 }), start: 4, editTrust });
    expect(brief(result.findings)).toEqual([]);
    expect(result.integrity).toBe("undecided");
  });

  it("before the range's start does not hide an error", async () => {
    const result = await verify(small().range(4).slice(0, -1), { since: kept(), start: 4 });
    expect(result.integrity).toBe("failed");
  });

  it("at the range's start is held against the frontier", async () => {
    const good = await verify(small().range(3), { since: kept() });
    expect([good.findings, good.level, good.anchoredSize]).toEqual([[], "L1", 3]);
    const bad = await verify(rewritten().range(3), { since: kept() });
    expect(brief(bad.findings)).toEqual(["history.rewritten@1"]);
    expect(bad.fork).toEqual({ size: 3, notes: [kept(), rewritten().note({ size: 3 })] });
  });

  it("behind the range's start is held against the entries", async () => {
    const good = await verify(small().range(3), { since: kept({ size: 5 }) });
    expect([good.findings, good.level, good.anchoredSize]).toEqual([[], "L1", 5]);
    expect(await found(rewritten().range(3), { since: kept({ size: 5 }) })).toEqual(["history.rewritten@3"]);
  });
});

describe("a size and root given by hand", () => {
  const given = (size: number, root = rootOf(small().leaves.slice(0, size))) => ({ given: { size, root } });

  it("raises the level like a kept checkpoint", async () => {
    const result = await verify(small(), given(5));
    expect([result.findings, result.level, result.anchoredSize]).toEqual([[], "L1", 5]);
    expect((await verify(small(), given(0))).level).toBe("L0");
  });

  it("of another root, or beyond the end", async () => {
    expect(await found(small(), given(5, Buffer.alloc(32)))).toEqual(["history.rewritten@6"]);
    expect(await found(small(), given(7, Buffer.alloc(32)))).toEqual(["history.truncated@8"]);
  });

  it("before the start of a range can not be decided", async () => {
    expect((await verify(small().range(3), { ...given(2), start: 3 })).integrity).toBe("undecided");
    expect((await verify(small().range(3), { ...given(3), start: 3 })).level).toBe("L1");
  });

  it("beside a kept checkpoint: the larger that holds", async () => {
    const result = await verify(small(), { ...given(5), since: kept() });
    expect([result.level, result.anchoredSize]).toEqual(["L1", 5]);
    const bad = await verify(small(), { ...given(5), since: kept({ keys: ["gate-2"] }) });
    expect([bad.integrity, bad.level, bad.anchoredSize]).toEqual(["failed", "L0", undefined]);
  });
});

describe("the level", () => {
  /** `small` with witnesses at its two checkpoints. */
  function cosigned(first: readonly string[], last: readonly string[]): Ledger {
    const ledger = small();
    ledger.lines[3] = { checkpoint: ledger.note({ size: 3, witnesses: first }) };
    ledger.lines[7] = { checkpoint: ledger.note({ witnesses: last }) };
    return ledger;
  }
  const quorum = (count: number) => ({
    editTrust: (trust: Loose) => {
      trust.witness_quorum = count;
    },
  });
  const level = async (ledger: Ledger, asked = {}) => {
    const result = await verify(ledger, asked);
    expect(result.integrity).toBe("verified");
    return [result.level, result.anchoredSize];
  };

  it("L2 needs a kept checkpoint and the quorum, by default all witnesses", async () => {
    const since = kept();
    expect(await level(cosigned([], ["w1", "w2"]))).toEqual(["L0", undefined]);
    expect(await level(cosigned([], ["w1", "w2"]), { since })).toEqual(["L2", 6]);
    expect(await level(cosigned([], ["w1"]), { since })).toEqual(["L1", 3]);
    expect(await level(cosigned([], ["w1", "w1"]), { since })).toEqual(["L1", 3]);
  });

  it("L2 with a smaller quorum", async () => {
    const since = kept();
    expect(await level(cosigned([], ["w1"]), { since, ...quorum(1) })).toEqual(["L2", 6]);
    expect(await level(cosigned([], ["w2"]), { since, ...quorum(1) })).toEqual(["L2", 6]);
    expect(await level(cosigned([], []), { since, ...quorum(1) })).toEqual(["L1", 3]);
    expect(await level(cosigned([], ["w1"]), { since, ...quorum(2) })).toEqual(["L1", 3]);
  });

  it("L2 reaches to the largest cosigned checkpoint", async () => {
    expect(await level(cosigned(["w1", "w2"], []), { since: kept() })).toEqual(["L2", 3]);
    // Cosigned before what was kept: the kept one says more.
    expect(await level(cosigned(["w1", "w2"], []), { since: kept({ size: 6 }) })).toEqual(["L1", 6]);
  });

  it("L2 is out of reach where no witness is named", async () => {
    const editTrust = (trust: Loose) => {
      trust.keys = trust.keys.filter((key: Loose) => key.role !== "witness");
    };
    expect(await level(cosigned([], ["w1", "w2"]), { since: kept(), editTrust })).toEqual(["L1", 3]);
  });

  it("a witness whose key is not valid at its own time does not count", async () => {
    const editTrust = (trust: Loose) => {
      trustKey(trust, "w1").valid_until = "2026-01-01T00:00:00.000Z";
    };
    const result = await verify(cosigned([], ["w1", "w2"]), { since: kept(), editTrust });
    expect(brief(result.findings)).toEqual(["checkpoint.cosignature@8"]);
    expect(result.level).toBe("L1");
  });
});
