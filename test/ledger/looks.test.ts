import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Problem } from "../../src/findings/finding.js";
import { EntryFacts } from "../../src/ledger/facts.js";
import { FirstLook, type NonceWatch, OneLook, SecondLook } from "../../src/ledger/looks.js";
import { approvalStates, RecordCursor, recordAt, recordBytes, recordFlags } from "../../src/ledger/record.js";
import { LedgerChanged, verifyWith } from "../../src/ledger/verify.js";
import { damagedFiles, wholeLedgers } from "../kernel/verdicts.js";
import { seeded } from "../support/seeded.mjs";
import { engine, trust, trustOf } from "../support/verify.js";

const fixtures = new URL("../../fixtures/", import.meta.url);
const { sha3_256: sha3 } = engine;
const bad = new URL("bad/", fixtures);
const keys = trustOf(readFileSync(new URL("keys.json", fixtures), "utf8"));
const badLedger = (code: string) => readFileSync(new URL(`${code}/ledger.jsonl`, bad));

/** What a genuine receipt says of its nonce. */
interface Told {
  readonly nonce: number;
  readonly ran: boolean;
  readonly state: number;
  readonly isRejected: boolean;
  readonly content: number;
  /** Flags of the line, which are no part of the story. */
  readonly line?: number;
}

const told: fc.Arbitrary<Told> = fc.record({
  nonce: fc.nat(4),
  ran: fc.boolean(),
  state: fc.nat(approvalStates.length - 1),
  isRejected: fc.boolean(),
  // Mostly the same: else all requests differ, and nothing else is seen.
  content: fc.nat(9).map((drawn) => (drawn === 0 ? 1 : 0)),
});

function factsOf({ nonce, ran, state, isRejected, content, line = 0 }: Told): EntryFacts {
  const facts = new EntryFacts(new RecordCursor(new Uint8Array(recordBytes)));
  const { record } = facts;
  const name = approvalStates[state];
  record.set(recordAt.nonce, Buffer.alloc(16, nonce));
  record.flags |= line;
  if (ran) record.flags |= recordFlags.ran;
  record.approvalState = state;
  if (name === "not_required") return facts;
  record.flags |= recordFlags.request;
  if (name !== "pending") record.flags |= recordFlags.closed;
  if (name === "granted") record.flags |= recordFlags.granted;
  if (isRejected) record.flags |= recordFlags.rejected;
  // None of its bytes is 0, as in memory that nobody has written to.
  record.set(recordAt.requestHash, Buffer.alloc(32, 128 | content));
  record.setSum(0, content);
  return facts;
}

const checkAll = (watch: NonceWatch, story: readonly Told[]): (readonly Problem[])[] =>
  story.map((one, i) => watch.check(factsOf(one), i + 1));

