import { beforeAll, describe, expect, it } from "vitest";
import { ledgerLines, trustFile } from "../../bench/parts/ledger-writer.mjs";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import type { KernelModule } from "../../src/kernel/kernel.js";
import type { KernelRecognizer } from "../../src/kernel/kernel-recognizer.js";
import { startHere } from "../../src/kernel/staged-recognizer.js";
import { kernelTrustOf } from "../../src/kernel/trust.js";
import { claims } from "../../src/ledger/claims.js";
import { type Block, type Recognizer, RecognizerDisputed } from "../../src/ledger/recognizer.js";
import { RecordCursor, recordBytes } from "../../src/ledger/record.js";
import { verifyWith } from "../../src/ledger/verify.js";
import { builtKernels } from "../support/kernel.js";
import { engine, trustOf } from "../support/verify.js";

const trust = trustOf(trustFile());
const lines = [...ledgerLines(400)];
const good = encodeUtf8(lines.join(""));
/** Line 9 with another byte in its signature. */
const forged = encodeUtf8(
  lines.map((line, i) => (i === 8 ? line.replace(/"sig":"../, '"sig":"AB') : line)).join(""),
);

let module: KernelModule;
beforeAll(async () => {
  module = (await builtKernels()).at(-1)!;
});

const recognizerOf = (sample?: () => number): Promise<KernelRecognizer> =>
  startHere({ module, trust: kernelTrustOf(trust)!, ownScope: undefined }, sample);

async function claimsOf(
  recognizer: KernelRecognizer,
  bytes: Uint8Array,
): Promise<(readonly [number, number])[]> {
  const found: (readonly [number, number])[] = [];
  let line = 0;
  for await (const { records } of recognizer.blocks(bytes)) {
    const cursor = new RecordCursor(records);
    for (; cursor.at < records.length; cursor.at += recordBytes) {
      line++;
      if (cursor.kind === 0 && cursor.claim !== claims.none) found.push([line, cursor.claim]);
    }
  }
  return found;
}

/** The kernel's blocks with another claim about one line. */
function claiming(line: number, claim: number): Recognizer {
  return {
    blocks: async function* (bytes): AsyncGenerator<Block> {
      const recognizer = await recognizerOf();
      let before = 0;
      for await (const { bytes: own, records } of recognizer.blocks(bytes)) {
        const cursor = new RecordCursor(records.slice());
        cursor.at = (line - 1 - before) * recordBytes;
        before += records.length / recordBytes;
        if (cursor.at >= 0 && cursor.at < records.length) {
          const { offset, length, flags } = cursor;
          cursor.clear();
          Object.assign(cursor, { offset, length, flags: flags & 128, claim });
        }
        yield { bytes: own, records: cursor.bytes };
      }
    },
  };
}

const verdict = (bytes: Uint8Array, recognizer?: Recognizer) =>
  verifyWith(engine, [{ name: "ledger", bytes }], { trust }, recognizer);

describe("what a kernel claims of lines that are read by another engine", () => {
  it("is that a signature does not hold, or of a sample that it is ordinary", async () => {
    expect(await claimsOf(await recognizerOf(), good)).toEqual([]);
    expect(await claimsOf(await recognizerOf(), forged)).toEqual([[9, claims.signature]]);
    // A quarter of the way through a quarter of the blocks.
    expect(await claimsOf(await recognizerOf(() => 1 / 16), good)).toEqual([[101, claims.ordinary]]);
    expect(await claimsOf(await recognizerOf(() => 0.26), good)).toEqual([]);
    const short = encodeUtf8(lines.slice(0, 255).join(""));
    expect(await claimsOf(await recognizerOf(() => 1 / 16), short)).toEqual([]);
  });

  it("changes no verdict where the engine agrees", async () => {
    expect(await verdict(good, claiming(9, claims.ordinary))).toEqual(await verdict(good));
    expect(await verdict(forged, claiming(9, claims.signature))).toEqual(await verdict(forged));
    expect(await verdict(good, await recognizerOf(() => 1 / 16))).toEqual(await verdict(good));
  });

  it("ends the verification where it does not", async () => {
    const disputed = async (bytes: Uint8Array, claim: number) => {
      const error = await verdict(bytes, claiming(9, claim)).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(RecognizerDisputed);
      return (error as RecognizerDisputed).line;
    };
    expect(await disputed(good, claims.signature)).toBe(9);
    expect(await disputed(forged, claims.ordinary)).toBe(9);
  });
});
