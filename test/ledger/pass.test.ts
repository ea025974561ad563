import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Ledger } from "../../fixtures/make/ledger.mjs";
import { claims } from "../../src/ledger/claims.js";
import { type Recognizer, RecognizerDisputed } from "../../src/ledger/recognizer.js";
import { RecordCursor, recordBytes, recordFlags } from "../../src/ledger/record.js";
import { endlessLine, LineSplitter } from "../../src/ledger/split-lines.js";
import { verifyWith } from "../../src/ledger/verify.js";
import { type RecordLine, referenceRecognizer } from "../support/recognizer.js";
import { brief, bytesOfSource, engine, trust, trustOf, verify } from "../support/verify.js";

const minute = 60_000;
const start = Date.parse("2026-06-01T12:00:00.000Z");

function three(): Ledger {
  const ledger = new Ledger({ label: "pass" });
  for (let i = 0; i < 3; i++) ledger.add({ at: start + i * minute });
  return ledger.checkpoint();
}

/** More than is ever read: a reader that does not stop fails, and does not run for ever. */
function* endless(chunk: Uint8Array): Generator<Uint8Array> {
  for (let i = 0; i < 300; i++) yield chunk;
  throw new Error("reading goes on");
}

/** Hands every line over, to be read whole, with a claim about those like one. */
function handingOver(lines: number, like?: string, claim = 0): Recognizer {
  const record: RecordLine = (raw) => {
    const cursor = new RecordCursor(new Uint8Array(recordBytes));
    cursor.length = raw.length;
    cursor.flags = raw.ended ? recordFlags.ended : 0;
    if (like !== undefined && Buffer.from(raw.bytes).toString("utf8") === like) cursor.claim = claim;
    return cursor.bytes;
  };
  return referenceRecognizer(record, engine, { lines, runs: "none" });
}

describe("reading ends", () => {
  it.each([
    ["a line that goes on for ever", "a".repeat(1024 * 1024), "has not ended", 1],
    ["lines that nobody can read", "\n".repeat(1024), "lines in a row cannot be read", 100_000],
  ])("at %s, and the verdict says so: nothing behind is looked at", async (_name, piece, reason, lines) => {
    for (const recognizer of [undefined, handingOver(1000)]) {
      const bytes = endless(bytesOfSource(piece));
      const files = [
        { name: "endless", bytes },
        { name: "next", bytes: bytesOfSource(three()) },
      ];
      const verdict = await verifyWith(engine, files, { trust }, recognizer);
      expect(verdict).toMatchObject({ integrity: "failed", stopped: expect.stringContaining(reason), lines });
    }
  });

  it("not before a hundred thousand unreadable lines in a row, which a readable one interrupts", async () => {
    const junk = "x\n".repeat(60_000);
    const lines = three().text();
    const verdict = await verify(junk + lines + junk);
    expect(verdict.stopped).toBeUndefined();
    expect(verdict.findingCounts.get("encoding.not-json")).toBe(120_000);
    expect(verdict.findings.filter(({ code }) => code === "encoding.not-json")).toHaveLength(10_000);
  });

  it("at a line without an end that is too long even for a line of none, and not one byte before", async () => {
    const stoppedAt = async (length: number) => {
      const record = new RecordCursor(new Uint8Array(recordBytes));
      record.length = length;
      const recognizer: Recognizer = {
        async *blocks() {
          yield { bytes: new Uint8Array(0), records: record.bytes };
        },
      };
      return (await verify("", { recognizer })).stopped;
    };
    expect(await stoppedAt(endlessLine)).toBeUndefined();
    expect(await stoppedAt(endlessLine + 1)).toContain("has not ended");
  });

  it("not at a line that ends where it would be cut", async () => {
    const chunk = new Uint8Array(1024 * 1024).fill(0x61);
    const chunks = function* () {
      for (let length = 0; length < endlessLine; length += chunk.length) yield chunk;
      yield bytesOfSource(`\n${three().text()}`);
    };
    const verdict = await verifyWith(engine, [{ name: "long", bytes: chunks() }], { trust });
    expect(verdict.stopped).toBeUndefined();
    expect(brief(verdict.findings)).toEqual(["encoding.line-too-long@1"]);
    expect(verdict.lines).toBe(5);
  });

  it("not at lines that are too long each, and together longer than a line without an end", async () => {
    const line = new Uint8Array(2 * 1024 * 1024).fill(0x61);
    line[0] = 0x0a;
    const chunks = function* () {
      for (let length = 0; length <= endlessLine + line.length; length += line.length) yield line;
    };
    const verdict = await verifyWith(engine, [{ name: "lines", bytes: chunks() }], { trust });
    expect(verdict.stopped).toBeUndefined();
    expect(verdict.lines).toBe(131);
  });

  it("keeps no line that is too long", () => {
    const splitter = new LineSplitter(10);
    for (let i = 0; i < 100; i++) expect([...splitter.push(new Uint8Array(7).fill(0x61))]).toEqual([]);
    const [line] = splitter.push(Uint8Array.of(0x0a));
    expect(line).toMatchObject({ length: 700, ended: true, bytes: new Uint8Array(0) });
  });
});

