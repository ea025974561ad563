import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engine } from "../../src/io/engine-node.js";
import type { Time } from "../../src/json/time.js";
import { verifyWith } from "../../src/ledger/verify.js";
import type { Tenant } from "../../src/receipt/identifiers.js";
import type { Receipt } from "../../src/receipt/receipt.js";
import { type ExportOptions, exportLedger } from "../../src/writer/export-ledger.js";
import { makeReleasedWorld, openWorld, proposal, receiptsOf, type World } from "../support/gate-world.js";
import { inFolder } from "../support/sclaw.js";
import { handClock, linesOf, trustOf } from "../support/writer-world.js";

const ours = "tenant:acme/prod" as Tenant;
const theirs = "tenant:globex/prod" as Tenant;

let world: World;
let receipts: readonly Receipt[];
let sizes: readonly number[];
let close: () => Promise<void>;

/** A ledger of a gate that goes on running while it is exported: two tenants, allowed, denied and held calls. */
beforeAll(async () => {
  let folder = "";
  let finished: () => void = () => {};
  const done = new Promise<void>((resolve) => {
    finished = resolve;
  });
  const made = new Promise<void>((resolve, reject) => {
    void inFolder(async (fresh) => {
      folder = fresh;
      resolve();
      await done;
    }).catch(reject);
  });
  await made;
  world = await makeReleasedWorld(folder, { gate: { checkpoint: { receipts: 7 } } });
  // Each look at the clock is a second later: every receipt has a time of its own.
  const clock = handClock(new Date().toISOString(), 1000).now;
  const { gate } = await openWorld(world, { clock });
  for (let i = 0; i < 40; i++) {
    const asked = proposal(world, i % 4 === 3 ? "config.write" : "config.read", `/etc/app/${i}`, {
      environment: i % 8 === 3 ? "prod" : "test",
    });
    const intent = { ...asked.intent, tenant: i % 3 === 0 ? theirs : ours };
    await gate.run({ ...asked, intent }, async () => ({ status: "executed" }));
  }
  receipts = receiptsOf(world);
  sizes = linesOf(world.config.ledger)
    .filter((line) => line.startsWith('{"checkpoint"'))
    .map((line) => Number(JSON.parse(line).checkpoint.split("\n")[1]));
  close = async () => {
    await gate.close();
    finished();
  };
}, 120_000);

afterAll(() => close());

let exports = 0;

async function exported(change: Partial<ExportOptions>, name = "jsonl") {
  const out = join(world.folder, `export-${++exports}.${name}`);
  const trust = trustOf(world);
  const facts = await exportLedger({ ledger: world.config.ledger, out, trust, engine, range: {}, ...change });
  const bytes = name.endsWith(".gz") ? gunzipSync(readFileSync(out)) : readFileSync(out);
  return { facts, bytes, out };
}

const lowest = (place: number) => sizes.findLast((size) => size <= place) ?? 0;
const highest = (place: number) => sizes.find((size) => size >= place) ?? sizes.at(-1)!;

