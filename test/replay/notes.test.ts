import { describe, expect, it } from "vitest";
import { type Alter, policyLedger } from "../../fixtures/make/platform.mjs";
import type { Block, Recognizer } from "../../src/ledger/recognizer.js";
import { RecordCursor, recordBytes, recordKinds } from "../../src/ledger/record.js";
import type { LedgerBytes } from "../../src/ledger/verify.js";
import type { Filter } from "../../src/population/filter.js";
import type { Item, ItemReceipt } from "../../src/population/item.js";
import { PopulationPass } from "../../src/population/population.js";
import { BacktestPass } from "../../src/replay/backtest-pass.js";
import { Backtester } from "../../src/replay/backtester.js";
import { Noter, Outcomes } from "../../src/replay/notes.js";
import type { Redecider } from "../../src/replay/redecider.js";
import { redeciderFor } from "../../src/replay/redeciders.js";
import { ReplayPass } from "../../src/replay/replay-pass.js";
import { type Replayed, Replayer } from "../../src/replay/replayer.js";
import { bundleOf, filesOf } from "../policy/support.js";
import { builtKernels, sharedRecognizer } from "../support/kernel.js";
import { bytesOfSource, engine, trust, verify } from "../support/verify.js";

const platform = bundleOf(filesOf("platform"));
const next = bundleOf(filesOf("platform-next"));
const [module] = await builtKernels();
const kernel = await sharedRecognizer(module!, trust);

const blocksOf = async (alter?: Alter): Promise<readonly Block[]> => {
  const blocks: Block[] = [];
  for await (const { bytes, records, runs } of kernel.blocks(bytesOfSource(policyLedger(alter))))
    blocks.push({ bytes: bytes.slice(), records: records.slice(), ...(runs && { runs }) });
  return blocks;
};

/** A kernel whose blocks get the notes that this makes, as a thread would make them. */
const noting = (notesOf: (block: Block) => Block["notes"]): Recognizer => ({
  async *blocks(bytes: LedgerBytes) {
    for await (const block of kernel.blocks(bytes)) {
      const notes = notesOf(block);
      yield notes === undefined ? block : { ...block, notes };
    }
  },
});

/** The items of a ledger, by a recognizer or line by line. */
async function itemsOf(alter: Alter | undefined, recognizer?: Recognizer): Promise<readonly Item[]> {
  const items: Item[] = [];
  const population = new PopulationPass({ unit: "receipt", filter: {} }, (item) => items.push(item));
  await verify(policyLedger(alter), {
    observe: (observed) => population.observe(observed),
    ...(recognizer && { recognizer }),
  });
  return items;
}

const alterations: readonly (readonly [string, Alter | undefined])[] = [
  ["as it was decided", undefined],
  [
    "with a decision altered",
    (receipt, place) => {
      if (place === 2) Object.assign(receipt, { decision: "allow", outcome: { status: "not_executed" } });
    },
  ],
  [
    "with facts altered in every receipt",
    (receipt) => {
      receipt.facts = { path: "/" };
    },
  ],
  [
    "with a policy that nobody has in some",
    (receipt, place) => {
      if (place > 5) receipt.policy.hash = `sha3-256:${"0".repeat(64)}`;
    },
  ],
];

describe("what comes of deciding a ledger again is the same, with notes and without", () => {
  it.each(alterations)("%s", async (_what, alter) => {
    const here = await itemsOf(alter);
    for (const what of ["replay", "backtest"] as const) {
      const bundles = what === "replay" ? [platform, next] : [next];
      const noter = new Noter(redeciderFor(what, bundles, 1000), {}, engine.sha3_256);
      const there = await itemsOf(
        alter,
        noting((block) => noter.of(block)),
      );
      expect(there.filter(({ note }) => note !== undefined).length).toBeGreaterThan(5);
      const pass = () =>
        what === "replay" ? new ReplayPass(bundles) : new BacktestPass(new Backtester(next));
      const [one, other] = [pass(), pass()];
      for (const item of here) one.add(item);
      for (const item of there) other.add(item);
      expect(other.end()).toEqual(one.end());
    }
  });
});

describe("a noter", () => {
  const noteTexts = (notes: NonNullable<Block["notes"]>) =>
    [...notes.of].map((which) => (which === 0 ? undefined : notes.texts[which - 1]));

  it("notes every disclosed entry that has a record, and nothing else", async () => {
    const noter = new Noter(new Replayer([platform]), {}, engine.sha3_256);
    for (const block of await blocksOf()) {
      const notes = noter.of(block);
      expect(notes.of).toHaveLength(block.records.length / recordBytes);
      for (const [i, text] of noteTexts(notes).entries()) {
        const isDisclosed = block.records[i * recordBytes] === recordKinds.disclosed;
        expect(text).toBe(isDisclosed ? JSON.stringify({ kind: "same", policy: platform.hash }) : undefined);
      }
      // Ten entries, one text.
      expect(notes.texts).toHaveLength(1);
    }
  });

  it("leaves out what the filter does, by record and by line", async () => {
    const [block] = (await blocksOf()) as [Block];
    const noted = (filter: Filter) =>
      noteTexts(new Noter(new Replayer([platform]), filter, engine.sha3_256).of(block)).flatMap((text, i) =>
        text === undefined ? [] : [i],
      );
    const all = noted({});
    const cursor = new RecordCursor(block.records);
    const denied = all.filter((i) => {
      cursor.at = i * recordBytes;
      return cursor.decision === 1;
    });
    expect(denied.length).toBeGreaterThan(0);
    expect(denied.length).toBeLessThan(all.length);
    expect(noted({ decision: ["deny"] })).toEqual(denied);
    expect(noted({ agent: ["agent:nobody"] })).toEqual([]);
    expect(noted({ agent: ["agent:sre-bot"] })).toEqual(all);
  });
});

