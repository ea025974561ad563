import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ledgerLines, trustFile } from "../../bench/parts/ledger-writer.mjs";
import { RecognizeThreads } from "../../dist/io/recognize-threads.js";
import { base64, bytesOf } from "../../fixtures/make/bytes.mjs";
import { Ledger } from "../../fixtures/make/ledger.mjs";
import { type LedgerSource, openLedger } from "../../src/io/ledger-source.js";
import type { KernelModule } from "../../src/kernel/kernel.js";
import { StagedRecognizer } from "../../src/kernel/staged-recognizer.js";
import { kernelTrustOf } from "../../src/kernel/trust.js";
import type { TrustFile } from "../../src/keys/trust-file.js";
import { RangedBytes, type RangeSource } from "../../src/ledger/ranged-bytes.js";
import { endlessLine } from "../../src/ledger/split-lines.js";
import type { Verification } from "../../src/ledger/verification.js";
import { verifyWith } from "../../src/ledger/verify.js";
import { varietyTrust } from "../kernel/variety.js";
import { damagedFiles, wholeLedgers } from "../kernel/verdicts.js";
import { builtKernels } from "../support/kernel.js";
import { bin } from "../support/sclaw.js";
import { seeded } from "../support/seeded.mjs";
import { bytesOfSource, engine, trust as fixtureTrust, trustOf } from "../support/verify.js";

const folder = mkdtempSync(join(tmpdir(), "sclaw-ranges-"));
afterAll(() => rmSync(folder, { recursive: true }));

let module: KernelModule;
beforeAll(async () => {
  module = (await builtKernels()).at(-1)!;
});

/** What the command line does, with threads from the first lines on. */
function staged(own: TrustFile, rangeBytes: number, threads = 2, wholeLines = false): StagedRecognizer {
  const work = { module, trust: kernelTrustOf(own)!, ownScope: undefined };
  return new StagedRecognizer(async () => work, {
    kernelFrom: 0,
    helpersFrom: 0,
    startHelpers: (given) => new RecognizeThreads(given, { wholeLines }, threads, { rangeBytes }),
    sample: undefined,
  });
}

const ledger = join(folder, "ledger.jsonl");
const trust = trustOf(trustFile());
/** A ledger of more than a chunk: the rest of it is read by ranges. */
const long = Buffer.from([...ledgerLines(1500)].join(""));

/** Verifies files line by line, without a recognizer. */
function byLine(files: readonly Uint8Array[], own = trust): Promise<Verification> {
  return verifyWith(
    engine,
    files.map((bytes, i) => ({ name: `part-${i + 1}`, bytes })),
    { trust: own },
  );
}

/**
 * Opens a ledger of which nobody knows how long it is, and does something when its first chunk has been
 * read: threads have not begun then.
 */
function opened(bytes: Uint8Array, whenBegun: (source: LedgerSource) => void = () => {}): LedgerSource {
  writeFileSync(ledger, bytes);
  const known = openLedger(ledger);
  const source: LedgerSource = Object.assign(known, {
    bytes: new RangedBytes(known.bytes as RangedBytes, { ...rangesOf(known), size: 0 }),
  });
  let begun = false;
  source.onProgress = () => {
    if (!begun) whenBegun(source);
    begun = true;
  };
  return source;
}

const rangesOf = ({ bytes }: LedgerSource): RangeSource => {
  if (!(bytes instanceof RangedBytes)) throw new Error("expected a file of which ranges can be read");
  return bytes.source;
};

/** Verifies a ledger by ranges, with threads of its own. */
async function byRanges(source: LedgerSource, rangeBytes = 50_000): Promise<Verification> {
  const recognizer = staged(trust, rangeBytes);
  const files = [{ name: "part-1", bytes: source.bytes }];
  return verifyWith(engine, files, { trust }, recognizer).finally(() => recognizer.close());
}

