import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { corpusKeys, inFolder, ledgerOf, sclaw } from "../support/sclaw.js";

const seed = "f85c342b0ccb0518d246e7db7e7686d3";
const standard = ledgerOf("valid-standard");
const keyed = (...args: readonly string[]) => [...args, "--keys", corpusKeys];
const json = (...args: readonly string[]) => {
  const run = sclaw(keyed(...args, "--format", "json"));
  return { ...run, value: run.stdout === "" ? undefined : JSON.parse(run.stdout) };
};
const idsOf = (value: { items: { receipt_id: string }[] }) => value.items.map((item) => item.receipt_id);
/** A folder with the ledger and its keys, as an examiner has them. */
const inExaminersFolder = (work: (folder: string) => void) =>
  inFolder((folder) => {
    copyFileSync(standard, join(folder, "ledger.jsonl"));
    copyFileSync(corpusKeys, join(folder, "keys.json"));
    work(folder);
  });

describe("sclaw sample", () => {
  it("in a folder with ledger.jsonl and keys.json just works, and says how to draw the same again", () => {
    inExaminersFolder((cwd) => {
      const first = sclaw(["sample", "--n", "5"], { cwd });
      expect(first.status).toBe(0);
      expect(first.stdout).toContain("- **sample**: 5 of 19\n");
      const [, again] = /draw the same again: sclaw (.*)\n/.exec(first.stderr)!;
      const second = sclaw(again!.split(" "), { cwd });
      const itemsOf = (text: string) => text.split("## Items")[1]!.split("## Attributes")[0];
      expect(itemsOf(second.stdout)).toBe(itemsOf(first.stdout));
      expect(second.stderr).toBe("");
      const other = sclaw(["sample", "--n", "5"], { cwd });
      expect(itemsOf(other.stdout)).not.toBe(itemsOf(first.stdout));
    });
  });

  it("draws the same, whether the export is a file, compressed, in pieces or on standard input", () => {
    inFolder((folder) => {
      const bytes = readFileSync(standard);
      const path = (name: string, content: Uint8Array) => {
        writeFileSync(join(folder, name), content);
        return join(folder, name);
      };
      const cut = bytes.indexOf("\n", bytes.length / 2) + 1;
      const files = [path("a", bytes.subarray(0, cut)), path("b", bytes.subarray(cut))];
      const options = ["--n", "6", "--seed", seed];
      const expected = idsOf(json("sample", standard, ...options).value);
      expect(expected).toHaveLength(6);
      expect(idsOf(json("sample", path("x.gz", gzipSync(bytes)), ...options).value)).toEqual(expected);
      expect(idsOf(json("sample", ...files, ...options).value)).toEqual(expected);
      const piped = sclaw(keyed("sample", "-", ...options, "--format", "json"), { input: bytes });
      expect(idsOf(JSON.parse(piped.stdout))).toEqual(expected);
    });
  });

  it("reads once more where the last line does not tell the root", () => {
    inFolder((folder) => {
      const path = join(folder, "ledger.jsonl");
      writeFileSync(path, `${readFileSync(standard, "utf8")}{"unknown":1}\n`);
      const run = json("sample", path, "--n", "4", "--seed", seed, "--unverified");
      expect(run.status).toBe(1);
      expect(idsOf(run.value)).toEqual(idsOf(json("sample", standard, "--n", "4", "--seed", seed).value));
    });
  });

  it("gives 10 as the first of 15, stratified or not", () => {
    for (const stratify of [[], ["--stratify", "tier"]]) {
      const draw = (n: string) =>
        idsOf(json("sample", standard, "--n", n, "--seed", seed, ...stratify).value);
      expect(draw("15").slice(0, 10)).toEqual(draw("10"));
    }
  });

  it("draws from the population that a filter or one control selects", () => {
    const tiers = json("sample", standard, "--n", "50", "--seed", seed, "--tier", "T2,T3").value;
    expect(new Set(tiers.items.map((item: { tier: string }) => item.tier))).toEqual(
      new Set(["T2_ELEVATED", "T3_SOVEREIGN"]),
    );
    expect(tiers.population.filter).toEqual({ tier: ["T2_ELEVATED", "T3_SOVEREIGN"] });
    const control = json("sample", standard, "--n", "50", "--seed", seed, "--control", "SC-LA-3").value;
    expect(control.population.filter).toEqual({ tier: ["T2_ELEVATED", "T3_SOVEREIGN"], ran: "yes" });
    expect(control.items).toHaveLength(6);
    expect(control.controls.map((one: { id: string }) => one.id)).toEqual(["SC-LA-3"]);
    const none = json("sample", standard, "--n", "5", "--seed", seed, "--from", "2030-01-01").value;
    expect(none.items).toEqual([]);
  });

  it("takes days as whole days, in UTC", () => {
    const count = (...filter: string[]) => json("population", standard, ...filter).value.population.count;
    expect(count("--from", "2026-06-01", "--to", "2026-06-01")).toBe(19);
    expect(count("--to", "2026-05-31")).toBe(0);
    expect(count("--from", "2026-06-01T08:10:00.000Z")).toBeLessThan(19);
  });

  it("replaces an item by the next ticket, with its reason", () => {
    const before = idsOf(json("sample", standard, "--n", "4", "--seed", seed).value);
    const next = idsOf(json("sample", standard, "--n", "5", "--seed", seed).value)[4];
    const after = json(
      "sample",
      standard,
      "--n",
      "4",
      "--seed",
      seed,
      "--replace",
      `${before[1]}=a test account`,
    ).value;
    expect(idsOf(after)).toEqual([...before, next]);
    expect(after.items[1]["replaced because"]).toBe("a test account");
    expect(after.items[4]["replacement of"]).toBe(before[1]);
  });

  it("writes each item's inclusion proof, which checks by itself", () => {
    inFolder((folder) => {
      const proofs = join(folder, "proofs");
      const run = sclaw(keyed("sample", standard, "--n", "3", "--seed", seed, "--proofs", proofs));
      expect(run.status).toBe(0);
      const files = readdirSync(proofs);
      expect(files).toHaveLength(3);
      for (const file of files) expect(sclaw(keyed("prove", "check", join(proofs, file))).status).toBe(0);
      expect(sclaw(keyed("sample", standard, "--n", "3", "--seed", seed, "--proofs", proofs)).status).toBe(2);
    });
  });

  it("warns of a seed that could have been searched for, on the paper too", () => {
    const run = sclaw(keyed("sample", standard, "--n", "3", "--seed", "20237331128159211123"));
    expect(run.stderr).toContain("warning: this seed holds at most 66 bits");
    expect(run.stdout).toContain("the seed holds at most 66 bits");
    expect(sclaw(keyed("sample", standard, "--n", "3", "--seed", seed)).stderr).toBe("");
  });

  it("refuses a ledger whose integrity fails, and marks what it makes of one all the same", () => {
    const failed = ledgerOf("flip-decision");
    const refused = sclaw(keyed("sample", failed, "--n", "3"));
    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toContain("--unverified");
    const dry = sclaw(keyed("sample", failed, "--n", "3", "--unverified", "--seed", seed));
    expect(dry.status).toBe(1);
    expect(dry.stdout.match(/UNVERIFIED/g)!.length).toBeGreaterThanOrEqual(3);
  });

  it("draws from a ledger that only shows deviations", () => {
    expect(
      sclaw(keyed("sample", ledgerOf("ctl-executed-after-deny"), "--n", "3", "--seed", seed)).status,
    ).toBe(0);
  });

  it.each<[string, readonly string[], RegExp]>([
    ["no size", [], /expected how many items/],
    ["no item", ["--n", "0"], /from 1 to/],
    ["a size that is none", ["--n", "2.5"], /whole number/],
    ["an empty seed", ["--n", "1", "--seed", "seed:"], /expected a seed/],
    ["an empty beacon", ["--n", "1", "--beacon", "beacon:"], /expected a beacon/],
    ["a seed of two lines", ["--n", "1", "--seed", "a\nb"], /printable/],
    ["a replacement without seed", ["--n", "1", "--replace", "rcpt_01KT13DC8G447Q227048V9E7GV=x"], /--seed/],
    [
      "a replacement without reason",
      ["--n", "1", "--seed", seed, "--replace", "rcpt_01KT13DC8G447Q227048V9E7GV="],
      /reason/,
    ],
    [
      "a replacement of what was not drawn",
      ["--n", "1", "--seed", seed, "--replace", "rcpt_01KT13DC8G447Q227048V9E7GV=x"],
      /was not drawn/,
    ],
    ["more strata than items", ["--n", "1", "--seed", seed, "--stratify", "tier"], /each stratum/],
    ["a tier that is none", ["--n", "1", "--tier", "T9"], /--tier/],
    ["a control that is none", ["--n", "1", "--control", "SC-X"], /SC-LA-1/],
    ["a criterion that is none", ["--n", "1", "--criteria", "CC99"], /CC6/],
    [
      "a period that ends before it begins",
      ["--n", "1", "--from", "2026-06-02", "--to", "2026-06-01"],
      /--to at or after/,
    ],
    ["a day that is none", ["--n", "1", "--from", "2026-02-30"], /Expected a day/],
    ["filters that exclude each other", ["--n", "1", "--control", "SC-LA-3", "--tier", "T0"], /SC-LA-3/],
    ["a file of no kind", ["--n", "1", "--out", "sample.doc"], /\.csv/],
    ["an --sla that is none", ["--n", "1", "--sla", "soon"], /24h/],
  ])("refuses %s", (_what, args, message) => {
    const run = sclaw(keyed("sample", standard, ...args));
    expect(run).toMatchObject({ status: 2, stdout: "" });
    expect(run.stderr).toMatch(message);
  });
});

