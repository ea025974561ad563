import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CompactRange } from "../../src/merkle/compact-range.js";
import { nodeHash } from "../../src/merkle/hasher.js";
import {
  type ConsistencyClaim,
  type InclusionClaim,
  verifyConsistency,
  verifyInclusion,
} from "../../src/merkle/proof.js";
import { consistencyRanges, inclusionRanges } from "../../src/merkle/prove.js";
import { alignedSubtrees, splitPoint } from "../../src/merkle/subtrees.js";
import { flipBit, path, sha3, sha256, someLeaves, subproof, treeHash } from "./reference.js";

const sizes = Array.from({ length: 40 }, (_, i) => i + 1);
const leaves = someLeaves(sha256, 41);
const roots = Array.from({ length: 42 }, (_, n) => treeHash(sha256, leaves.slice(0, n)));
const other = sha256(Uint8Array.of(9));
const malformedNumbers: readonly unknown[] = [
  -1,
  0.5,
  Number.NaN,
  Infinity,
  2 ** 53,
  1n,
  "1",
  null,
  undefined,
];
const malformedHashes: readonly unknown[] = [
  new Uint8Array(0),
  new Uint8Array(31),
  new Uint8Array(33),
  "",
  null,
  [],
];

function inclusion(index: number, size: number): InclusionClaim {
  const proof = path(sha256, index, leaves.slice(0, size));
  return { index, size, leaf: leaves[index]!, proof, root: roots[size]!, hash: sha256 };
}

function consistency(size1: number, size2: number): ConsistencyClaim {
  const proof = subproof(sha256, size1, leaves.slice(0, size2));
  return { size1, size2, root1: roots[size1]!, root2: roots[size2]!, proof, hash: sha256 };
}

/** A proof with one of its bits flipped, for each byte; with each hash dropped; with one more at each place. */
function* wrongProofs(proof: readonly Uint8Array[]): Generator<readonly Uint8Array[]> {
  for (const [i, hash] of proof.entries()) {
    for (let byte = 0; byte < 32; byte++) yield proof.with(i, flipBit(hash, 8 * byte + ((i + byte) % 8)));
    yield proof.toSpliced(i, 1);
    yield proof.toSpliced(i, 0, hash);
    yield proof.toSpliced(i, 0, other);
  }
  yield [...proof, other];
  for (const end of [proof.at(-1), proof.at(0)]) if (end) yield [...proof, end];
}

