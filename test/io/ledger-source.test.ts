import { createHash } from "node:crypto";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { type LedgerSource, openLedger } from "../../src/io/ledger-source.js";
import { type LedgerBytes, verifyWith } from "../../src/ledger/verify.js";
import { engine, trustOf } from "../support/verify.js";

const folder = mkdtempSync(join(tmpdir(), "sclaw-source-"));
afterAll(() => rmSync(folder, { recursive: true }));

const fixture = (path: string) => readFileSync(new URL(`../../fixtures/${path}`, import.meta.url));
const reused = fixture("bad/nonce.reused/ledger.jsonl");
const trust = trustOf(fixture("keys.json").toString("utf8"));

async function allOf(bytes: LedgerBytes): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes as AsyncIterable<Uint8Array>) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

function stored(name: string, bytes: Uint8Array): LedgerSource {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return openLedger(path, { digest: true });
}

describe("a ledger on disk", () => {
  it.each([
    ["as it is", reused],
    ["a byte long", Buffer.of(0x0a)],
    ["empty", Buffer.of()],
  ])("can be read again: %s", async (name, bytes) => {
    const source = stored(`${name}.jsonl`, bytes);
    for (const read of [() => source.bytes, source.readAgain!, source.readAgain!]) {
      expect(await allOf(read())).toEqual(bytes);
      expect(source.readBytes).toBe(bytes.length);
    }
    expect(source.digest!.digest("hex")).toBe(sha256(bytes));
  });

  it("can be read again: gzip", async () => {
    const bytes = gzipSync(reused);
    const source = stored("ledger.jsonl.gz", bytes);
    expect(await allOf(source.bytes)).toEqual(reused);
    expect(await allOf(source.readAgain!())).toEqual(reused);
    expect(source.digest!.digest("hex")).toBe(sha256(bytes));
  });

  it("is read again as far as before, where it has grown meanwhile", async () => {
    const source = stored("growing.jsonl", reused);
    expect(await allOf(source.bytes)).toEqual(reused);
    appendFileSync(join(folder, "growing.jsonl"), reused);
    expect(await allOf(source.readAgain!())).toEqual(reused);
  });

  it("is verified in two looks", async () => {
    const verdict = await verifyWith(engine, [stored("two.jsonl", reused)], { trust }, undefined, 0);
    expect(verdict.findings.map(({ code }) => code)).toEqual(["nonce.reused"]);
  });
});