describe("an export", () => {
  it("ends with the last checkpoint, and says what is not in it yet", async () => {
    const { facts, bytes } = await exported({});
    expect(facts).toMatchObject({ start: 0, end: sizes.at(-1), withheld: 0, unread: undefined });
    expect(facts.uncovered).toBe(receipts.length - sizes.at(-1)!);
    expect(facts.uncovered).toBeGreaterThan(0);
    expect(readFileSync(world.config.ledger).subarray(0, bytes.length).equals(bytes)).toBe(true);
  });

  const places = [0, 1, 5, 7, 8, 20];
  const ends = [1, 7, 20, 21, 1000];
  const combinations = places.flatMap((start) =>
    ends.filter((end) => end > start).map((end) => ({ start, end })),
  );

  it.each(combinations)(
    "of $start to $end is widened to checkpoints and verifies, however it is told",
    async ({ start, end }) => {
      const trust = trustOf(world);
      for (const tenant of [undefined, ours, theirs])
        for (const withoutIntents of [false, true])
          for (const name of ["jsonl", "jsonl.gz"]) {
            const asked = {
              range: { start, end },
              withoutIntents,
              ...(tenant === undefined ? {} : { tenant }),
            };
            const inside = receipts.slice(lowest(start), highest(end));
            const disclosed = inside.filter((receipt) => tenant === undefined || receipt.tenant === tenant);
            if (disclosed.length === 0) {
              await expect(exported(asked, name)).rejects.toThrow(`at least one receipt of ${tenant}`);
              continue;
            }
            const { facts, bytes } = await exported(asked, name);
            expect(facts).toMatchObject({ start: lowest(start), end: highest(end) });
            const told = facts.withheld > 0 ? { tenant: tenant! } : {};
            const verdict = await verifyWith(engine, [{ name: "export", bytes: [bytes] }], {
              trust,
              ...(facts.start > 0 ? { start: facts.start } : {}),
              ...told,
            });
            expect(verdict.findings).toEqual([]);
            expect(verdict).toMatchObject({
              integrity: "verified",
              size: facts.end,
              disclosed: disclosed.length,
              withheld: inside.length - disclosed.length,
              intentsDisclosed: withoutIntents ? 0 : disclosed.length,
            });
            expect(facts).toMatchObject({
              disclosed: disclosed.length,
              withheld: inside.length - disclosed.length,
              intents: withoutIntents ? 0 : disclosed.length,
            });
          }
    },
  );

  it("of a period has whatever was decided in it", async () => {
    const at = (place: number) => receipts[place]!.decided_at;
    for (const [first, last] of [
      [0, 3],
      [9, 9],
      [8, 22],
      [3, 30],
    ] as const) {
      const { facts } = await exported({ range: { from: at(first), to: at(last) } });
      expect(facts).toMatchObject({ start: lowest(first), end: highest(last + 1) });
      expect((await exported({ range: { from: at(first) } })).facts).toMatchObject({
        start: lowest(first),
        end: sizes.at(-1),
      });
      expect((await exported({ range: { to: at(last) } })).facts).toMatchObject({
        start: 0,
        end: highest(last + 1),
      });
    }
  });

  it.each<[string, Partial<ExportOptions>, string]>([
    ["behind the last checkpoint", { range: { start: 1000 } }, "below the last checkpoint"],
    [
      "of a time to come",
      { range: { from: "2126-06-01T12:00:00.000Z" as Time } },
      "below the last checkpoint",
    ],
    [
      "of a tenant without receipts",
      { tenant: "tenant:nobody" as Tenant },
      "at least one receipt of tenant:nobody",
    ],
    ["of no ledger", { ledger: "/nonexistent/ledger.jsonl" }, "no such file"],
  ])("%s is refused, and nothing is written", async (_name, change, words) => {
    const before = readdirSync(world.folder);
    await expect(exported(change)).rejects.toThrow(words);
    await expect(exported(change, "jsonl.gz")).rejects.toThrow(words);
    expect(readdirSync(world.folder)).toEqual(before);
  });

  it("replaces no file", async () => {
    const { out, bytes } = await exported({});
    await expect(exported({ out, range: { end: 1 } })).rejects.toThrow("a file of that name exists");
    expect(readFileSync(out).equals(bytes)).toBe(true);
  });

  it("leaves out what is being written, and what a crash left torn", async () => {
    const copy = join(world.folder, "copy.jsonl");
    writeFileSync(copy, readFileSync(world.config.ledger));
    const whole = await exported({ ledger: copy });
    appendFileSync(copy, '{"intent":{"adapt');
    expect((await exported({ ledger: copy })).bytes.equals(whole.bytes)).toBe(true);
    appendFileSync(copy, "\u0000\u0000\n");
    const torn = await exported({ ledger: copy });
    expect(torn.bytes.equals(whole.bytes)).toBe(true);
    expect(torn.facts.unread).toMatch(/^at byte \d+: encoding/);
  });

  it("of a ledger that is damaged before a checkpoint is refused, and it says where", async () => {
    const copy = join(world.folder, "damaged.jsonl");
    const lines = [...linesOf(world.config.ledger)];
    const at = lines.findIndex((line) => line.includes('"seq":1,'));
    const damagedAt = Buffer.byteLength(lines.slice(0, at).join("\n")) + 1;
    for (const line of [lines[at]!.replace('"seq":1,', '"seq":7,'), lines[at]!.slice(1), ""]) {
      writeFileSync(copy, [...lines.with(at, line), ""].join("\n"));
      await expect(exported({ ledger: copy })).rejects.toThrow(`damaged at byte ${damagedAt}`);
    }
    const last = lines.findLastIndex((line) => line.startsWith('{"checkpoint"'));
    // A leaf that was changed shows in the root.
    const changed = lines.with(at, lines[at]!.replace('"summary":"', '"summary":"not '));
    writeFileSync(copy, `${changed.join("\n")}\n`);
    await expect(exported({ ledger: copy })).rejects.toThrow("damaged at byte");
    writeFileSync(
      copy,
      `${lines
        .slice(0, last)
        .filter((line) => line.startsWith('{"intent"'))
        .join("\n")}\n`,
    );
    await expect(exported({ ledger: copy })).rejects.toThrow(
      "expected a ledger with a checkpoint, found none",
    );
    expect(existsSync(copy)).toBe(true);
  });
});
