import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { standard } from "../../fixtures/make/story.mjs";
import { linesIn } from "../../src/io/byte-range.js";
import { PartFile, PartWriter } from "../../src/io/part-file.js";
import type { KernelModule } from "../../src/kernel/kernel.js";
import { encodeBlock, encodeFile, encodeHead, withoutOrdinaryLines } from "../../src/kernel/part.js";
import type { TrustFile } from "../../src/keys/trust-file.js";
import { verifyBlocks, verifyWith } from "../../src/ledger/verify.js";
import { builtKernels, sharedRecognizer } from "../support/kernel.js";
import { seeded } from "../support/seeded.mjs";
import { type Asked, bytesOfSource, engine, optionsOf, trust, trustOf } from "../support/verify.js";

const folder = mkdtempSync(join(tmpdir(), "sclaw-parts-"));
afterAll(() => rmSync(folder, { recursive: true }));

let module: KernelModule;
beforeAll(async () => {
  module = (await builtKernels()).at(-1)!;
});

/** Writes the part of one file, and returns where. */
async function part(ledger: string, from: number, to: number, keys: TrustFile, tenant = ""): Promise<string> {
  const kernel = await sharedRecognizer(module, keys, tenant === "" ? undefined : tenant);
  const path = join(folder, `${from}-${to}`);
  const pieces: Uint8Array[] = [];
  const writer = new PartWriter((bytes) => pieces.push(bytes.slice()));
  const files = [{ name: "ledger", bytes: readFileSync(ledger).length }];
  writer.add(encodeHead({ format: "sclaw.part/1", keys: keys.fingerprint, tenant, files, from, to }));
  writer.add(encodeFile(0));
  for await (const block of kernel.blocks(linesIn(ledger, from, to)))
    writer.add(encodeBlock(withoutOrdinaryLines(block)));
  writer.end();
  writeFileSync(path, Buffer.concat(pieces));
  return path;
}

const random = seeded(6);
const placeIn = (length: number) => Math.floor(random() * (length + 1));

/** Verifies a ledger whole, and in parts cut at random places, and expects the same. */
async function expectSame(bytes: Uint8Array, asked: Asked & { readonly trust: TrustFile }): Promise<void> {
  const { tenant, ...rest } = asked;
  const options = { ...rest, ...(tenant === undefined ? {} : { tenant }) } as Parameters<
    typeof verifyWith
  >[2];
  const whole = await verifyWith(engine, [{ name: "ledger", bytes }], options);
  const ledger = join(folder, "ledger.jsonl");
  writeFileSync(ledger, bytes);
  const cuts = [0, ...Array.from({ length: 3 }, () => placeIn(bytes.length)), bytes.length].sort(
    (a, b) => a - b,
  );
  const paths: string[] = [];
  for (let i = 1; i < cuts.length; i++)
    paths.push(await part(ledger, cuts[i - 1]!, cuts[i]!, asked.trust, tenant));
  const blocks = function* () {
    for (const path of paths) yield* new PartFile(path).blocksOf(0, asked.trust.keys.size);
  };
  for (const remembered of [undefined, 0]) {
    const merged = await verifyBlocks(engine, [{ name: "ledger", blocks }], options, remembered);
    expect(merged, JSON.stringify(cuts)).toStrictEqual(whole);
  }
}

describe("parts of a ledger come to the verdict of the whole", () => {
  const corpus = new URL("../conformance/corpus/", import.meta.url);
  const read = (path: string) => readFileSync(new URL(path, corpus));
  const cases = JSON.parse(read("cases.json").toString("utf8")) as {
    readonly case: string;
    readonly args?: readonly string[];
  }[];
  const keys = trustOf(read("keys.json").toString("utf8"));

  it.each(cases)("of the corpus: $case", async ({ case: name, args = [] }) => {
    const own = new URL(`${name}/keys.json`, corpus);
    const asked = optionsOf(args, (path) => read(`${name}/${path}`).toString("utf8"));
    const its = existsSync(own) ? trustOf(readFileSync(own, "utf8")) : keys;
    await expectSame(read(`${name}/ledger.jsonl`), { ...asked, trust: its });
  });

  it("where a line is longer than a part, or nothing but LFs", async () => {
    const long = Buffer.concat([
      Buffer.from(standard().text()),
      Buffer.alloc(1_200_000, "x"),
      Buffer.from("\n\n\n"),
    ]);
    await expectSame(long, { trust });
    await expectSame(Buffer.from("\n\n\n\n"), { trust });
    await expectSame(Buffer.alloc(0), { trust });
  });
});

describe("a part", () => {
  it("that is damaged anywhere, cut, or longer is refused", async () => {
    const ledger = join(folder, "ledger.jsonl");
    const bytes = bytesOfSource(standard());
    writeFileSync(ledger, bytes);
    const good = readFileSync(await part(ledger, 0, 4000, trust));
    const path = join(folder, "damaged");
    const verdict = (bytes: Uint8Array) => {
      writeFileSync(path, bytes);
      try {
        return [...new PartFile(path).blocksOf(0, trust.keys.size)].length;
      } catch (error) {
        return (error as Error).message.replace(path, "PART");
      }
    };
    expect(verdict(good)).toBeGreaterThan(0);
    for (let at = 0; at < good.length; at++) {
      const flipped = Buffer.from(good);
      flipped[at]! ^= 1 << (at & 7);
      expect(verdict(flipped), `byte ${at}`).toMatch(/^cannot read the part PART: expected /);
    }
    for (let length = 0; length < good.length; length += 7) {
      expect(verdict(good.subarray(0, length)), `cut at ${length}`).toMatch(
        /^cannot read the part PART: expected /,
      );
    }
    expect(verdict(Buffer.concat([good, Buffer.of(0)]))).toMatch(/expected the digest/);
  });
});
