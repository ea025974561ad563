import { describe, expect, it } from "vitest";
import { digestText, zeros } from "../../fixtures/make/bytes.mjs";
import { keyOf, ledgerName, rotation, trustKey } from "../../fixtures/make/keys.mjs";
import { Ledger } from "../../fixtures/make/ledger.mjs";
import type { Loose } from "../../fixtures/make/loose.mjs";
import { ledgerLine, noteOf, witnessLine } from "../../fixtures/make/note.mjs";
import { small } from "../../fixtures/make/story.mjs";
import { rootOf } from "../../fixtures/make/tree.mjs";
import { found, verify } from "../support/verify.js";

/** Twelve entries, a checkpoint at the end. */
function twelve(): Ledger {
  const ledger = new Ledger({ label: "twelve" });
  for (let i = 0; i < 12; i++) ledger.add({ intent: false });
  return ledger.checkpoint();
}

/** What is found of a range from `start`, where that was asked for. */
const ranged = (start: number, edit?: (header: Loose) => void) =>
  found(twelve().range(start, edit), { start });

/** What an unusable start leads to, where entry and checkpoint are in order. */
const unusable = (entries: number) => [
  "range.frontier@1",
  `checkpoint.root@${entries + 2}<0`,
  "checkpoint.uncovered@2<1",
];

describe("a range that was asked for", () => {
  it.each(Array.from({ length: 11 }, (_, i) => i + 1))("from %i", async (start) => {
    const result = await verify(twelve().range(start), { start });
    expect(result.findings).toEqual([]);
    expect([result.start, result.size, result.disclosed]).toEqual([start, 12, 12 - start]);
    expect(result.root).toBe(digestText(rootOf(twelve().leaves)));
  });

  it("tests the first prev where the start is odd, since the frontier holds that leaf", async () => {
    for (const [start, expected] of [
      [3, ["chain.prev@2"]],
      [4, []],
    ] as const) {
      const ledger = new Ledger({ label: "odd" });
      for (let i = 0; i < 6; i++) {
        ledger.add({
          intent: false,
          edit: (receipt) => {
            if (i === start) receipt.prev = zeros;
          },
        });
      }
      expect(await found(ledger.checkpoint().range(start), { start }), `${start}`).toEqual(expected);
    }
  });

  it("counts places from its start", async () => {
    const lines = twelve().range(5);
    expect(await found(lines.toSpliced(1, 1), { start: 5 })).toEqual([
      "seq.gap@2",
      "chain.prev@2<0",
      "checkpoint.size@8<0",
      "checkpoint.uncovered@2<2",
    ]);
  });
});

describe("a range that was not asked for", () => {
  it("is range.start, unless its start is named", async () => {
    expect(await found(twelve().range(4))).toEqual(["range.start@1"]);
    for (const start of [0, 3, 5])
      expect(await found(twelve().range(4), { start })).toEqual(["range.start@1"]);
    expect(await found(twelve().range(4), { start: 4 })).toEqual([]);
  });

  it("is one that a kept checkpoint of at least its start covers", async () => {
    const since = (size: number) => twelve().note({ size });
    expect(await found(twelve().range(4), { since: since(4) })).toEqual([]);
    expect(await found(twelve().range(4), { since: since(9) })).toEqual([]);
    expect(await found(twelve().range(4), { since: since(3) })).toEqual(["range.start@1"]);
    // Both given: either is enough.
    expect(await found(twelve().range(4), { since: since(9), start: 5 })).toEqual([]);
    expect(await found(twelve().range(4), { since: since(9), start: 4 })).toEqual([]);
  });

  it("is not excused by a kept note that is no note", async () => {
    const codes = await found(twelve().range(4), { since: "nonsense" });
    expect(codes).toContain("range.start@1");
  });
});

describe("the frontier", () => {
  it("has as many hashes as the start has one bits", async () => {
    const pop = (header: Loose) => header.frontier.pop();
    const push = (header: Loose) => header.frontier.push(zeros);
    const none = (header: Loose) => {
      header.frontier = [];
    };
    for (const edit of [pop, push, none]) expect((await ranged(6, edit))[0]).toBe("range.frontier@1");
    expect(await ranged(6, push)).toEqual(unusable(6));
  });

  it("folds to the note's root", async () => {
    const swap = (header: Loose) => header.frontier.reverse();
    expect(await ranged(6, swap)).toEqual(unusable(6));
    for (const i of [0, 1, 2]) {
      const codes = await ranged(7, (header) => {
        header.frontier[i] = zeros;
      });
      // The last hash is the leaf before, which the first entry links to.
      expect(codes.filter((code) => !code.startsWith("chain.prev"))).toEqual(
        i === 2 ? ["range.frontier@1", "checkpoint.root@7<0", "checkpoint.uncovered@2<2"] : unusable(5),
      );
      expect(codes.some((code) => code.startsWith("chain.prev@2"))).toBe(i === 2);
    }
  });

  it("is a list of hashes", async () => {
    for (const value of [null, "x", [1], ["x"], [`sha3-256:${"A".repeat(64)}`], {}]) {
      const codes = await ranged(4, (header) => {
        header.frontier = value;
      });
      expect(codes[0], JSON.stringify(value)).toBe("range.frontier@1");
    }
  });

  it("and the note have to be there, and must not be beside start 0", async () => {
    for (const name of ["frontier", "checkpoint"]) {
      const codes = await ranged(4, (header) => {
        delete header[name];
      });
      expect(codes[0], name).toBe("range.frontier@1");
    }
    const note = small().note({ size: 0 });
    for (const more of [{ frontier: [] }, { checkpoint: note }, { frontier: [], checkpoint: note }]) {
      const ledger = small().header((header) => Object.assign(header, more));
      expect(await found(ledger), JSON.stringify(Object.keys(more))).toEqual(["range.frontier@1"]);
    }
  });
});

