import { describe, expect, it } from "vitest";
import { limits } from "../../src/json/limits.js";
import { bufferBytes, LineBuffer } from "../../src/kernel/line-buffer.js";
import { LineSplitter } from "../../src/ledger/split-lines.js";
import { seeded } from "../support/seeded.mjs";

/** The lines of a text, pushed in chunks: their texts, or their length where they are too long to keep. */
function linesOf(text: Buffer, chunks: readonly number[]): (string | number)[] {
  const lines = new LineBuffer();
  const seen: (string | number)[] = [];
  let at = 0;
  for (let i = 0; at < text.length; i++) {
    const size = chunks[i % chunks.length]!;
    for (const piece of lines.push(text.subarray(at, at + size))) {
      if (piece.kind === "odd") seen.push(piece.length);
      else {
        expect(piece.bytes.length).toBeLessThanOrEqual(bufferBytes);
        expect(piece.bytes.at(-1)).toBe(0x0a);
        const whole = [...new LineSplitter(limits.lineBytes).push(piece.bytes)];
        for (const { bytes, length } of whole)
          seen.push(length > limits.lineBytes ? length : Buffer.from(bytes).toString());
      }
    }
    at += size;
  }
  const last = lines.end();
  if (last !== undefined) {
    expect(last.ended).toBe(false);
    seen.push(last.length > limits.lineBytes ? last.length : `${Buffer.from(last.bytes)} and no LF`);
  }
  return seen;
}

/** The same by the splitter that reads line by line. */
function expected(text: Buffer): (string | number)[] {
  const splitter = new LineSplitter(limits.lineBytes);
  const lines = [...splitter.push(text)].map(({ bytes, length }) => {
    return length > limits.lineBytes ? length : Buffer.from(bytes).toString();
  });
  const last = splitter.end();
  if (last === undefined) return lines;
  return [...lines, last.length > limits.lineBytes ? last.length : `${Buffer.from(last.bytes)} and no LF`];
}

describe("a line buffer cuts as the splitter does", () => {
  const random = seeded(3);
  const long = (more: number) => "x".repeat(limits.lineBytes + more);
  const texts: readonly (readonly [string, string])[] = [
    ["nothing", ""],
    ["one LF", "\n"],
    ["LFs", "\n\n\n"],
    ["no LF", "abc"],
    ["short lines", Array.from({ length: 500 }, () => "y".repeat(Math.floor(random() * 40))).join("\n")],
    ["a line of the limit", `a\n${long(0)}\nb\n`],
    ["a line over the limit", `a\n${long(1)}\nb\n`],
    ["a line of several buffers", `a\n${long(2 * bufferBytes)}\nb`],
    ["a long line without LF", `a\n${long(5)}`],
    ["long lines in a row", `${long(3)}\n${long(4)}\n\n${long(5)}\nc\n`],
  ];
  const chunkings: readonly (readonly number[])[] = [
    [1 << 30],
    [1024 * 1024],
    [limits.lineBytes + 1],
    [70_001, 3, 1],
    [1_000_003],
  ];
  it.each(texts)("%s", (_name, text) => {
    const bytes = Buffer.from(text);
    for (const chunks of chunkings) expect(linesOf(bytes, chunks)).toEqual(expected(bytes));
    if (bytes.length < 30_000) expect(linesOf(bytes, [1])).toEqual(expected(bytes));
  });
});
