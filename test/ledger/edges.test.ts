import { describe, expect, it } from "vitest";
import { keyOf, trustKey, witnessNames } from "../../fixtures/make/keys.mjs";
import { Ledger } from "../../fixtures/make/ledger.mjs";
import type { Loose } from "../../fixtures/make/loose.mjs";
import { witnessLine } from "../../fixtures/make/note.mjs";
import { small } from "../../fixtures/make/story.mjs";
import { ForkWatch } from "../../src/ledger/forks.js";
import { levels, neverDetectable } from "../../src/ledger/level.js";
import type { OpenedCheckpoint } from "../../src/ledger/open-checkpoint.js";
import { readProofDocument } from "../../src/ledger/proof-document.js";
import { LineSplitter } from "../../src/ledger/split-lines.js";
import { verifyWith } from "../../src/ledger/verify.js";
import { brief, engine, trust, verify, verifyFiles } from "../support/verify.js";

const minute = 60_000;
const start = Date.parse("2026-06-01T12:00:00.000Z");
const one = (edit: (receipt: Loose) => void, draft: object = {}) => {
  const ledger = new Ledger({ label: "edges" });
  ledger.add({ at: start, edit, ...draft });
  return ledger.checkpoint();
};
const findingOf = async (source: Parameters<typeof verify>[0], code: string) =>
  (await verify(source)).findings.find((finding) => finding.code === code)!;

it("the words of the levels are those of the format's section 9", () => {
  expect(levels).toMatchInlineSnapshot(`
    {
      "L0": {
        "canHide": [
          "a cut back to an older genuine checkpoint",
          "a rewrite by the holder of the ledger key",
        ],
        "checked": "the export against itself and the trust file",
      },
      "L1": {
        "canHide": [
          "changes after that checkpoint by the holder of the ledger key",
          "a cut back to an older genuine checkpoint after it",
        ],
        "checked": "the export against itself, the trust file and a checkpoint that was kept",
      },
      "L2": {
        "canHide": [
          "a colluding quorum of witnesses",
          "entries after the last cosigned checkpoint",
        ],
        "checked": "the export against itself, the trust file, a kept checkpoint and the quorum of witnesses",
      },
    }
  `);
  expect(neverDetectable).toMatchInlineSnapshot(`
    [
      "actions that did not pass through the gate",
      "false content in a genuine record",
      "a second ledger under another name",
      "times and order after the last anchored checkpoint",
      "use of a key before its revocation",
      "who really held a key, and whether people colluded",
      "what withheld entries say",
    ]
  `);
});

describe("counts", () => {
  it("are of whole receipts, each kind from nothing", async () => {
    const ledger = new Ledger({ label: "counts" });
    ledger.add({ at: start });
    ledger.add({ at: start + minute, status: "failed" });
    const { counts } = await verify(ledger.checkpoint());
    const receipts = ledger.lines.flatMap((line: Loose) => line.receipt ?? []);
    const times = (read: (receipt: Loose) => string, value: string) =>
      receipts.filter((receipt: Loose) => read(receipt) === value).length;
    for (const [name, count] of Object.entries(counts.decision))
      expect(count).toBe(times((r) => r.decision, name));
    for (const [name, count] of Object.entries(counts.risk_tier))
      expect(count).toBe(times((r) => r.risk_tier, name));
    for (const [name, count] of Object.entries(counts.status))
      expect(count).toBe(times((r) => r.outcome.status, name));
    expect(counts.decision.allow).toBe(2);
  });

  it("of nothing are none", async () => {
    const { counts, period } = await verify("");
    expect(Object.values({ ...counts.decision, ...counts.risk_tier, ...counts.status })).toEqual(
      Array(12).fill(0),
    );
    expect(period).toBeUndefined();
  });
});

describe("a root by hand", () => {
  it("that does not hold raises no level", async () => {
    const result = await verify(small(), { given: { size: 5, root: new Uint8Array(32) } });
    expect([result.integrity, result.level, result.anchoredSize]).toEqual(["failed", "L0", undefined]);
    const beyond = await verify(small(), { given: { size: 7, root: new Uint8Array(32) } });
    expect([beyond.level, beyond.anchoredSize]).toEqual(["L0", undefined]);
  });
});

