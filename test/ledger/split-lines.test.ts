import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineSplitter, type RawLine } from "../../src/ledger/split-lines.js";

/** Splits at LF by definition: what the splitter has to give, however the bytes come. */
function naive(bytes: Uint8Array, limit: number): { text: string; length: number; ended: boolean }[] {
  const pieces = Buffer.from(bytes).toString("latin1").split("\n");
  const last = pieces.pop()!;
  const lines = pieces.map((text) => ({ text, length: text.length, ended: true }));
  if (last !== "") lines.push({ text: last, length: last.length, ended: false });
  return lines.map((line) => (line.length > limit ? { ...line, text: "" } : line));
}

/** Typed arrays and Node's buffers, whose slices differ: one copies, the other does not. */
type ChunkOf = (bytes: Uint8Array) => Uint8Array;

function split(
  bytes: Uint8Array,
  cuts: readonly number[],
  limit: number,
  reuse: boolean,
  chunkOf: ChunkOf = (chunk) => Uint8Array.from(chunk),
) {
  const splitter = new LineSplitter(limit);
  const out: { text: string; length: number; ended: boolean }[] = [];
  const take = (line: RawLine) =>
    out.push({ text: Buffer.from(line.bytes).toString("latin1"), length: line.length, ended: line.ended });
  const places = [0, ...[...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (let i = 0; i + 1 < places.length; i++) {
    const chunk = chunkOf(bytes.subarray(places[i], places[i + 1]));
    for (const line of splitter.push(chunk)) take(line);
    // The caller may use its buffer again.
    if (reuse) chunk.fill(0x58);
  }
  const last = splitter.end();
  if (last !== undefined) take(last);
  return out;
}

describe("LineSplitter", () => {
  const byte = fc.oneof(fc.constantFrom(0x0a, 0x0d, 0x0b, 0x85), fc.nat(255));
  const input = fc.array(byte, { maxLength: 60 }).map((bytes) => Uint8Array.from(bytes));

  it("splits as the whole would be, in any chunks", () => {
    fc.assert(
      fc.property(
        input,
        fc.array(fc.nat(), { maxLength: 8 }),
        fc.constantFrom(3, 10, 1000),
        fc.boolean(),
        fc.constantFrom<ChunkOf>(
          (bytes) => Uint8Array.from(bytes),
          (bytes) => Buffer.from(bytes),
        ),
        (bytes, cuts, limit, reuse, chunkOf) => {
          expect(split(bytes, cuts, limit, reuse, chunkOf)).toEqual(naive(bytes, limit));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it("splits at no other line end", () => {
    const text = "a\rb\u2028c\u2029d\u0085e\vf\fg\u001eh\n";
    expect(split(Buffer.from(text), [], 100, false)).toHaveLength(1);
  });

  it("keeps no line that is too long, and counts it", () => {
    const splitter = new LineSplitter(4);
    for (let i = 0; i < 1000; i++) expect([...splitter.push(Buffer.alloc(1000, 0x61))]).toEqual([]);
    expect(splitter.openLength).toBe(1_000_000);
    const [line, next] = [...splitter.push(Buffer.from("\nabcd\n"))];
    expect([line!.length, line!.bytes.length, line!.ended]).toEqual([1_000_000, 0, true]);
    expect([next!.length, next!.bytes.length]).toEqual([4, 4]);
    expect(splitter.end()).toBeUndefined();
  });

  it("takes a line in as many pieces as it has bytes", () => {
    const splitter = new LineSplitter(400_000);
    // As a slow pipe gives them.
    const piece = Buffer.of(0x61);
    let lines = 0;
    for (let i = 0; i < 300_000; i++) lines += [...splitter.push(piece)].length;
    expect(lines).toBe(0);
    const [line] = [...splitter.push(Buffer.of(0x0a))];
    expect(line!.length).toBe(300_000);
    expect(line!.bytes.every((byte) => byte === 0x61)).toBe(true);
  });

  it("keeps no caller's memory while a line is open", () => {
    const splitter = new LineSplitter(1000);
    const chunk = Buffer.alloc(100);
    for (const letter of "abc") {
      chunk.fill(letter);
      expect([...splitter.push(chunk.subarray(0, 2))]).toEqual([]);
    }
    const [line] = [...splitter.push(Buffer.from("\n"))];
    expect(Buffer.from(line!.bytes).toString()).toBe("aabbcc");
  });

  it("of nothing has no line", () => {
    expect(split(new Uint8Array(0), [], 10, false)).toEqual([]);
    expect(split(Buffer.from("\n"), [], 10, false)).toEqual([{ text: "", length: 0, ended: true }]);
  });
});