describe("threads that read ranges of files come to the verdict line by line", { timeout: 600_000 }, () => {
  it("of ledgers that are damaged in every way", async () => {
    const random = seeded(8);
    const ledgers = wholeLedgers();
    const recognizers = [700, 4096, 65_536, 1_000_003].map((size, i) =>
      staged(varietyTrust, size, 1 + (i % 3)),
    );
    const verdicts = new Set<string>();
    try {
      // Once threads have started, files are read by ranges from their first byte on.
      for (let i = 0; i < 72; i++) {
        const files = damagedFiles(ledgers[i % ledgers.length]!, random);
        const expected = await byLine(files, varietyTrust);
        for (const recognizer of recognizers) {
          const named = files.map((bytes, place) => {
            const path = join(folder, `part-${place + 1}`);
            writeFileSync(path, bytes);
            return { name: `part-${place + 1}`, bytes: openLedger(path).bytes };
          });
          const found = await verifyWith(engine, named, { trust: varietyTrust }, recognizer);
          expect(found, `file ${i}`).toStrictEqual(expected);
        }
        verdicts.add(JSON.stringify(expected));
      }
    } finally {
      for (const recognizer of recognizers) await recognizer.close();
    }
    expect(verdicts.size).toBeGreaterThan(50);
  });

  it("from the first byte on where the size is known, whatever becomes of it", async () => {
    const known = (bytes: Uint8Array) => {
      writeFileSync(ledger, bytes);
      return openLedger(ledger);
    };
    expect(rangesOf(known(long)).size).toBe(long.length);
    const pieces: number[] = [];
    const whole = known(long);
    whole.onProgress = (to) => pieces.push(to);
    expect(await byRanges(whole, 50_000)).toStrictEqual(await byLine([long]));
    expect(pieces[0]).toBe(50_000);
    const shrunk = known(long);
    truncateSync(ledger, 1_500_000);
    expect(await byRanges(shrunk)).toStrictEqual(await byLine([long.subarray(0, 1_500_000)]));
    const emptied = known(long);
    truncateSync(ledger, 0);
    expect(await byRanges(emptied)).toStrictEqual(await byLine([new Uint8Array(0)]));
    expect(emptied.readBytes).toBe(0);
    const grown = known(long.subarray(0, 1_500_000));
    appendFileSync(ledger, long.subarray(1_500_000));
    expect(await byRanges(grown)).toStrictEqual(await byLine([long]));
  });

  it("where they begin in the middle, cut at LFs and beside them", async () => {
    const expected = await byLine([long]);
    expect(expected.integrity).toBe("verified");
    const lineEnd = long.indexOf(0x0a, 1_200_000);
    const behindChunk = long.lastIndexOf(0x0a, 1024 * 1024 + 1) + 1;
    for (const more of [-1, 0, 1, 2]) {
      expect(await byRanges(opened(long), lineEnd - behindChunk + more)).toStrictEqual(expected);
    }
  });

  it("of a file that shrinks while it is read, or grows", async () => {
    const shorter = long.subarray(0, 1_500_000);
    const shrunk = opened(long, () => truncateSync(ledger, shorter.length));
    expect(await byRanges(shrunk)).toStrictEqual(await byLine([shorter]));
    expect(shrunk.readBytes).toBe(shorter.length);
    const grown = opened(shorter, () => appendFileSync(ledger, long.subarray(shorter.length)));
    expect(await byRanges(grown)).toStrictEqual(await byLine([long]));
    expect(grown.readBytes).toBe(long.length);
    const gone = opened(long, () => truncateSync(ledger, 0));
    expect(await byRanges(gone)).toStrictEqual(
      await byLine([long.subarray(0, long.lastIndexOf(0x0a, 1024 * 1024 + 1) + 1)]),
    );
  });

  it("of a line that does not end", async () => {
    const begin = Buffer.concat([long, Buffer.from("\n")]);
    for (const [length, isEndless] of [
      [endlessLine, false],
      [endlessLine + 1, true],
      [endlessLine + 3_000_000, true],
    ] as const) {
      const source = opened(begin, () => truncateSync(ledger, begin.length + length));
      const found = await byRanges(source, 1_000_000);
      expect(found).toStrictEqual(await byLine([Buffer.concat([begin, Buffer.alloc(length)])]));
      expect(found.stopped !== undefined).toBe(isEndless);
    }
  });

  it("where reading stops, since nobody can read its lines, and leave the file as it is", async () => {
    const junk = Buffer.concat([long, Buffer.from("\n".repeat(100_001)), long]);
    const source = opened(junk);
    const found = await byRanges(source, 20_000);
    expect(found).toStrictEqual(await byLine([junk]));
    expect(found.stopped).toContain("lines in a row cannot be read");
    expect(fstatSync(rangesOf(source).descriptor).size).toBe(junk.length);
  });
});

