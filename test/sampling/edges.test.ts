import { describe, expect, it } from "vitest";
import { mostBits, readSeed, writeSeed } from "../../src/sampling/seed.js";
import { SmallestTickets } from "../../src/sampling/smallest.js";

it("a seed's most bits follow from its alphabet and length", () => {
  const each = (alphabet: number, length: number) => Math.floor(length * Math.log2(alphabet));
  expect(mostBits("1234567890")).toBe(each(10, 10));
  expect(mostBits("123456789a")).toBe(each(16, 10));
  expect(mostBits("a123456789")).toBe(each(16, 10));
  expect(mostBits("123456789A")).toBe(each(62, 10));
  expect(mostBits("G123456789")).toBe(each(62, 10));
  expect(mostBits("123456789 ")).toBe(each(95, 10));
  expect(mostBits(" 123456789")).toBe(each(95, 10));
  expect(mostBits("")).toBe(0);
  expect(readSeed("seed:x")).toBe("x");
  expect(readSeed("seed:")).toBeUndefined();
  expect(readSeed(writeSeed("seed:y"))).toBe("seed:y");
});

describe("the smallest tickets", () => {
  const one = (ticket: number, place: number) => ({ ticket: Uint8Array.of(ticket), place });
  const kept = (most: number, ...all: readonly (readonly [number, number])[]) => {
    const smallest = new SmallestTickets<ReturnType<typeof one>>(most);
    for (const [ticket, place] of all) {
      // Whoever would be kept is wanted; asking beforehand changes nothing.
      const wanted = smallest.wants(Uint8Array.of(ticket));
      const before = smallest.sorted();
      smallest.add(one(ticket, place));
      if (!wanted) expect(smallest.sorted()).toEqual(before);
    }
    return smallest.sorted().map(({ ticket, place }) => [ticket[0], place]);
  };
  it("of equal tickets are those that come first in the ledger", () => {
    expect(kept(2, [5, 3], [5, 1], [5, 2])).toEqual([
      [5, 1],
      [5, 2],
    ]);
  });

  it("are as many as there are, and none where none is asked for", () => {
    expect(kept(5, [2, 0], [1, 1])).toEqual([
      [1, 1],
      [2, 0],
    ]);
    expect(kept(0, [2, 0], [1, 1])).toEqual([]);
    expect(new SmallestTickets(0).wants(Uint8Array.of(0))).toBe(false);
  });

  it("are the smallest of many, in their order", () => {
    const all = Array.from({ length: 200 }, (_, i) => [(i * 77) % 200, i] as const);
    expect(kept(7, ...all).map(([ticket]) => ticket)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});