describe("a recognizer that hands a line over, and claims something of it", () => {
  const good = three().text();
  const forged = good.replace(/"sig":"../, '"sig":"AB');

  const claiming = (line: string, claim: number) => handingOver(2, line, claim);
  const firstOf = (text: string) => text.split("\n")[0]!;
  const checkpoint = good.split("\n")[3]!;

  it("is believed where the line is so", async () => {
    const options = { recognizer: claiming(firstOf(good), claims.ordinary) };
    expect(await verify(good, options)).toEqual(await verify(good));
    const failing = { recognizer: claiming(firstOf(forged), claims.signature) };
    expect(await verify(forged, failing)).toEqual(await verify(forged));
  });

  it.each([
    ["of a signature of an approver", "approval.signature", 3, claims.signature],
    [
      "of all but the time of its key, which a withheld entry does not tell",
      "key.not-valid",
      2,
      claims.ordinary,
    ],
  ])("is believed %s", async (_name, code, number, claim) => {
    const read = (path: string) => readFileSync(new URL(`../../fixtures/${path}`, import.meta.url), "utf8");
    const text = read(`bad/${code}/ledger.jsonl`);
    const options = { trust: trustOf(read("keys.json")) };
    const recognizer = claiming(text.split("\n")[number - 1]!, claim);
    const expected = await verify(text, options);
    expect(brief(expected.findings)).toContain(`${code}@${number}`);
    expect(await verify(text, { ...options, recognizer })).toEqual(expected);
  });

  it.each([
    ["a signature that holds does not", good, firstOf(good), claims.signature, 1],
    ["a forged entry is ordinary", forged, firstOf(forged), claims.ordinary, 1],
    ["a checkpoint is an ordinary entry", good, checkpoint, claims.ordinary, 4],
  ])("ends the verification where it says that %s", async (_name, text, line, claim, number) => {
    const disputed = await verify(text, { recognizer: claiming(line, claim) }).catch((error) => error);
    expect(disputed).toBeInstanceOf(RecognizerDisputed);
    expect(disputed.line).toBe(number);
  });
});

describe("the facts of a verdict", () => {
  it("name a period of one instant, where all was decided then, and none where nothing was", async () => {
    const ledger = new Ledger({ label: "instant" });
    ledger.add({ at: start });
    const at = "2026-06-01T12:00:00.000Z";
    expect((await verify(ledger.checkpoint())).period).toEqual({ from: at, to: at });
    expect((await verify("")).period).toBeUndefined();
  });

  it("name the period by the first and last decision, in any order of lines", async () => {
    const ledger = new Ledger({ label: "period" });
    // The clock of a decision may differ from the clock of the ledger.
    ledger.add({ at: start + 5 * minute });
    ledger.add({
      at: start + 6 * minute,
      edit: (receipt) => Object.assign(receipt, { decided_at: "2026-06-01T11:00:00.000Z" }),
    });
    ledger.add({ at: start + 7 * minute });
    const { period } = await verify(ledger.checkpoint());
    expect(period).toEqual({
      from: "2026-06-01T11:00:00.000Z",
      to: new Date(start + 7 * minute).toISOString(),
    });
  });

  it("name the latest thousand checkpoints, and count all", async () => {
    const lines = three().text().trimEnd().split("\n");
    const note = lines.at(-1)!;
    const verdict = await verify(`${[...lines, ...Array(2500).fill(note)].join("\n")}\n`);
    expect(verdict.integrity).toBe("verified");
    expect(verdict.checkpointCount).toBe(2501);
    expect(verdict.checkpoints).toHaveLength(1000);
    expect(verdict.checkpoints.at(-1)).toMatchObject({ line: 2504, size: 3 });
  });
});

describe("two genuine notes of one size with two roots", () => {
  const other = () => {
    const ledger = new Ledger({ label: "other" });
    for (let i = 0; i < 3; i++) ledger.add({ at: start + i * minute, operation: "another" });
    return ledger.checkpoint().text().trimEnd().split("\n").at(-1)!;
  };

  it("in one export are printed, whichever comes first", async () => {
    const lines = three().text().trimEnd().split("\n");
    for (const order of [
      [other(), lines.at(-1)!],
      [lines.at(-1)!, other()],
    ]) {
      const verdict = await verify(`${[...lines.slice(0, -1), ...order].join("\n")}\n`);
      expect(verdict.integrity).toBe("failed");
      expect(verdict.fork).toEqual({ size: 3, notes: order.map((line) => JSON.parse(line).checkpoint) });
    }
  });

  it("are no fork where the roots are one", async () => {
    const lines = three().text();
    const note = lines.trimEnd().split("\n").at(-1)!;
    expect((await verify(`${lines}${note}\n`)).fork).toBeUndefined();
  });
});