describe("a note", () => {
  const outcomes = (outcome: Replayed["kind"]) => {
    const asked: ItemReceipt[] = [];
    const redecider = {
      asked: 0,
      outcomeOf: (one: ItemReceipt) => {
        asked.push(one);
        return { kind: outcome } as Replayed;
      },
    } as Redecider<Replayed>;
    return { asked, read: new Outcomes(redecider) };
  };

  it("is taken for the outcome of an entry that is verified, which is then not decided here", async () => {
    const note = JSON.stringify({ kind: "differs", differences: [] });
    const items = await itemsOf(
      undefined,
      noting(({ records }) => ({ texts: [note], of: new Uint32Array(records.length / recordBytes).fill(1) })),
    );
    const { read, asked } = outcomes("same");
    const found = items.map((item) => read.of(item).kind);
    expect(found.filter((kind) => kind === "differs").length).toBe(items.length - asked.length);
    // What has no record, such as a release, is decided here.
    expect(asked.every((item) => item.note === undefined)).toBe(true);
    expect(asked.length).toBeLessThan(4);
  });

  it("says nothing of an entry that what stands beside it questions", async () => {
    const [item] = (await itemsOf(undefined)) as [Item];
    const { read, asked } = outcomes("not evaluated");
    const note = JSON.stringify({ kind: "same" });
    const of = (verified: boolean) =>
      read.of(Object.create(item, { verified: { value: verified }, note: { value: note } }) as Item).kind;
    expect([of(true), of(false), of(true)]).toEqual(["same", "not evaluated", "same"]);
    expect(asked).toHaveLength(1);
  });

  it("is read right however many there are, and however long they are", async () => {
    const [item] = (await itemsOf(undefined)) as [Item];
    const { read } = outcomes("same");
    for (let i = 0; i < 2500; i++) {
      const reason = `${i} ${i % 100 === 7 ? "long".repeat(5000) : ""}`;
      const note = JSON.stringify({ kind: "not evaluated", reason });
      const one = Object.create(item, { verified: { value: true }, note: { value: note } }) as Item;
      expect(read.of(one)).toEqual({ kind: "not evaluated", reason });
      expect(read.of(one)).toEqual({ kind: "not evaluated", reason });
    }
  });

  it("reaches who observes its entry, whether entries come in runs or one by one", async () => {
    for (const withRuns of [true, false]) {
      const numbered = noting(({ records }) => {
        const count = records.length / recordBytes;
        const texts = Array.from({ length: count }, (_, i) => `note ${i}`);
        return { texts, of: Uint32Array.from({ length: count }, (_, i) => (i % 3 === 2 ? 0 : i + 1)) };
      });
      const recognizer: Recognizer = withRuns
        ? numbered
        : {
            async *blocks(bytes) {
              for await (const { runs: _none, ...block } of numbered.blocks(bytes)) yield block;
            },
          };
      const found: (string | undefined)[] = [];
      const kinds: number[] = [];
      await verify(policyLedger(), {
        recognizer,
        observe: ({ note }) => found.push(note),
      });
      for (const { records } of await blocksOf())
        for (let at = 0; at < records.length; at += recordBytes) kinds.push(records[at]!);
      const expected = kinds.map((kind, i) =>
        kind === recordKinds.other || i % 3 === 2 ? undefined : `note ${i}`,
      );
      // Lines that are no entries are not observed.
      expect(found.filter((note) => note !== undefined)).toEqual(
        expected.filter((note) => note !== undefined),
      );
      expect(found.filter((note) => note !== undefined).length).toBeGreaterThan(3);
    }
  });
});

it("what decides again counts its questions, and forgets classes beyond a number of them", async () => {
  const items = await itemsOf(undefined);
  const asked = (most: number) => {
    const replayer = new Replayer([platform, next], most);
    for (const _ of [1, 2]) for (const item of items) replayer.outcomeOf(item);
    return replayer.asked;
  };
  const enough = asked(1000);
  expect(enough).toBeGreaterThan(5);
  expect(asked(2)).toBeGreaterThan(enough);
  expect(asked(1_000_000)).toBe(enough);
});

it("outcomes that come often are the same object", async () => {
  const items = await itemsOf(undefined);
  const replayer = new Replayer([platform]);
  expect(new Set(items.map((item) => replayer.outcomeOf(item))).size).toBe(1);
  const backtester = new Backtester(next);
  const [first, again] = [1, 2].map(() => items.map((item) => backtester.outcomeOf(item)));
  expect(new Set([...first!, ...again!]).size).toBe(new Set(first!.map((one) => JSON.stringify(one))).size);
});

it("classes whose names are as long as a line are asked about anew", async () => {
  const [item] = (await itemsOf(undefined)) as [Item];
  const asked = (id: string) => {
    const intent = { ...(item.members["intent"] as object), agent: { id } };
    const one = {
      receipt: item.receipt,
      verified: true,
      members: { ...item.members, intent },
    } as unknown as Item;
    const replayer = new Replayer([platform]);
    for (const _ of [1, 2, 3]) replayer.outcomeOf(one);
    return replayer.asked;
  };
  expect(asked(`agent:${"a".repeat(5000)}`)).toBe(3 * asked("agent:a"));
});
