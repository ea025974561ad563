import { beforeAll, describe, expect, it } from "vitest";
import { encodeHex } from "../../src/bytes/hex.js";
import { CompactRange } from "../../src/merkle/compact-range.js";
import { alignedSubtrees } from "../../src/merkle/subtrees.js";
import { ctLeaves, sha3 } from "../merkle/reference.js";
import { seeded } from "../support/seeded.mjs";
import { type TestingModule, testingModule } from "./testing-module.mjs";

interface Hashing {
  readonly jobBytes: { readonly value: number };
  readonly subtreeBytes: { readonly value: number };
  readonly hashMany: (jobs: number, count: number) => void;
  readonly hashOne: (out: number, message: number, length: number) => void;
  readonly subtrees: (leaves: number, count: number, start: number, out: number) => number;
  readonly nodes: (out: number, pairs: number, count: number) => void;
}

const room = 1 << 21;
const mostJobs = 1000;

let module: TestingModule<Hashing>;
let data: number;
let jobs: number;
let digests: number;
let jobBytes: number;
let subtreeBytes: number;

beforeAll(async () => {
  module = await testingModule<Hashing>("testing-hash.ts");
  jobBytes = module.kernel.jobBytes.value;
  subtreeBytes = module.kernel.subtreeBytes.value;
  data = module.take(room);
  jobs = module.take(mostJobs * jobBytes);
  digests = module.take(mostJobs * 32);
  const random = seeded(1);
  const bytes = module.bytes(data, room);
  for (let i = 0; i < room; i++) bytes[i] = random() * 256;
}, 120_000);

interface Job {
  readonly from: number;
  readonly length: number;
  readonly out: number;
}

function hashMany(list: readonly Job[]): void {
  list.forEach(({ from, length, out }, i) => {
    const at = jobs + jobBytes * i;
    module.view().setUint32(at, from, true);
    module.view().setUint32(at + 4, length, true);
    module.view().setUint32(at + 8, out, true);
    module.view().setUint32(at + 12, 0xffff_ffff, true);
  });
  module.kernel.hashMany(jobs, list.length);
}

const digestAt = (at: number) => encodeHex(module.bytes(at, 32));
const expected = (from: number, length: number) => encodeHex(sha3(module.bytes(from, length)));

/** Hashes messages of these lengths that lie anywhere in the data, and compares. */
function check(lengths: readonly number[], random: () => number): void {
  const list = lengths.map((length, i) => ({
    from: data + Math.floor(random() * (room - length)),
    length,
    out: digests + 32 * i,
  }));
  hashMany(list);
  for (const [i, { from, length, out }] of list.entries())
    if (digestAt(out) !== expected(from, length))
      throw new Error(`expected the digest of ${length} bytes at ${from}, as number ${i} of [${lengths}]`);
}

