import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeHex } from "../../src/bytes/hex.js";
import { CompactRange } from "../../src/merkle/compact-range.js";
import { emptyRoot, leafHash, nodeHash } from "../../src/merkle/hasher.js";
import { alignedSubtrees } from "../../src/merkle/subtrees.js";
import { ctLeaves, hex, sha3, sha256, someLeaves, treeHash } from "./reference.js";

const most = Number.MAX_SAFE_INTEGER;

const knownSha256 = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
const knownSha3: Readonly<Record<number, string>> = {
  1: "5d53469f20fef4f8eab52b88044ede69c77a6a68a60728609fc4a65ff531e7d0",
  7: "16e8656d265de9fb0275341f3813e0851caecd33653df1597f0cd39ce40a4564",
  8: "da799b626ea73f9f5e404ef56ddac189d7f8a4c00b5c317b6ed69463a441ae3f",
};

function rangeOver(begin: number, leaves: readonly Uint8Array[]): CompactRange {
  const range = CompactRange.empty(sha256, begin);
  for (const leaf of leaves) range.append(leaf);
  return range;
}

describe("known roots", () => {
  it("over SHA-256 are those of certificate transparency", () => {
    const range = CompactRange.empty(sha256, 0);
    const roots = [range.root()];
    for (const data of ctLeaves) {
      range.append(leafHash(sha256, data));
      roots.push(range.root());
    }
    expect(roots.map(encodeHex)).toEqual(knownSha256);
  });

  it("over SHA3-256 are the format's", () => {
    for (const [size, root] of Object.entries(knownSha3)) {
      const range = CompactRange.empty(sha3, 0);
      for (const data of ctLeaves.slice(0, Number(size))) range.append(leafHash(sha3, data));
      expect(encodeHex(range.root())).toBe(root);
    }
    expect(CompactRange.empty(sha3, 0).root()).toEqual(emptyRoot(sha3));
    expect(encodeHex(emptyRoot(sha3))).toBe(
      "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a",
    );
  });

  it("nodes join two hashes of 32 bytes, nothing else", () => {
    const good = new Uint8Array(32);
    expect(nodeHash(sha256, good, good)).toEqual(sha256(Uint8Array.of(1, ...good, ...good)));
    expect(() => nodeHash(sha256, good, new Uint8Array(31))).toThrow("32 and 31");
    expect(() => nodeHash(sha256, new Uint8Array(33), good)).toThrow("33 and 32");
  });
});

describe("compact ranges", () => {
  it("any cutting into ranges merges to the root that RFC 6962 defines", () => {
    const cutting = fc
      .integer({ min: 0, max: 200 })
      .chain((size) => fc.tuple(fc.constant(size), fc.array(fc.integer({ min: 0, max: size }))));
    fc.assert(
      fc.property(cutting, fc.boolean(), ([size, cuts], fromRight) => {
        const leaves = someLeaves(sha256, size);
        const places = [0, ...cuts.sort((a, b) => a - b), size];
        const ranges = places.slice(1).map((end, i) => rangeOver(places[i]!, leaves.slice(places[i], end)));
        const whole = fromRight
          ? ranges.reduceRight((right, left) => {
              left.merge(right);
              return left;
            })
          : ranges.reduce((left, right) => {
              left.merge(right);
              return left;
            });
        expect([whole.begin, whole.end]).toEqual([0, size]);
        expect(whole.root()).toEqual(treeHash(sha256, leaves));
      }),
      { numRuns: 300 },
    );
  });

  it("hold the roots of the maximal aligned subtrees", () => {
    const leaves = someLeaves(sha256, 40);
    for (let begin = 0; begin <= 40; begin++) {
      for (let end = begin; end <= 40; end++) {
        const subtrees = alignedSubtrees(begin, end);
        for (const { lo, hi } of subtrees) {
          expect(Number.isInteger(Math.log2(hi - lo)) && lo % (hi - lo) === 0).toBe(true);
        }
        const roots = subtrees.map(({ lo, hi }) => treeHash(sha256, leaves.slice(lo, hi)));
        const range = rangeOver(begin, leaves.slice(begin, end));
        expect(range.hashes).toEqual(roots);
        expect(CompactRange.fromHashes(sha256, begin, end, roots)!.hashes).toEqual(roots);
      }
    }
  });

  it("the list of hashes is a copy", () => {
    const range = rangeOver(0, someLeaves(sha256, 3));
    (range.hashes as Uint8Array[]).pop();
    expect(range.hashes).toHaveLength(2);
  });

  it("merging leaves the other range as it is, and refuses one that does not follow", () => {
    const leaves = someLeaves(sha256, 8);
    const left = rangeOver(0, leaves.slice(0, 3));
    const right = rangeOver(3, leaves.slice(3));
    left.merge(right);
    expect([right.begin, right.end, right.hashes.length]).toEqual([3, 8, 2]);
    expect(() => left.merge(right)).toThrow("begins at 8, found 3");
    expect(() => left.merge(rangeOver(9, []))).toThrow("begins at 8, found 9");
  });

  it("only what begins at 0 has a root", () => {
    expect(() => rangeOver(1, someLeaves(sha256, 1)).root()).toThrow("begins at 0, found 1");
  });

  it("a subtree is added by its root, where it is aligned", () => {
    const leaves = someLeaves(sha256, 16);
    const range = rangeOver(0, leaves.slice(0, 4));
    range.appendSubtree(treeHash(sha256, leaves.slice(4, 8)), 4);
    range.appendSubtree(treeHash(sha256, leaves.slice(8, 16)), 8);
    expect(range.root()).toEqual(treeHash(sha256, leaves));
    for (const size of [0, -1, 0.5, 3, 32, Number.NaN, 2 ** 53]) {
      expect(() => range.appendSubtree(leaves[0]!, size)).toThrow(`at 16, found ${size} leaves`);
    }
    expect(() => rangeOver(12, []).appendSubtree(leaves[0]!, 3)).toThrow("at 12, found 3 leaves");
    expect(() => CompactRange.empty(sha256, 2 ** 52).appendSubtree(leaves[0]!, 2 ** 52)).toThrow(RangeError);
  });
});

