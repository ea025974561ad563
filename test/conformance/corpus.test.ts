import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { optionsOf, trustOf, verify } from "../support/verify.js";

const folder = new URL("corpus/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, folder));

/** One ledger of an independent maker (corpus/README.md). */
interface Case {
  readonly case: string;
  readonly about: string;
  readonly ok: boolean;
  readonly must: readonly string[];
  readonly may: readonly string[];
  readonly lines?: readonly number[];
  readonly args?: readonly string[];
}

const cases = JSON.parse(read("cases.json").toString("utf8")) as Case[];
const keys = trustOf(read("keys.json").toString("utf8"));

describe("the conformance corpus", () => {
  it("has a case for every folder", () => {
    const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map((entry) => entry.name).sort()).toEqual(cases.map((one) => one.case).sort());
  });

  it.each(cases)("$case: $about", async ({ case: name, ok, must, may, lines = [], args = [] }) => {
    const own = new URL(`${name}/keys.json`, folder);
    const trust = existsSync(own) ? trustOf(readFileSync(own, "utf8")) : keys;
    const asked = optionsOf(args, (path) => read(`${name}/${path}`).toString("utf8"));
    const result = await verify(read(`${name}/ledger.jsonl`), { ...asked, trust });

    const codes = new Set<string>(result.findings.map((finding) => finding.code));
    expect([...codes]).toEqual(expect.arrayContaining([...must]));
    expect([...codes].filter((code) => !must.includes(code) && !may.includes(code))).toEqual([]);
    expect(result.integrity === "verified" && result.deviations === 0).toBe(ok);
    if (must.length > 0) {
      for (const line of lines) {
        const named = result.findings.filter((finding) => finding.line === line);
        expect(named.some((finding) => must.includes(finding.code)), `line ${line}`).toBe(true);
      }
    }
  });
});