it("a kept checkpoint inside a range is judged where it belongs, and not at the start", async () => {
  // The key's validity ends by time between the start of the range and the size of the note.
  const editTrust = (trust: Loose) => {
    const last = small().lines.filter((line: Loose) => line.receipt !== undefined)[4]!.receipt.issued_at;
    Object.assign(trustKey(trust, "gate-1"), { last_seq: 5, valid_until: last });
  };
  const asked = { since: small().note({ size: 5 }), start: 3, editTrust };
  const { findings } = await verify(small().range(3), asked);
  expect(brief(findings).filter((text) => text.endsWith("@0"))).toEqual(["key.not-valid@0"]);
});

it("a kept checkpoint inside a range is opened once: what is warned of, is warned of once", async () => {
  const stale = (text: string) => [witnessLine(witnessNames["w1"]!, keyOf("w1"), `${text}x`, start / 1000)];
  const since = small().note({ size: 5, lines: stale });
  const { findings } = await verify(small().range(3), { since, start: 3 });
  expect(brief(findings)).toEqual(["checkpoint.cosignature@0"]);
});

it("a note of the export that was read before the kept one is known still proves a fork", () => {
  const opened = (root: number) =>
    ({ note: `note ${root}`, checkpoint: { size: 4, root: Uint8Array.of(root) } }) as OpenedCheckpoint;
  const watch = new ForkWatch();
  watch.see(opened(1));
  watch.keep(opened(2));
  expect(watch.fork).toEqual({ size: 4, notes: ["note 1", "note 2"] });
});

it("a cosignature of a time beyond the year 9999 is no cosignature, and no bug of ours", async () => {
  const lines = (text: string) => [
    witnessLine(witnessNames["w1"]!, keyOf("w1"), text, Number.MAX_SAFE_INTEGER),
  ];
  const { findings } = await verify([...small().lines.slice(0, -1), { checkpoint: small().note({ lines }) }]);
  expect(brief(findings)).toEqual([`checkpoint.cosignature@${small().lines.length}`]);
});

describe("messages", () => {
  it("repeat at most 400 characters of a text, and cut none that has as many", async () => {
    const named = async (length: number) => {
      const edit = (receipt: Loose) => {
        receipt.risk_tier = "x".repeat(length);
      };
      return (await findingOf(one(edit), "receipt.schema")).actual!;
    };
    expect(await named(20)).toBe(`"${"x".repeat(20)}"`);
    const ledger = (await verify(one((receipt) => Object.assign(receipt, { ledger: `${"y".repeat(398)}` }))))
      .findings;
    const mismatch = ledger.find(({ code }) => code === "ledger.mismatch")!;
    expect(mismatch.actual).toBe(JSON.stringify("y".repeat(398)));
    const longer = (await verify(one((receipt) => Object.assign(receipt, { ledger: `${"y".repeat(399)}` }))))
      .findings;
    expect(longer.find(({ code }) => code === "ledger.mismatch")!.actual).toBe(`"${"y".repeat(399)}…`);
  });

  it("name an unknown line by its members, all of a few and the first of many", async () => {
    const actual = async (line: string) => (await findingOf(`${line}\n`, "line.unknown")).actual;
    expect(await actual("{}")).toBe("an object with no members");
    expect(await actual('{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1}')).toBe(
      'an object with "a", "b", "c", "d", "e", "f"',
    );
    expect(await actual('{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1}')).toBe(
      'an object with "a", "b", "c", "d", "e", "f" …',
    );
  });

  it("keep 200 findings of one line and count all", async () => {
    const edit = (count: number) => (receipt: Loose) => {
      receipt.facts = Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, null]));
    };
    const kept = async (count: number) => {
      const result = await verify(one(edit(count)));
      const isSchema = ({ code }: { code: string }) => code === "receipt.schema";
      return [result.findings.filter(isSchema).length, result.findingCounts.get("receipt.schema")];
    };
    expect(await kept(199)).toEqual([199, 199]);
    expect(await kept(200)).toEqual([200, 200]);
    expect(await kept(201)).toEqual([200, 201]);
  });

  it("name a file only where there are several", async () => {
    const single = await verify(small().lines.slice(1));
    expect(single.findings.length).toBeGreaterThan(0);
    expect(single.findings.every((finding) => finding.file === undefined)).toBe(true);
    const parts = await verifyFiles([small().lines.slice(1, 3), small().lines.slice(3)]);
    expect(parts.findings.every((finding) => finding.file !== undefined)).toBe(true);
  });
});

