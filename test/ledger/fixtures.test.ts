import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { makeFiles } from "../../fixtures/make.mjs";
import { catalogue, type FindingCode, kindOf } from "../../src/findings/catalogue.js";
import { brief, optionsOf, trustOf, verifyFiles } from "../support/verify.js";

const folder = new URL("../../fixtures/", import.meta.url);
const bytes = (path: string) => readFileSync(new URL(path, folder));
const text = (path: string) => bytes(path).toString("utf8");

interface GoodCase {
  readonly name: string;
  readonly about: string;
  readonly files: readonly string[];
  readonly args: readonly string[];
}

interface BadCase {
  readonly about: string;
  readonly args: readonly string[];
  readonly must: readonly FindingCode[];
  readonly may: readonly FindingCode[];
  readonly findings: readonly {
    readonly code: FindingCode;
    readonly line: number;
    readonly follows_from?: number;
  }[];
}

const keys = trustOf(text("keys.json"));
const good = JSON.parse(text("good/cases.json")) as GoodCase[];
const bad = readdirSync(new URL("bad/", folder)) as FindingCode[];

describe("the fixtures on disk", () => {
  const made = makeFiles();

  it("are what their script makes, byte for byte", () => {
    const differing = [...made].filter(([path, content]) => !bytes(path).equals(Buffer.from(content)));
    expect(differing.map(([path]) => path)).toEqual([]);
  });

  it("hold nothing that their script does not make", () => {
    const onDisk = ["good", "bad"].flatMap((name) =>
      readdirSync(new URL(`${name}/`, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) =>
          `${entry.parentPath}/${entry.name}`.slice(folder.pathname.length).replaceAll("//", "/"),
        ),
    );
    expect(onDisk.sort()).toEqual([...made.keys()].filter((path) => /^(good|bad)\//.test(path)).sort());
  });

  it("have a ledger for every finding code that verify makes", () => {
    const codes = (Object.keys(catalogue) as FindingCode[]).filter(
      (code) => kindOf(code).byControls !== true,
    );
    expect(bad.toSorted()).toEqual(codes.sort());
  });
});

describe("good ledgers", () => {
  it.each(good)("$name: $about", async ({ files, args }) => {
    const asked = optionsOf(args, (path) => text(`good/${path}`));
    const result = await verifyFiles(
      files.map((file) => bytes(`good/${file}`)),
      { ...asked, trust: keys },
    );
    expect(brief(result.findings)).toEqual([]);
    expect(result.integrity).toBe("verified");
    expect(result.level).toBe(asked.since === undefined ? "L0" : "L1");
    expect(result.stopped).toBeUndefined();
  });

  it("show every decision, tier and status", async () => {
    const { counts } = await verifyFiles([bytes("good/standard.jsonl")], { trust: keys });
    for (const kinds of Object.values(counts)) {
      for (const [kind, count] of Object.entries(kinds)) expect(count, kind).toBeGreaterThan(0);
    }
  });
});

describe("bad ledgers", () => {
  it.each(bad)("%s", async (code) => {
    const expected = JSON.parse(text(`bad/${code}/case.json`)) as BadCase;
    const asked = optionsOf(expected.args, (path) => text(`bad/${code}/${path}`));
    const result = await verifyFiles([bytes(`bad/${code}/ledger.jsonl`)], { ...asked, trust: keys });

    const said = result.findings.map(({ code, line, follows_from }) => ({
      code,
      line,
      ...(follows_from === undefined ? {} : { follows_from }),
    }));
    expect(said).toEqual(expected.findings);
    expect(expected.must).toEqual([code]);
    for (const finding of result.findings) {
      expect(finding.severity).toBe(kindOf(finding.code).severity);
      expect([...expected.must, ...expected.may]).toContain(finding.code);
      expect(finding.message).toContain(finding.expected);
      expect(finding.message).toContain(finding.actual);
    }
    const errors = result.findings.filter((finding) => finding.severity === "error").length;
    const deviations = result.findings.filter((finding) => finding.severity === "deviation").length;
    expect(result.integrity).toBe(errors > 0 ? "failed" : "verified");
    expect(result.deviations).toBe(deviations);
  });
});
