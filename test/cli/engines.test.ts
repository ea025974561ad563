import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { inFolder, root, sclaw } from "../support/sclaw.js";

const standard = join(root, "fixtures/good/standard.jsonl");
const bad = join(root, "fixtures/bad/approval.quorum/ledger.jsonl");
const keys = join(root, "fixtures/keys.json");

/** The verdict of a command as JSON, with what was asked of its engine. */
function verdict(ledgers: readonly string[], engine: readonly string[], input?: Uint8Array) {
  const args = ["verify", ...ledgers, "--keys", keys, "--format", "json", ...engine];
  const { status, stdout, stderr } = sclaw(args, input === undefined ? {} : { input });
  return { status, stdout, stderr };
}

describe("verify gives one verdict", { timeout: 600_000 }, () => {
  const engines = [["noble"], ["kernel-integer"], ["auto", "--jobs", "1"], ["auto", "--jobs", "3"]];

  it.each(engines)("by --engine %s %s %s", (...engine) => {
    const asked = ["--engine", ...engine.filter((word) => word !== undefined)];
    for (const ledger of [standard, bad]) {
      const expected = verdict([ledger], ["--engine", "node"]);
      expect(expected.status).toBe(ledger === standard ? 0 : 1);
      expect(verdict([ledger], asked)).toEqual(expected);
    }
    const bytes = readFileSync(standard);
    const half = bytes.indexOf(0x0a, bytes.length >> 1) + 1;
    inFolder((folder) => {
      const files = ["a.jsonl", "b.jsonl", "c.jsonl.gz"].map((name) => join(folder, name));
      writeFileSync(files[0]!, bytes.subarray(0, half));
      writeFileSync(files[1]!, bytes.subarray(half));
      writeFileSync(files[2]!, gzipSync(bytes.subarray(half)));
      for (const ledgers of [files.slice(0, 2), [files[0]!, files[2]!]])
        expect(verdict(ledgers, asked)).toEqual(verdict(ledgers, ["--engine", "node"]));
    });
    expect(verdict(["-"], asked, bytes)).toEqual(verdict(["-"], ["--engine", "node"], bytes));
  });
});