describe("a line's kind", () => {
  it.each([
    ["an intent beside a checkpoint", (line: Loose) => ({ checkpoint: line.checkpoint, intent: {} })],
    [
      "an intent before the members of a withheld entry",
      () => ({ intent: {}, digest: "", scope: "", seq: 0, sig: "", signer: "" }),
    ],
    [
      "a receipt with another member for its signature",
      (line: Loose) => ({ receipt: line.receipt ?? {}, tag: "x" }),
    ],
  ])("is none with %s", async (_what, edit) => {
    const ledger = small();
    const line = edit(ledger.lines.find((candidate: Loose) => candidate.checkpoint !== undefined)!);
    const result = await verify([...ledger.lines, line]);
    expect(brief(result.findings)).toContain(`line.unknown@${ledger.lines.length + 1}`);
  });
});

describe("reading", () => {
  it("stops at exactly a hundred thousand unreadable lines in a row", async () => {
    expect((await verify("x\n".repeat(99_999))).stopped).toBeUndefined();
    const stopped = await verify("x\n".repeat(100_005));
    expect([stopped.stopped, stopped.lines]).toEqual([expect.stringContaining("100000 lines"), 100_000]);
  });

  it("stops for all files of an export: nothing of the next is read", async () => {
    const unread = {
      name: "next",
      bytes: {
        [Symbol.iterator](): Iterator<Uint8Array> {
          throw new Error("the next file was read");
        },
      },
    };
    const junk = { name: "junk", bytes: new TextEncoder().encode("x\n".repeat(100_000)) };
    expect(await verifyWith(engine, [junk, unread], { trust })).toMatchObject({ lines: 100_000 });
  });

  it("keeps nothing of a line that is too long, and all of one that just fits", () => {
    const splitter = new LineSplitter(6);
    expect([...splitter.push(Uint8Array.of(1, 2, 3))]).toEqual([]);
    expect([...splitter.push(Uint8Array.of(4, 5, 6))]).toEqual([]);
    expect([...splitter.push(Uint8Array.of(10))]).toMatchObject([
      { length: 6, bytes: Uint8Array.of(1, 2, 3, 4, 5, 6) },
    ]);
    expect(splitter.openLength).toBe(0);
    expect(splitter.end()).toBeUndefined();
  });
});

it("a proof document that is no I-JSON is refused, and so is one with a member twice", () => {
  expect(readProofDocument(new TextEncoder().encode("{"))).toMatchObject({
    ok: false,
    issues: [{ pointer: "byte 1" }],
  });
  expect(readProofDocument(new TextEncoder().encode('{"a":1,"a":2}')).ok).toBe(false);
  const consistency = { format: "sclaw.proof/1", kind: "consistency", newer: "", older: "", proof: [] };
  const text = JSON.stringify(consistency);
  expect(readProofDocument(new TextEncoder().encode(text)).ok).toBe(true);
  expect(readProofDocument(new TextEncoder().encode(text.replace('""', '"\uffff"'))).ok).toBe(false);
});

it("a request that contradicts itself is said in which members", async () => {
  const ledger = new Ledger({ label: "sums" });
  const held = ledger.hold({ at: start });
  ledger.grant(held, ["alice", "bob"], {
    edit: (receipt: Loose) => Object.assign(receipt, { risk_tier: "T3_SOVEREIGN" }),
  } as never);
  const { findings } = await verify(ledger.checkpoint());
  const lineage = findings.find(({ code }) => code === "approval.lineage");
  expect(lineage?.actual).toBe("another risk_tier");
});

it("a grant whose groups may not approve its tier is said with their names, the first five", async () => {
  const finding = async (groups: number, editTrust: (trust: Loose) => void = () => {}) => {
    const ledger = new Ledger({ label: "tier-groups" });
    const required = Array.from({ length: groups }, (_, i) => ({ group: `g${i}`, threshold: 1 }));
    ledger.grant(ledger.hold({ at: start, required } as never), []);
    const { findings } = await verify(ledger.checkpoint(), { editTrust });
    return findings.find(({ code }) => code === "approval.tier-group")!;
  };
  expect((await finding(5)).actual).toBe("g0, g1, g2, g3, g4");
  expect((await finding(6)).actual).toBe("g0, g1, g2, g3, g4 and 1 more");
  expect((await finding(1)).expected).not.toContain("no group");
  const none = await finding(1, (trust) => Object.assign(trust.tiers, { T2_ELEVATED: [] }));
  expect(none.expected).toBe("one of no group (the trust file names none) for T2_ELEVATED");
});