describe("SHA3-256", () => {
  it("of messages whose digests are published", () => {
    const published = [
      ["", "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"],
      ["abc", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"],
      [
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "41c0dba2a9d6240849100376a8235e2c82e1b9998a999e21db32dd97496d3376",
      ],
      // The example of 1600 bits that NIST gives with FIPS 202.
      ["\u00a3".repeat(200), "79f38adec5c20307a98ef76e8324afbfd46cfd81b22e3973c65fa1bd9de31787"],
    ];
    const at = module.take(256);
    for (const [text = "", digest] of published) {
      module.bytes(at, 256).set(Buffer.from(text, "latin1"));
      module.kernel.hashOne(digests, at, text.length);
      expect(digestAt(digests)).toBe(digest);
    }
  });

  it("of one message of each length", () => {
    const lengths = [...Array.from({ length: 701 }, (_, i) => i), 8191, 8192, 100_001, 1_000_000];
    for (const length of lengths) {
      const from = data + length;
      module.kernel.hashOne(digests, from, length);
      if (digestAt(digests) !== expected(from, length)) expect.fail(`a message of ${length} bytes`);
    }
  });

  it("of two messages of one length, for each length", () => {
    const random = seeded(2);
    for (let length = 0; length <= 700; length++) check([length, length], random);
    check([1_000_000, 1_000_000], random);
  });

  it("of as many messages as there are, in any mixture of lengths", () => {
    const random = seeded(3);
    const below = (n: number) => Math.floor(random() * n);
    check([], random);
    for (let count = 1; count <= 40; count++)
      for (const most of [1, 9, 137, 140, 300, 3000])
        check(
          Array.from({ length: count }, () => below(most + 1)),
          random,
        );
    check(
      Array.from({ length: mostJobs }, () => below(2000)),
      random,
    );
    const long = 500_000;
    for (const lengths of [
      [long, 0, 1, 136],
      [0, long],
      [65, long, 65, 65],
      [136, 272, long, 135, 0],
    ])
      check(lengths, random);
  });

  it("of the last bytes that the memory has", () => {
    const end = module.view().byteLength;
    for (let length = 0; length <= 300; length++) {
      module.kernel.hashOne(digests, end - length, length);
      if (digestAt(digests) !== expected(end - length, length)) expect.fail(`the last ${length} bytes`);
    }
  });

  it("writes nothing but the digest", () => {
    const at = module.take(96);
    for (const length of [0, 135, 136, 1000]) {
      module.bytes(at, 96).fill(0xee);
      hashMany([{ from: data, length, out: at + 32 }]);
      expect(module.bytes(at, 32)).toEqual(new Uint8Array(32).fill(0xee));
      expect(module.bytes(at + 64, 32)).toEqual(new Uint8Array(32).fill(0xee));
    }
  });

  it("lets a digest lie on its message and on those of earlier jobs, which may take longer", () => {
    const random = seeded(4);
    const from = module.take(200_000);
    for (let run = 0; run < 400; run++) {
      const most = run % 2 === 0 ? 200 : 3000;
      const list: Job[] = [];
      let end = from;
      for (let i = 0; i < 20; i++) {
        const length = Math.floor(random() * most);
        // Anywhere before the end of this message, where no other digest lies.
        const free = (out: number) =>
          out + 32 <= end + length && list.every((job) => out + 32 <= job.out || job.out + 32 <= out);
        let out = from + Math.floor(random() * (end + length - from));
        if (!free(out)) out = digests + 32 * i;
        list.push({ from: end, length, out });
        end += length;
      }
      const bytes = module.bytes(from, end - from);
      for (let i = 0; i < bytes.length; i++) bytes[i] = random() * 256;
      const digestsOf = list.map(({ from, length }) => expected(from, length));
      hashMany(list);
      expect(list.map(({ out }) => digestAt(out))).toEqual(digestsOf);
    }
  });
});

it("is the same beside the other field", async () => {
  const { kernel, take, bytes } = await testingModule<Hashing>("testing-hash.ts", "fma");
  const at = take(1000);
  for (let length = 0; length < 300; length++) {
    kernel.hashOne(at, at + 32, length);
    expect(bytes(at, 32)).toEqual(sha3(bytes(at + 32, length)));
  }
});

/** What `subtrees` gives for these leaf hashes. */
function subtrees(leaves: readonly Uint8Array[], start: number): { size: number; root: string }[] {
  leaves.forEach((leaf, i) => {
    module.bytes(data + 32 * i, 32).set(leaf);
  });
  const out = digests;
  const count = module.kernel.subtrees(data, leaves.length, start, out);
  return Array.from({ length: count }, (_, i) => ({
    size: module.view().getFloat64(out + subtreeBytes * i, true),
    root: digestAt(out + subtreeBytes * i + 8),
  }));
}

/** What they are, by the code that goes leaf by leaf. */
function expectedSubtrees(leaves: readonly Uint8Array[], start: number): { size: number; root: string }[] {
  const range = CompactRange.empty(sha3, start);
  for (const leaf of leaves) range.append(leaf);
  const sizes = alignedSubtrees(start, start + leaves.length);
  return range.hashes.map((root, i) => ({ size: sizes[i]!.hi - sizes[i]!.lo, root: encodeHex(root) }));
}

const randomLeaves = (count: number, random: () => number): Uint8Array[] =>
  Array.from({ length: count }, () => Uint8Array.from({ length: 32 }, () => random() * 256));

describe("aligned subtrees", () => {
  const starts = [
    ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 31, 33],
    ...[2 ** 20 - 3, 2 ** 20, 2 ** 31 - 1, 2 ** 32 - 2, 2 ** 32 + 1, 2 ** 40 + 5, 2 ** 53 - 71],
  ];

  it.each(starts)("of a range that begins at %d", (start) => {
    const random = seeded(start % 1000);
    for (let count = 0; count <= 70; count++) {
      const leaves = randomLeaves(count, random);
      expect(subtrees(leaves, start)).toEqual(expectedSubtrees(leaves, start));
    }
  });

  it("of thousands of leaves", () => {
    const random = seeded(5);
    for (const count of [1023, 1024, 4096, 5001])
      for (const start of [0, 1, 4096, 2 ** 40 + 5, 2 ** 53 - 1 - count]) {
        const leaves = randomLeaves(count, random);
        expect(subtrees(leaves, start)).toEqual(expectedSubtrees(leaves, start));
      }
  });

  it("over the leaves of certificate transparency are the format's roots", () => {
    const leaves = ctLeaves.map((leaf) => sha3(Uint8Array.of(0, ...leaf)));
    expect(subtrees(leaves, 0)).toEqual([
      { size: 8, root: "da799b626ea73f9f5e404ef56ddac189d7f8a4c00b5c317b6ed69463a441ae3f" },
    ]);
  });

  it("join nodes in place, and beside", () => {
    const random = seeded(6);
    for (let count = 0; count <= 9; count++)
      for (const out of [0, 32, 64]) {
        const row = data + 64;
        const pairs = randomLeaves(2 * count, random);
        pairs.forEach((leaf, i) => {
          module.bytes(row + 32 * i, 32).set(leaf);
        });
        module.kernel.nodes(data + out, row, count);
        for (let i = 0; i < count; i++)
          expect(digestAt(data + out + 32 * i)).toBe(
            encodeHex(sha3(Uint8Array.of(1, ...pairs[2 * i]!, ...pairs[2 * i + 1]!))),
          );
      }
  });
});
