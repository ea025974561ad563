import { expect, it } from "vitest";
import { ledgerLines, trustFile } from "../../bench/parts/ledger-writer.mjs";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import { firstKernel } from "../../src/kernel/choose-kernel.js";
import {
  type Helpers,
  type KernelWork,
  StagedRecognizer,
  startHere,
} from "../../src/kernel/staged-recognizer.js";
import { RangedBytes } from "../../src/ledger/ranged-bytes.js";
import type { Block } from "../../src/ledger/recognizer.js";
import { recordBytes } from "../../src/ledger/record.js";
import { verifyWith } from "../../src/ledger/verify.js";
import { engine, trustOf } from "../support/verify.js";

const trust = trustOf(trustFile());
const lines = [...ledgerLines(300)];
const bytes = encodeUtf8(lines.join(""));
const chunks = () =>
  Array.from({ length: Math.ceil(bytes.length / 10_000) }, (_, i) =>
    bytes.subarray(10_000 * i, 10_000 * (i + 1)),
  );
const prepare = () => firstKernel(["kernel-integer"], engine, trust, undefined);

const copied = (blocks: Iterable<Block>) =>
  [...blocks].map(({ bytes: own, records, ...rest }) => ({
    ...rest,
    bytes: own.slice(),
    records: records.slice(),
  }));

/** Helpers that answer late, and the later piece first: whoever asks has to keep the order. */
function lateHelpers(asked: number[]): (work: Promise<KernelWork | undefined>) => Helpers {
  return (work) => {
    const kernel = work.then((begun) => startHere(begun!, undefined));
    let last: Promise<unknown> = Promise.resolve();
    return {
      count: 2,
      mostUnderWay: 2,
      rangeBytes: 0,
      readRange: () => Promise.reject(new Error("expected to be given lines")),
      giveBack: () => {},
      recognize: async (piece) => {
        asked.push(piece.length);
        const copy = piece.slice();
        const before = last;
        const blocks = kernel.then((recognizer) => copied(recognizer.recognize(copy)));
        last = blocks;
        if (asked.length % 2 === 1) await before.then(() => new Promise((resolve) => setImmediate(resolve)));
        return blocks;
      },
      close: () => Promise.resolve(),
    };
  };
}

it("goes from line by line to a kernel to helpers, and every line is in exactly one block, in order", async () => {
  const asked: number[] = [];
  const recognizer = new StagedRecognizer(prepare, {
    kernelFrom: 50_000,
    helpersFrom: 200_000,
    startHelpers: lateHelpers(asked),
    sample: undefined,
  });
  const kinds: number[] = [];
  const lengths: number[] = [];
  for await (const { records } of recognizer.blocks(chunks())) {
    for (let at = 0; at < records.length; at += recordBytes) {
      kinds.push(records[at]!);
      lengths.push(new DataView(records.buffer, records.byteOffset + at).getUint32(12, true));
    }
  }
  expect(lengths).toEqual(lines.map((line) => Buffer.byteLength(line) - 1));
  const firstByKernel = kinds.indexOf(1);
  expect(kinds.slice(0, firstByKernel).every((kind) => kind === 0)).toBe(true);
  expect(firstByKernel).toBeGreaterThan(20);
  expect(firstByKernel).toBeLessThan(50);
  expect(kinds.slice(firstByKernel).filter((kind) => kind === 0)).toHaveLength(1);
  expect(asked.length).toBeGreaterThan(20);
  expect(recognizer.helpers).toBe(2);
});

it("comes to the same verdict in each stage", async () => {
  const files = [{ name: "ledger", bytes: chunks() }];
  const expected = await verifyWith(engine, files, { trust });
  expect(expected.integrity).toBe("verified");
  for (const [kernelFrom, helpersFrom] of [
    [0, 0],
    [0, 100_000],
    [100_000, 150_000],
    [1e9, 1e9],
  ] as const) {
    const stages = { kernelFrom, helpersFrom, startHelpers: lateHelpers([]), sample: () => 0.1 };
    const recognizer = new StagedRecognizer(prepare, stages);
    expect(await verifyWith(engine, files, { trust }, recognizer)).toEqual(expected);
  }
});

/** Helpers that only count how many are started and closed, and may not be asked anything. */
function idleHelpers(count: { started: number; closed: number }): () => Helpers {
  const refuse = () => Promise.reject(new Error("expected to be asked nothing"));
  return () => {
    count.started++;
    return {
      ...{
        count: 2,
        mostUnderWay: 2,
        rangeBytes: 1,
        readRange: refuse,
        recognize: refuse,
        giveBack: () => {},
      },
      close: async () => {
        count.closed++;
      },
    };
  };
}

/** A file whose ranges helpers could read. */
const ranged = () => {
  const size = bytes.length;
  async function* pieces() {
    yield* chunks();
  }
  return new RangedBytes(pieces(), { name: "ledger", descriptor: -1, size, end: size, reached: () => {} });
};

it("goes on line by line where no kernel can be used, and closes the helpers that got ready", async () => {
  const count = { started: 0, closed: 0 };
  const recognizer = new StagedRecognizer(async () => undefined, {
    kernelFrom: 0,
    helpersFrom: 0,
    startHelpers: idleHelpers(count),
    sample: undefined,
  });
  const files = [1, 2].map((part) => ({ name: `part-${part}`, bytes: ranged() }));
  const { lines: read } = await verifyWith(engine, files, { trust }, recognizer);
  expect(read).toBe(2 * lines.length);
  expect(count).toEqual({ started: 1, closed: 1 });
  expect(recognizer.helpers).toBe(0);
});

it("closes the helpers that got ready where preparing fails, and says why", async () => {
  const count = { started: 0, closed: 0 };
  const recognizer = new StagedRecognizer(() => Promise.reject(new Error("the kernel was forbidden")), {
    kernelFrom: 0,
    helpersFrom: 0,
    startHelpers: idleHelpers(count),
    sample: undefined,
  });
  const verified = verifyWith(engine, [{ name: "ledger", bytes: ranged() }], { trust }, recognizer);
  await expect(verified).rejects.toThrow("the kernel was forbidden");
  expect(count).toEqual({ started: 1, closed: 1 });
});

it("starts helpers for fewer bytes where there turns out to be much to do", async () => {
  const asked: number[] = [];
  let isMuch = false;
  const recognizer = new StagedRecognizer(prepare, {
    kernelFrom: 0,
    helpersFrom: Number.POSITIVE_INFINITY,
    isMuch: () => isMuch,
    startHelpers: lateHelpers(asked),
    sample: undefined,
  });
  let before = 0;
  for await (const _ of recognizer.blocks(chunks().slice(0, 20))) {
    if (isMuch) continue;
    expect(recognizer.helpers).toBe(0);
    before++;
    isMuch = before === 3;
  }
  expect(recognizer.helpers).toBe(2);
  expect(asked.length).toBeGreaterThan(5);
  await recognizer.close();
});