describe("frontiers", () => {
  const leaves = someLeaves(sha256, 64);

  it("every start goes on to the same root", () => {
    for (let start = 0; start <= 40; start++) {
      const frontier = alignedSubtrees(0, start).map(({ lo, hi }) => treeHash(sha256, leaves.slice(lo, hi)));
      const range = CompactRange.fromFrontier(sha256, start, frontier)!;
      expect(range.root()).toEqual(treeHash(sha256, leaves.slice(0, start)));
      for (const leaf of leaves.slice(start)) range.append(leaf);
      expect(range.root()).toEqual(treeHash(sha256, leaves));
    }
  });

  it("has as many hashes as the size has one bits", () => {
    const sizes = fc.oneof(
      fc.integer({ min: 0, max: 300 }),
      fc.integer({ min: 0, max: most }),
      fc.constant(most),
    );
    fc.assert(
      fc.property(sizes, (size) => {
        const ones = [...size.toString(2)].filter((bit) => bit === "1").length;
        const hashes = someLeaves(sha256, ones);
        expect(CompactRange.fromFrontier(sha256, size, hashes)?.hashes).toEqual(hashes);
        expect(CompactRange.fromFrontier(sha256, size, [...hashes, leaves[0]!])).toBeUndefined();
        if (ones > 0) expect(CompactRange.fromFrontier(sha256, size, hashes.slice(1))).toBeUndefined();
        const widths = alignedSubtrees(0, size).map(({ lo, hi }) => hi - lo);
        expect(widths).toEqual([...widths].sort((a, b) => b - a));
      }),
    );
  });

  it("refuses bad sizes and hashes", () => {
    for (const size of [-1, 1.5, 2 ** 53, Number.NaN]) {
      expect(CompactRange.fromFrontier(sha256, size, [])).toBeUndefined();
      expect(() => CompactRange.empty(sha256, size)).toThrow("a place from 0 to 2^53-1");
    }
    expect(CompactRange.fromHashes(sha256, -1, 0, [leaves[0]!])).toBeUndefined();
    expect(CompactRange.fromHashes(sha256, 1, 0, [])).toBeUndefined();
    expect(CompactRange.fromFrontier(sha256, 1, [hex("00")])).toBeUndefined();
  });

  it("goes on where 32 bits end, and stops at 2^53-1", () => {
    const [a, b, c] = leaves as [Uint8Array, Uint8Array, Uint8Array];
    const node = (l: Uint8Array, r: Uint8Array) => nodeHash(sha256, l, r);
    for (const power of [2 ** 31, 2 ** 32, 2 ** 52]) {
      const range = CompactRange.fromFrontier(sha256, power, [a])!;
      range.append(b);
      expect(range.root()).toEqual(node(a, b));
      range.append(c);
      expect(range.hashes).toEqual([a, node(b, c)]);
    }
    const carry = CompactRange.fromFrontier(sha256, 2 ** 32 - 1, leaves.slice(0, 32))!;
    carry.append(a);
    expect(carry.end).toBe(2 ** 32);
    expect(carry.hashes).toEqual([leaves.slice(0, 32).reduceRight((right, left) => node(left, right), a)]);
    const full = CompactRange.fromFrontier(sha256, most, leaves.slice(0, 53))!;
    expect(() => full.append(a)).toThrow(RangeError);
    expect(full.end).toBe(most);
  });
});