describe("the note of a range's start", () => {
  const withNote = (note: unknown, start = 4) =>
    ranged(start, (header) => {
      header.checkpoint = note;
    });

  it("is of exactly that size", async () => {
    expect(await withNote(twelve().note({ size: 3 }))).toEqual(["range.frontier@1"]);
    expect(await withNote(twelve().note({ size: 12 }))).toEqual(["range.frontier@1"]);
    const root = rootOf(twelve().leaves.slice(0, 4));
    expect(await withNote(twelve().note({ size: 3, root }))).toEqual(["range.frontier@1"]);
  });

  it("is signed by a ledger key", async () => {
    for (const note of ["", "nonsense", twelve().note({ size: 4, keys: ["nobody"] })]) {
      expect(await withNote(note), note).toEqual(["range.frontier@1"]);
    }
    for (const note of [5, null, {}]) expect(await withNote(note), JSON.stringify(note)).toEqual(unusable(8));
  });

  it("is of a key that is valid at its place", async () => {
    expect(await withNote(twelve().note({ size: 4, keys: ["gate-2"] }))).toEqual(["key.not-valid@1"]);
    // By place alone, since nothing is disclosed before: gate-0 was good up to place 3.
    expect(await withNote(twelve().note({ size: 4, keys: ["gate-0"] }))).toEqual([]);
    expect(await withNote(twelve().note({ size: 5, keys: ["gate-0"] }), 5)).toEqual(["key.not-valid@1"]);
  });

  it("is this ledger's", async () => {
    const text = twelve().note({ size: 4 }).split("\n\n")[0]!.replace(ledgerName, "acme.example/other");
    const note = noteOf(`${text}\n`, [ledgerLine("acme.example/other", keyOf("gate-1"), `${text}\n`)]);
    expect(await withNote(note)).toEqual(["ledger.mismatch@1"]);
  });

  it("is no checkpoint line, and its cosignatures are tested", async () => {
    const bad = (text: string) => [witnessLine("witness.example/w1", keyOf("w1"), `${text}x\n`, 1780315260)];
    expect(await withNote(twelve().note({ size: 4, lines: bad }))).toEqual(["checkpoint.cosignature@1"]);
  });

  it("may be by the key before a rotation", async () => {
    const ledger = new Ledger({ label: "rotated-range" });
    for (let i = 0; i < rotation + 4; i++) ledger.add({ intent: false });
    ledger.checkpoint();
    const start = rotation + 1;
    expect(await found(ledger.range(start), { start })).toEqual([]);
    const editTrust = (trust: Loose) => {
      trustKey(trust, "gate-1").last_seq = rotation - 1;
    };
    expect(await found(ledger.range(start), { start, editTrust })).toEqual(["key.not-valid@1"]);
  });
});

describe("a header", () => {
  const withHeader = (edit: (header: Loose) => void) => found(small().header(edit));

  it("that says nothing is in order", async () => {
    expect(await withHeader(() => {})).toEqual([]);
  });

  it("names this ledger", async () => {
    expect(await withHeader((header) => Object.assign(header, { ledger: "acme.example/other" }))).toEqual([
      "ledger.mismatch@1",
    ]);
  });

  it.each<readonly [string, (header: Loose) => unknown]>([
    ["another format", (header) => Object.assign(header, { format: "sclaw.ledger/2" })],
    ["no format", (header) => delete header.format],
    ["no ledger", (header) => delete header.ledger],
    ["no start", (header) => delete header.start],
    ["a start below 0", (header) => Object.assign(header, { start: -1 })],
    ["a start in quotes", (header) => Object.assign(header, { start: "0" })],
    ["a start that is no integer", (header) => Object.assign(header, { start: 0.5 })],
    ["an unknown member", (header) => Object.assign(header, { more: 1 })],
  ])("with %s is line.unknown", async (_, edit) => {
    expect(await withHeader(edit)).toEqual(["line.unknown@1"]);
  });

  it("that is no object is line.unknown", async () => {
    for (const value of [null, 1, "x", []]) {
      expect(await found([{ export: value }, ...small().lines])).toEqual(["line.unknown@1"]);
    }
  });

  it("elsewhere than in the first line is line.unknown", async () => {
    const header = small().header().lines[0];
    expect(await found(small().lines.toSpliced(1, 0, header))).toEqual(["line.unknown@2"]);
    expect(await found([header, header, ...small().lines])).toEqual(["line.unknown@2"]);
    expect(await found([...small().lines, header])).toEqual(["line.unknown@9"]);
  });

  it("with further members beside it is line.unknown", async () => {
    const header = small().header().lines[0];
    expect(await found([{ ...header, more: 1 }, ...small().lines])).toEqual(["line.unknown@1"]);
    expect(await found([{ ...header, intent: 1 }, ...small().lines])).toEqual(["line.unknown@1"]);
  });
});