describe("two looks at the nonces of a ledger", () => {
  it("find what one look that remembers all does, however little the first remembers", () => {
    let doubted = 0;
    fc.assert(
      fc.property(fc.array(told, { maxLength: 20 }), fc.nat(6), fc.integer(), (story, most, seed) => {
        const expected = checkAll(new OneLook(seed), story);
        const first = new FirstLook(seed, sha3, most);
        const found = checkAll(first, story);
        const suspects = first.suspects();
        if (suspects === undefined) {
          expect(found).toEqual(expected);
          return;
        }
        doubted++;
        const second = new SecondLook(seed, sha3, suspects);
        expect(checkAll(second, story)).toEqual(expected);
        expect(second.end()).toEqual(first.end());
      }),
      { numRuns: 3000 },
    );
    expect(doubted).toBeGreaterThan(500);
  });

  it("are one where no story goes on after its end", () => {
    const first = new FirstLook(5, sha3, 0);
    const sound: Told[] = Array.from({ length: 50 }, (_, nonce) => [
      { nonce, ran: false, state: 1, isRejected: false, content: nonce },
      { nonce, ran: true, state: 2, isRejected: false, content: nonce },
      { nonce: 100 + nonce, ran: true, state: 0, isRejected: false, content: 0 },
    ]).flat();
    // What neither ran nor was asked for has no story, however often it comes.
    const denied: Told = { nonce: 200, ran: false, state: 0, isRejected: false, content: 0 };
    expect(checkAll(first, [...sound, denied, denied]).flat()).toEqual([]);
    expect(first.suspects()).toBeUndefined();
  });

  it("have a trace that shows any receipt that was another, or elsewhere, or missing", () => {
    const story: Told[] = [0, 1, 2, 3].map((nonce) => {
      return { nonce, ran: true, state: nonce, isRejected: false, content: 0 };
    });
    const traceOf = (of: readonly Told[]) => {
      const look = new FirstLook(1, sha3, 0);
      checkAll(look, of);
      return Buffer.from(look.end()).toString("hex");
    };
    const others = [
      story.slice(1),
      story.slice(0, -1),
      [...story, ...story.slice(0, 1)],
      story.with(0, story[1]!).with(1, story[0]!),
      ...story.map((one, i) => story.with(i, { ...one, nonce: 9 })),
      ...story.slice(1).map((one, i) => story.with(i + 1, { ...one, ran: false })),
    ];
    for (const other of others) expect(traceOf(other)).not.toBe(traceOf(story));
    // Whether a line was read whole or by record is no part of it.
    const { ended, intent, ofTenant } = recordFlags;
    const alike = story.map((one) => ({ ...one, line: ended | intent | ofTenant }));
    expect(traceOf(alike)).toBe(traceOf(story));
    // And where there are so many that they are hashed in pieces.
    const long: Told[] = Array.from({ length: 9000 }, (_, i) => ({ ...story[0]!, nonce: i % 256 }));
    const traces = [1, 4095, 4096, 8191, 8999].map((i) => traceOf(long.with(i, { ...long[i]!, state: 1 })));
    expect(new Set([...traces, traceOf(long)]).size).toBe(6);
  });
});

describe("a ledger that is verified in two looks", () => {
  const random = seeded(28);

  async function expectSame(files: readonly Buffer[], options: Parameters<typeof verifyWith>[2]) {
    const named = files.map((bytes, i) => ({ name: `part-${i + 1}`, bytes }));
    const expected = await verifyWith(engine, named, options);
    for (const remembered of [0, 1, 3])
      expect(await verifyWith(engine, named, options, undefined, remembered)).toStrictEqual(expected);
  }

  it.each(readdirSync(bad))("is found to be what it is: %s", async (code) => {
    await expectSame([badLedger(code)], { trust: keys });
  });

  it("is found to be what it is, with any damage", async () => {
    const ledgers = wholeLedgers();
    for (let i = 0; i < 60; i++)
      await expectSame(damagedFiles(ledgers[i % ledgers.length]!, random), { trust });
  });

  const reused = badLedger("nonce.reused");
  const readTwice = (readAgain: (() => Buffer) | undefined) =>
    verifyWith(engine, [{ name: "ledger", bytes: [reused], readAgain }], { trust: keys }, undefined, 0);

  it("is refused where it was another one the second time", async () => {
    expect((await readTwice(() => reused)).deviations).toBe(1);
    const shorter = reused.subarray(0, reused.indexOf(0x0a) + 1);
    await expect(readTwice(() => shorter)).rejects.toThrow(LedgerChanged);
  });

  it("is read once where it cannot be read again, or each entry is observed", async () => {
    expect((await readTwice(undefined)).deviations).toBe(1);
    let observed = 0;
    const options = { trust: keys, observe: () => observed++ };
    const verdict = await verifyWith(engine, [{ name: "l", bytes: reused }], options, undefined, 0);
    expect(verdict.deviations).toBe(1);
    expect(observed).toBe(verdict.size);
  });
});
