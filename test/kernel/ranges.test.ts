import { beforeAll, describe, expect, it } from "vitest";
import { standard } from "../../fixtures/make/story.mjs";
import { limits } from "../../src/json/limits.js";
import type { KernelRecognizer } from "../../src/kernel/kernel-recognizer.js";
import {
  blocksInRange,
  mostRangeBytes,
  type RangeEnd,
  type ReadAt,
} from "../../src/kernel/range-recognizer.js";
import { RecordCursor, recordBytes, recordFlags } from "../../src/ledger/record.js";
import { endlessLine, LineSplitter, type RawLine } from "../../src/ledger/split-lines.js";
import { builtKernels, sharedRecognizer } from "../support/kernel.js";
import { seeded } from "../support/seeded.mjs";
import { bytesOfSource, trust } from "../support/verify.js";

let kernel: KernelRecognizer;
beforeAll(async () => {
  kernel = await sharedRecognizer((await builtKernels()).at(-1)!, trust);
});

const inMemory =
  (file: Uint8Array): ReadAt =>
  (into, position) => {
    const bytes = file.subarray(position, position + into.length);
    into.set(bytes);
    return bytes.length;
  };

const described = ({ bytes, length, ended }: RawLine) =>
  `${length > limits.lineBytes ? length : Buffer.from(bytes)}${ended ? "" : " and no LF"}`;

/** The lines of a range as the blocks say them, and how far it goes. */
function linesIn(read: ReadAt, from: number, to: number): { lines: string[]; end: RangeEnd } {
  const lines: string[] = [];
  const blocks = blocksInRange(kernel, read, from, to);
  for (;;) {
    const { done, value } = blocks.next();
    if (done === true) return { lines, end: value };
    const record = new RecordCursor(value.records);
    for (; record.at < value.records.length; record.at += recordBytes) {
      const { offset, length, flags } = record;
      const bytes = value.bytes.subarray(offset, offset + length);
      lines.push(described({ bytes, length, ended: (flags & recordFlags.ended) !== 0 }));
    }
  }
}

function linesByRanges(read: ReadAt, rangeBytes: number): { lines: string[]; readTo: number } {
  const lines: string[] = [];
  for (let at = 0; ; at += rangeBytes) {
    const { lines: more, end } = linesIn(read, at, at + rangeBytes);
    lines.push(...more);
    if (end.isLast) return { lines, readTo: end.readTo };
    expect(end.readTo).toBe(at + rangeBytes);
  }
}

/** The same by the splitter that reads line by line. */
function expected(file: Uint8Array): string[] {
  const splitter = new LineSplitter(limits.lineBytes);
  const lines = [...splitter.push(file)].map(described);
  const last = splitter.end();
  return last === undefined ? lines : [...lines, described(last)];
}

describe("ranges give the lines that the splitter gives", () => {
  const random = seeded(4);
  const long = (more: number) => "x".repeat(limits.lineBytes + more);
  const short = Array.from({ length: 300 }, () => "y".repeat(Math.floor(random() * 30)));
  const texts: readonly (readonly [name: string, text: string, leastRange: number])[] = [
    ["nothing", "", 1],
    ["one LF", "\n", 1],
    ["LFs", "\n\n\n", 1],
    ["no LF", "abc", 1],
    ["a byte order mark and CRLFs", "\ufeffabc\r\nde\r\n", 1],
    ["short lines", short.join("\n"), 1],
    ["lines of two MiB in all", short.join(`${"z".repeat(7000)}\n`), 4000],
    ["a line of the limit", `a\n${long(0)}\nb\n`, 1000],
    ["a line of the limit without LF", `a\n${long(0)}`, 1000],
    ["a line over the limit", `a\n${long(1)}\nb\n`, 1000],
    ["a line over the limit without LF", `a\n${long(1)}`, 1000],
    ["a line of many ranges", `a\n${long(3_000_000)}\nb`, 10_000],
    ["a line of many ranges without LF", `a\n${long(3_000_000)}`, 10_000],
    ["long lines in a row", `${long(3)}\n${long(4)}\n\n${long(5)}\nc\n`, 10_000],
  ];
  it.each(texts)("%s", (_name, text, least) => {
    const file = Buffer.from(text);
    for (const rangeBytes of [1, 2, 3, 7, 100, 1000, 16_384, 16_386, 65_536, 1_000_003, mostRangeBytes]) {
      if (rangeBytes < least) continue;
      const found = linesByRanges(inMemory(file), rangeBytes);
      expect(found.lines, `ranges of ${rangeBytes}`).toEqual(expected(file));
      expect(found.readTo).toBe(file.length);
    }
  });

  it("the longest line in the last byte of the longest range", () => {
    const before = Buffer.alloc(2 * mostRangeBytes - 1, `${"y".repeat(999)}\n`);
    before[before.length - 1] = 0x0a;
    const file = Buffer.concat([before, Buffer.from(`${long(0)}\nb\n`)]);
    expect(linesByRanges(inMemory(file), mostRangeBytes).lines).toEqual(expected(file));
  });

  it("of a ledger, whose entries the kernel finds ordinary", () => {
    const file = bytesOfSource(standard());
    for (const rangeBytes of [1, 700, 5000, 100_000])
      expect(linesByRanges(inMemory(file), rangeBytes).lines).toEqual(expected(file));
  });
});

describe("a range", () => {
  const text = Buffer.from("ab\n\ncdefg\nh");
  const beginnings = [0, 3, 4, 10];

  it("has the lines that begin in it, wherever it is cut", () => {
    const all = expected(text);
    for (let from = 0; from <= text.length; from++) {
      for (let to = from + 1; to <= text.length + 2; to++) {
        const { lines, end } = linesIn(inMemory(text), from, to);
        expect(lines, `${from} to ${to}`).toEqual(
          all.filter((_line, i) => beginnings[i]! >= from && beginnings[i]! < to),
        );
        expect(end.isLast, `${from} to ${to}`).toBe(to > beginnings.at(-1)!);
      }
    }
  });

  it("cuts a line off where no ledger has one", () => {
    const lines = (length: number, rest: string) => {
      const behind = 2 + length;
      const read: ReadAt = (into, position) => {
        const count = Math.min(into.length, behind + rest.length - position);
        into.fill(0x61, 0, count);
        if (position === 0) into[1] = 0x0a;
        for (let at = Math.max(position, behind); at < position + count; at++)
          into[at - position] = rest.charCodeAt(at - behind);
        return count;
      };
      const { lines: found, end } = linesIn(read, 0, 1000);
      return [...found, end.isLast];
    };
    expect(lines(endlessLine, "\nb")).toEqual(["a", `${endlessLine}`, false]);
    expect(lines(endlessLine, "")).toEqual(["a", `${endlessLine} and no LF`, true]);
    expect(lines(endlessLine + 1, "\nb")).toEqual(["a", `${endlessLine + 1} and no LF`, true]);
    expect(lines(endlessLine + 5_000_000, "\nb")).toEqual(["a", `${endlessLine + 1} and no LF`, true]);
  });

  it("passes on what reading throws", () => {
    const read: ReadAt = () => {
      throw new Error("no disk");
    };
    expect(() => linesIn(read, 0, 10)).toThrow("no disk");
  });
});