describe("inclusion proofs", () => {
  it("hold for every leaf of every tree, and for nothing else", () => {
    const refused: InclusionClaim[] = [];
    const accepted: InclusionClaim[] = [];
    const refuse = (claim: InclusionClaim) => verifyInclusion(claim) && accepted.push(claim);
    for (const size of sizes) {
      for (let index = 0; index < size; index++) {
        const claim = inclusion(index, size);
        if (!verifyInclusion(claim)) refused.push(claim);
        for (const proof of wrongProofs(claim.proof)) refuse({ ...claim, proof });
        for (let i = 0; i <= size; i++) if (i !== index) refuse({ ...claim, index: i });
        for (let bit = 0; bit < 256; bit += 37) {
          refuse({ ...claim, leaf: flipBit(claim.leaf, bit) });
          refuse({ ...claim, root: flipBit(claim.root, bit) });
        }
        for (const [n, root] of roots.entries()) if (n !== size) refuse({ ...claim, root });
      }
    }
    expect([refused.slice(0, 3), accepted.slice(0, 3)]).toEqual([[], []]);
  });

  it("another size fails, with its own root always, with the same root where it changes the path", () => {
    // Some sizes give a leaf the same path, as 6 and 7 do to leaf 0: one root then fits both, and
    // only the signed note says which size is meant. RFC 9162 has no more in it.
    const shape = (index: number, n: number) => inclusionRanges(index, n).map(({ lo }) => lo < index);
    const wrong: string[] = [];
    for (const size of sizes) {
      for (let index = 0; index < size; index++) {
        const claim = inclusion(index, size);
        const own = String(shape(index, size));
        for (let n = 0; n <= 41; n++) {
          const samePath = n > index && String(shape(index, n)) === own;
          if (verifyInclusion({ ...claim, size: n }) !== samePath) wrong.push(`${index} of ${size}: ${n}`);
          const root = roots[n]!;
          if (n !== size && verifyInclusion({ ...claim, size: n, root })) wrong.push(`root ${n}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it("malformed input is false and never thrown", () => {
    const claim = inclusion(5, 8);
    const bad = (change: object) => verifyInclusion({ ...claim, ...change } as InclusionClaim);
    for (const n of malformedNumbers) expect([bad({ index: n }), bad({ size: n })]).toEqual([false, false]);
    for (const h of malformedHashes) {
      expect([bad({ leaf: h }), bad({ root: h }), bad({ proof: [h] })]).toEqual([false, false, false]);
      expect(bad({ proof: claim.proof.with(1, h as Uint8Array) })).toBe(false);
    }
    for (const proof of [null, undefined, {}, "abc", 3, new Set(claim.proof)])
      expect(bad({ proof })).toBe(false);
    expect(bad({ size: 8.5 })).toBe(false);
    const alone = inclusion(0, 1);
    expect(verifyInclusion(alone)).toBe(true);
    for (const h of malformedHashes) {
      const both = { leaf: h, root: h } as Pick<InclusionClaim, "leaf" | "root">;
      expect(verifyInclusion({ ...alone, ...both })).toBe(false);
    }
    expect(verifyInclusion({ ...alone, index: 1 })).toBe(false);
    expect(verifyInclusion({ ...alone, index: -1, size: 0 })).toBe(false);
    expect(verifyInclusion({ ...alone, index: 0, size: 0 })).toBe(false);
    expect(verifyInclusion({ ...alone, index: 0.5 })).toBe(false);
  });

  it("are over SHA3-256 where no hash is given", () => {
    const d = someLeaves(sha3, 5);
    const claim = { index: 3, size: 5, leaf: d[3]!, proof: path(sha3, 3, d), root: treeHash(sha3, d) };
    expect(verifyInclusion(claim)).toBe(true);
    expect(verifyInclusion({ ...claim, hash: sha256 })).toBe(false);
  });
});

describe("consistency proofs", () => {
  it("hold for every pair of sizes, and for nothing else", () => {
    const refused: ConsistencyClaim[] = [];
    const accepted: ConsistencyClaim[] = [];
    const refuse = (claim: ConsistencyClaim) => verifyConsistency(claim) && accepted.push(claim);
    for (const size2 of sizes) {
      for (const size1 of sizes.slice(0, size2)) {
        const claim = consistency(size1, size2);
        if (!verifyConsistency(claim)) refused.push(claim);
        for (const proof of wrongProofs(claim.proof)) refuse({ ...claim, proof });
        for (let bit = 0; bit < 256; bit += 37) {
          refuse({ ...claim, root1: flipBit(claim.root1, bit) });
          refuse({ ...claim, root2: flipBit(claim.root2, bit) });
        }
        for (const [n, root] of roots.entries()) {
          if (n !== size1) refuse({ ...claim, root1: root });
          if (n !== size1) refuse({ ...claim, size1: n, root1: root });
          if (n !== size2) refuse({ ...claim, root2: root });
          if (n !== size2) refuse({ ...claim, size2: n, root2: root });
        }
      }
    }
    expect([refused.slice(0, 3), accepted.slice(0, 3)]).toEqual([[], []]);
  });

  it("malformed input is false and never thrown", () => {
    const claim = consistency(6, 8);
    const bad = (change: object) => verifyConsistency({ ...claim, ...change } as ConsistencyClaim);
    for (const n of malformedNumbers) expect([bad({ size1: n }), bad({ size2: n })]).toEqual([false, false]);
    for (const h of malformedHashes) {
      expect([bad({ root1: h }), bad({ root2: h }), bad({ proof: [h] })]).toEqual([false, false, false]);
      expect(bad({ proof: claim.proof.with(1, h as Uint8Array) })).toBe(false);
    }
    for (const proof of [null, undefined, {}, "abc", 3]) expect(bad({ proof })).toBe(false);
    for (const h of malformedHashes) {
      expect(bad({ size1: 8, root1: h, root2: h, proof: [] })).toBe(false);
    }
    expect(bad({ size1: 8, size2: 6, root1: roots[8], root2: roots[6] })).toBe(false);
    expect(bad({ size1: -1, size2: -1, root1: other, root2: other, proof: [] })).toBe(false);
    expect(bad({ size1: 2.5, size2: 2.5, root1: other, root2: other, proof: [] })).toBe(false);
    expect(bad({ size2: 8.5 })).toBe(false);
    expect(bad({ size1: 8, size2: 6, root1: other, root2: other, proof: [] })).toBe(false);
    expect(bad({ size1: 6, size2: 8, proof: [] })).toBe(false);
  });

  it("nothing is claimed of the empty tree", () => {
    const root1 = roots[0]!;
    for (const size2 of [0, 1, 8]) {
      const root2 = roots[size2]!;
      for (const proof of [[], [root2], [root1]]) {
        expect(verifyConsistency({ size1: 0, size2, root1, root2, proof, hash: sha256 })).toBe(false);
      }
    }
  });

  it("are over SHA3-256 where no hash is given", () => {
    const d = someLeaves(sha3, 7);
    const [root1, root2] = [treeHash(sha3, d.slice(0, 3)), treeHash(sha3, d)];
    const claim = { size1: 3, size2: 7, root1, root2, proof: subproof(sha3, 3, d) };
    expect(verifyConsistency(claim)).toBe(true);
    expect(verifyConsistency({ ...claim, hash: sha256 })).toBe(false);
  });
});

describe("trees beyond 32 bits", () => {
  // All leaves are alike but one: every root can be said without the leaves.
  const common = someLeaves(sha256, 1)[0]!;
  const perfect = [common];
  while (perfect.length < 54) perfect.push(nodeHash(sha256, perfect.at(-1)!, perfect.at(-1)!));
  const alike = (lo: number, hi: number): Uint8Array => {
    const pieces = alignedSubtrees(0, hi - lo).map((t) => perfect[Math.round(Math.log2(t.hi - t.lo))]!);
    return CompactRange.fromFrontier(sha256, hi - lo, pieces)!.root();
  };
  const rootWith = (special: number, lo: number, hi: number): Uint8Array => {
    if (special < lo || special >= hi) return alike(lo, hi);
    if (hi - lo === 1) return other;
    const middle = lo + splitPoint(hi - lo);
    return nodeHash(sha256, rootWith(special, lo, middle), rootWith(special, middle, hi));
  };
  const most = Number.MAX_SAFE_INTEGER;
  const places = [
    0,
    1,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 32 + 5,
    2 ** 52 - 1,
    2 ** 52,
    most - 2,
    most - 1,
  ];

  it("inclusion", () => {
    for (const size of [2 ** 31 + 1, 2 ** 32, 2 ** 32 + 7, 2 ** 52 + 2 ** 32 + 1, most]) {
      for (const index of places.filter((place) => place < size)) {
        const proof = inclusionRanges(index, size).map(({ lo, hi }) => alike(lo, hi));
        const claim = { index, size, leaf: other, proof, root: rootWith(index, 0, size), hash: sha256 };
        expect(verifyInclusion(claim)).toBe(true);
        for (const i of places) if (i !== index) expect(verifyInclusion({ ...claim, index: i })).toBe(false);
        expect(verifyInclusion({ ...claim, size: size % 2 ** 31 })).toBe(false);
      }
    }
  });

  it("consistency", () => {
    for (const size2 of [2 ** 31 + 1, 2 ** 32 + 7, 2 ** 52 + 2 ** 32 + 1, most]) {
      for (const size1 of [...places, most].filter((place) => place > 0 && place <= size2)) {
        const special = Math.floor(size1 / 2);
        const rootOf = (lo: number, hi: number) => rootWith(special, lo, hi);
        const proof = consistencyRanges(size1, size2).map(({ lo, hi }) => rootOf(lo, hi));
        const [root1, root2] = [rootOf(0, size1), rootOf(0, size2)];
        const claim = { size1, size2, root1, root2, proof, hash: sha256 };
        expect(verifyConsistency(claim)).toBe(true);
        if (size1 < size2) expect(verifyConsistency({ ...claim, size1: size1 + 1 })).toBe(false);
        expect(verifyConsistency({ ...claim, proof: [...proof, other] })).toBe(false);
      }
    }
  });
});

// transparency-dev/merkle's probes run beside the tests: SCLAW_VECTORS names their folder.
const vectors = process.env["SCLAW_VECTORS"];
const file = vectors === undefined ? undefined : `${vectors}/rfc6962-sha256-probes.json`;

describe.runIf(file !== undefined)("published probes of transparency-dev/merkle", () => {
  interface Probes {
    readonly inclusion: readonly {
      readonly name: string;
      readonly leafIdx: number;
      readonly treeSize: number;
      readonly root: string;
      readonly leafHash: string;
      readonly proof: readonly string[] | null;
      readonly wantErr: boolean;
    }[];
    readonly consistency: readonly {
      readonly name: string;
      readonly size1: number;
      readonly size2: number;
      readonly root1: string;
      readonly root2: string;
      readonly proof: readonly string[] | null;
      readonly wantErr: boolean;
    }[];
  }
  const none: Probes = { inclusion: [], consistency: [] };
  const probes = file === undefined ? none : (JSON.parse(readFileSync(file, "utf8")) as Probes);
  const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));

  it.each(probes.inclusion)("$name", (p) => {
    const proof = (p.proof ?? []).map(bytes);
    const [leaf, root] = [bytes(p.leafHash), bytes(p.root)];
    const holds = verifyInclusion({ index: p.leafIdx, size: p.treeSize, leaf, proof, root, hash: sha256 });
    expect(holds).toBe(!p.wantErr);
  });

  it.each(probes.consistency)("$name", (p) => {
    const { size1, size2 } = p;
    const proof = (p.proof ?? []).map(bytes);
    const [root1, root2] = [bytes(p.root1), bytes(p.root2)];
    expect(verifyConsistency({ size1, size2, root1, root2, proof, hash: sha256 })).toBe(!p.wantErr);
  });

  it("are all there", () => {
    expect([probes.inclusion.length, probes.consistency.length]).toEqual([98, 97]);
  });
});