describe("sclaw sample check", () => {
  const write = (folder: string, ...args: readonly string[]) => {
    const path = join(folder, "sample.csv");
    const run = sclaw(keyed("sample", standard, "--n", "6", "--seed", seed, "--out", path, ...args));
    expect(run).toMatchObject({ status: 0, stdout: "" });
    return path;
  };
  const checkOf = (ledger: string, path: string, ...args: readonly string[]) =>
    sclaw(keyed("sample", "check", path, ledger, ...args));
  const check = (path: string, ...args: readonly string[]) => checkOf(standard, path, ...args);

  it("repeats a selection from its CSV or its JSON", () => {
    inFolder((folder) => {
      const path = write(
        folder,
        "--stratify",
        "decision",
        "--tier",
        "T1,T2,T3",
        "--beacon",
        "20237331128159211123",
        "--unit",
        "receipt",
      );
      // Digits alone would be 2.02E+19 to a spreadsheet.
      expect(readFileSync(path, "utf8")).toContain('"beacon:20237331128159211123"');
      for (const file of [path, path.replace("csv", "json")]) {
        const run = check(file);
        expect(run.stdout).toMatch(/^REPEATED: 6 items drawn again/);
        expect(run.status).toBe(0);
      }
    });
  });

  it.each<[string, (csv: string) => string, string]>([
    [
      "another item",
      (csv) => csv.replaceAll(/rcpt_01KT13\w+/g, "rcpt_01KT13DC8G447Q227048V9E7GV"),
      "receipt_id",
    ],
    ["a row that was removed", (csv) => csv.split("\r\n").toSpliced(2, 1).join("\r\n"), "receipt_id"],
    [
      "a row that was repeated",
      (csv) => csv.split("\r\n").toSpliced(2, 0, csv.split("\r\n")[1]!).join("\r\n"),
      "draw",
    ],
    ["a decision that was changed", (csv) => csv.replace('"allow"', '"deny"'), "decision"],
    ["a mark that was changed", (csv) => csv.replace('"Y"', '"N (approval.self)"'), "SC-LA-1 A"],
    ["another seed", (csv) => csv.replaceAll("seed:f8", "seed:f9"), "receipt_id"],
    [
      "another size of the sample",
      (csv) => csv.replaceAll(`"6","sclaw.sample.v1"`, `"5","sclaw.sample.v1"`),
      "receipt_id",
    ],
  ])("finds %s", (_what, change, column) => {
    inFolder((folder) => {
      const path = write(folder);
      const csv = readFileSync(path, "utf8");
      expect(change(csv)).not.toBe(csv);
      writeFileSync(path, change(csv));
      const run = check(path);
      expect(run.status).toBe(1);
      expect(run.stdout).toMatch(/^DIFFERS/);
      expect(run.stdout).toContain(column);
    });
  });

  it("finds a paper of another ledger, and repeats one of a ledger that has grown", () => {
    inFolder((folder) => {
      const path = write(folder);
      const other = checkOf(ledgerOf("rewrite-old-checkpoints"), path);
      expect(other.status).toBe(1);
      const lines = readFileSync(standard, "utf8").split("\n");
      const checkpoint = lines.findIndex((line) => line.startsWith('{"checkpoint"'));
      const early = join(folder, "early.jsonl");
      writeFileSync(early, `${lines.slice(0, checkpoint + 1).join("\n")}\n`);
      const paper = join(folder, "early.csv");
      expect(sclaw(keyed("sample", early, "--n", "3", "--seed", seed, "--out", paper)).status).toBe(0);
      expect(check(paper).stdout).toMatch(/^REPEATED: 3/);
    });
  });

  it("leaves the examiner's columns alone, and says what was added or removed", () => {
    inFolder((folder) => {
      const path = write(folder);
      const rows = readFileSync(path, "utf8").split("\r\n");
      writeFileSync(
        path,
        rows.map((row, i) => (row === "" ? "" : `${row},${i === 0 ? '"my notes"' : '"x"'}`)).join("\r\n"),
      );
      const run = check(path);
      expect(run.status).toBe(0);
      expect(run.stdout.replaceAll(/\s+/g, " ")).toMatch(
        /columns that somebody added, or of controls that are not given here \(--controls\), and not checked: my notes/,
      );
    });
  });

  it("checks the attributes of a catalogue whose texts no cell can show", () => {
    inFolder((folder) => {
      const controls = join(folder, "controls.json");
      const attributes = [{ letter: "A", text: "a\nb\u202e,=1+1", codes: ["approval.self"] }];
      const population = { unit: "request" };
      const own = { id: "X", title: "t", objective: "o", criteria: {}, population, attributes };
      writeFileSync(controls, JSON.stringify({ format: "sclaw.controls/1", controls: [own] }));
      const path = write(folder, "--controls", controls);
      expect(check(path, "--controls", controls).stdout).not.toContain("note:");
      writeFileSync(path, readFileSync(path, "utf8").replace('"Y"', '"N"'));
      expect(check(path, "--controls", controls).status).toBe(1);
    });
  });

  it("refuses a column that stands twice: a reader may look at the other one", () => {
    inFolder((folder) => {
      const path = write(folder);
      const rows = readFileSync(path, "utf8").split("\r\n");
      const twice = rows.map((row, i) => (row === "" ? "" : `${row},${i === 0 ? '"tier"' : '"x"'}`));
      writeFileSync(path, twice.join("\r\n"));
      const run = check(path);
      expect(run).toMatchObject({ status: 2, stdout: "" });
      expect(run.stderr).toContain("tier: expected one column of this name");
    });
  });

  it("of a dry run says that the ledger does not verify, and not that it was repeated", () => {
    inFolder((folder) => {
      const failed = ledgerOf("flip-decision");
      const path = join(folder, "dry.csv");
      sclaw(keyed("sample", failed, "--n", "3", "--unverified", "--seed", seed, "--out", path));
      expect(readFileSync(path, "utf8").split("\r\n")[1]).toMatch(/^"mark","UNVERIFIED/);
      const run = checkOf(failed, path);
      expect(run.status).toBe(1);
      expect(run.stdout).toMatch(/^UNVERIFIED: 3 items drawn again.*from a ledger that does not verify/);
    });
  });

  it.each([
    ["than the check", ["--sla", "24h"], []],
    ["than the paper", [], ["--sla", "24h"]],
  ])("says of marks that were made with more inputs %s that they were not repeated", (_what, made, now) => {
    inFolder((folder) => {
      const path = write(folder, ...made);
      const told = "marks not repeated, as they were made with other inputs than given here";
      const run = check(path, ...now);
      expect(run.status).toBe(0);
      expect(run.stdout.replaceAll(/\s+/g, " ")).toContain(told);
      expect(check(path, ...made).stdout.replaceAll(/\s+/g, " ")).not.toContain(told);
    });
  });

  it("takes one mark that became NE as a difference", () => {
    inFolder((folder) => {
      const path = write(folder, "--sla", "24h");
      const text = readFileSync(path, "utf8");
      const mark = '"Y"';
      const at = text.lastIndexOf(mark);
      writeFileSync(path, `${text.slice(0, at)}"NE (no time)"${text.slice(at + mark.length)}`);
      const run = check(path, "--sla", "24h");
      expect(run.status).toBe(1);
      expect(run.stdout).toContain("found     NE (no time)");
    });
  });

  it.each([
    ["another table", "a,b\n1,2\n"],
    ["other JSON", "{}"],
    ["nothing", ""],
    ["a header alone", '"row","about","receipt_id"\r\n'],
    ["bytes that are no text", "\xff\xfe"],
  ])("refuses %s", (_what, content) => {
    inFolder((folder) => {
      const path = join(folder, "paper.csv");
      writeFileSync(path, content, "latin1");
      const run = check(path);
      expect(run).toMatchObject({ status: 2, stdout: "" });
      expect(run.stderr).toMatch(/^sclaw: .*workpaper|^sclaw: expected the workpaper/);
    });
  });

  it("answers in JSON too", () => {
    inFolder((folder) => {
      const run = sclaw(keyed("sample", "check", write(folder), standard, "--format", "json"));
      expect(JSON.parse(run.stdout)).toMatchObject({
        schema: "sclaw.sample-check/1",
        ok: true,
        rows: 6,
        differences: [],
      });
    });
  });
});