describe("a file that is read by ranges", () => {
  it("says how far it has been read, by ranges once threads have begun", async () => {
    const source = opened(long);
    const progress: number[] = [];
    source.onProgress = (bytes) => progress.push(bytes);
    await byRanges(source, 50_000);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.length).toBeGreaterThan(10);
    expect(progress.at(-1)).toBe(long.length);
    expect(source.readBytes).toBe(long.length);
  });

  it("that cannot be read is a refusal", async () => {
    const source = opened(long);
    const unreadable = { ...rangesOf(source), descriptor: openSync(folder, "r") };
    const bytes = new RangedBytes(source.bytes as RangedBytes, unreadable);
    await expect(byRanges({ ...source, bytes })).rejects.toThrow(
      `cannot read the ledger ${ledger}: a folder, not a file`,
    );
  });

  it("is none where lines are wanted whole, where its digest is, or where it is a pipe or compressed", async () => {
    const source = opened(long);
    const recognizer = staged(trust, 50_000, 2, true);
    const progress: number[] = [];
    source.onProgress = (bytes) => progress.push(bytes);
    const entries: number[] = [];
    const observe = { trust, observe: ({ place }: { readonly place: number }) => entries.push(place) };
    await verifyWith(engine, [source], observe, recognizer).finally(() => recognizer.close());
    expect(entries).toHaveLength(1500);
    expect(progress).toHaveLength(Math.ceil(long.length / (1024 * 1024)));
    expect(openLedger(ledger, { digest: true }).bytes).not.toBeInstanceOf(RangedBytes);
    expect(openLedger(`/dev/fd/${openSync(ledger, "r")}`).bytes).not.toBeInstanceOf(RangedBytes);
    const pipe = join(folder, "pipe");
    execFileSync("sh", ["-c", 'mkfifo "$0"', pipe]);
    const writer = spawn("sh", ["-c", 'exec cat "$0" > "$1"', ledger, pipe]);
    expect(openLedger(pipe).bytes).not.toBeInstanceOf(RangedBytes);
    writer.kill();
    writeFileSync(ledger, gzipSync(long));
    expect(openLedger(ledger).bytes).not.toBeInstanceOf(RangedBytes);
  });

  it("is none where it is standard input, which may begin in the middle of a file", async () => {
    writeFileSync(ledger, long);
    const keys = join(folder, "keys.json");
    writeFileSync(keys, JSON.stringify(trustFile()));
    const input = openSync(ledger, "r");
    const begin = long.indexOf(0x0a, 10_000) + 1;
    readSync(input, Buffer.alloc(begin));
    const args = [bin, "verify", "-", "--keys", keys, "--jobs", "2", "--format", "json"];
    const { stdout } = spawnSync(process.execPath, args, {
      stdio: [input, "pipe", "pipe"],
      encoding: "utf8",
    });
    expect(JSON.parse(stdout).lines).toBe((await byLine([long.subarray(begin)])).lines);
  });
});

describe("a second look", () => {
  it("goes by ranges, too, and as far as the first, where the file has grown meanwhile", async () => {
    const nonce = base64(bytesOf("one nonce", 16));
    const story = new Ledger({ label: "again" });
    for (let i = 0; i < 1300; i++) story.add(i % 500 === 0 ? { nonce } : {});
    const bytes = bytesOfSource(story.checkpoint());
    const expected = await byLine([bytes], fixtureTrust);
    expect(expected.findingCounts.get("nonce.reused")).toBe(2);

    const source = opened(bytes);
    const readAgain = () => {
      expect(source.readBytes).toBe(bytes.length);
      const again = source.readAgain!();
      expect(again).toBeInstanceOf(RangedBytes);
      appendFileSync(ledger, bytes);
      return again;
    };
    const recognizer = staged(fixtureTrust, 4096);
    const files = [{ name: "ledger", bytes: source.bytes, readAgain }];
    const found = await verifyWith(engine, files, { trust: fixtureTrust }, recognizer, 0).finally(() =>
      recognizer.close(),
    );
    expect(found).toStrictEqual(expected);
    expect(source.readBytes).toBe(bytes.length);
  });
});
