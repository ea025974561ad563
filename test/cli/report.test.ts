import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readCsv } from "../../src/report/read-csv.js";
import { conclusionColumn } from "../../src/workpaper/examiner.js";
import { corpusKeys, inFolder, ledgerOf, sclaw } from "../support/sclaw.js";

const seed = "f85c342b0ccb0518d246e7db7e7686d3";
const standard = ledgerOf("valid-standard");
const keyed = (...args: readonly string[]) => [...args, "--keys", corpusKeys];
const report = (...args: readonly string[]) => sclaw(keyed("report", ...args));
const jsonOf = (...args: readonly string[]) => JSON.parse(report(...args, "--format", "json").stdout);
const tableOf = (text: string) => {
  const read = readCsv(text);
  if (!read.ok) throw new Error(read.reason);
  return read.table;
};

describe("sclaw report", () => {
  it("in a folder with ledger.jsonl and keys.json just works", () => {
    inFolder((cwd) => {
      copyFileSync(standard, join(cwd, "ledger.jsonl"));
      copyFileSync(corpusKeys, join(cwd, "keys.json"));
      const run = sclaw(["report", "--criteria", "CC6"], { cwd });
      expect(run).toMatchObject({ status: 0, stderr: "" });
      expect(run.stdout).toMatchSnapshot();
    });
  });

  it("has a row for each criterion asked for, evidenced or not", () => {
    const { criteria } = jsonOf(standard, "--criteria", "CC6.4,PI1");
    expect(
      criteria.map(({ criterion, control, result }: Record<string, string>) => [criterion, control, result]),
    ).toEqual([
      ["CC6.4", undefined, "not evidenced by receipts"],
      ["PI1.1", undefined, "not evidenced by receipts"],
      ["PI1.2", "SC-LA-1", "no deviations noted"],
      ["PI1.3", "SC-CM-2", "not evaluated"],
      ["PI1.3", "SC-LM-4", "no deviations noted"],
      ["PI1.4", "SC-LM-4", "no deviations noted"],
      ["PI1.5", "SC-LM-1", "no deviations noted"],
      ["PI1.5", "SC-LM-2", "no deviations noted"],
    ]);
  });

  it("says in CSV what it says in JSON", () => {
    const json = jsonOf(standard, "--criteria", "all");
    const { rows } = tableOf(report(standard, "--criteria", "all", "--format", "csv").stdout);
    const ofKind = (kind: string) => rows.filter((row) => row[0] === kind);
    expect(ofKind("criterion").map((row) => [row[1], row[2], row[5]])).toEqual(
      json.criteria.map(({ criterion, control = "", text, result }: Record<string, string>) => [
        criterion,
        control,
        text ?? result,
      ]),
    );
    expect(ofKind("attribute")).toHaveLength(
      json.controls.flatMap((control: { attributes: [] }) => control.attributes).length,
    );
    expect(ofKind("statement").length).toBeGreaterThanOrEqual(5);
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([10]));
  });

  it("lists each receipt under each attribute with --rows", () => {
    const { header, rows } = tableOf(report(standard, "--control", "SC-LA-1,SC-LA-4", "--rows").stdout);
    expect(header.slice(0, 4)).toEqual(["control", "criteria", "attribute", "receipt_id"]);
    const items = rows.filter((row) => row[3] !== "");
    expect(items).toHaveLength(19 * 4 + 15);
    expect(items.filter((row) => row[11] === "NE")).toHaveLength(19);
    expect(report(standard, "--rows", "--format", "md")).toMatchObject({ status: 2, stdout: "" });
    const record = tableOf(report(standard, "--control", "SC-LM-2,SC-LA-4", "--rows").stdout).rows;
    expect(record.filter((row) => row[0] === "SC-LM-2").map((row) => [row[2], row[3], row[12]])).toEqual([
      ["A", "", "the whole record: no deviations noted"],
      ["B", "", "the whole record: no deviations noted"],
    ]);
  });

  it("fails on deviations only where it was asked to", () => {
    const bad = ledgerOf("ctl-executed-after-deny");
    expect(report(bad, "--criteria", "CC6").status).toBe(0);
    expect(report(bad, "--criteria", "CC6", "--fail-on", "deviation").status).toBe(1);
    expect(report(standard, "--criteria", "CC6", "--fail-on", "deviation").status).toBe(0);
    expect(report(bad, "--control", "SC-LA-4", "--fail-on", "deviation").status).toBe(0);
  });

  it("refuses a ledger whose integrity fails, whatever the format, and marks a dry run", () => {
    for (const format of ["md", "csv", "json"]) {
      const refused = report(ledgerOf("flip-decision"), "--format", format);
      expect(refused).toMatchObject({ status: 1, stdout: "" });
      const dry = report(ledgerOf("flip-decision"), "--format", format, "--unverified");
      expect(dry.status).toBe(1);
      expect(dry.stdout).toContain("UNVERIFIED");
      expect(dry.stdout).toContain("evidence-integrity failure");
    }
    expect(report(ledgerOf("flip-decision"), "--rows")).toMatchObject({ status: 1, stdout: "" });
  });

  it("names what is withheld, and says that completeness is not evaluated for it", () => {
    const run = report(ledgerOf("valid-one-tenant"), "--allow-withheld", "--criteria", "CC6.1");
    expect(run.stdout).toMatch(/completeness not evaluated for \d+ withheld entries/);
  });

  it("says of a range that completeness is not evaluated before its start", () => {
    const run = report(ledgerOf("valid-range"), "--start", "11", "--criteria", "CC6.1");
    expect(run.stdout).toContain("not evaluated for 11 entries before the start of this range");
  });

  it("writes into a new file, never over one", () => {
    inFolder((folder) => {
      const out = join(folder, "report.csv");
      expect(report(standard, "--out", out)).toMatchObject({ status: 0, stdout: "" });
      expect(readFileSync(out, "utf8")).toMatch(/^\ufeff"row","criterion"/);
      const before = readFileSync(out);
      expect(report(standard, "--out", out)).toMatchObject({ status: 2, stdout: "" });
      expect(readFileSync(out)).toEqual(before);
    });
  });

  it("gives the same bytes in another time zone, language and folder", () => {
    inFolder((cwd) => {
      const args = keyed("report", standard, "--criteria", "all", "--sla", "1h");
      const here = sclaw(args);
      const there = sclaw(args, {
        cwd,
        env: { TZ: "Pacific/Kiritimati", LANG: "ar_EG.UTF-8", LC_ALL: "ar_EG.UTF-8" },
      });
      expect(there.stdout).toBe(here.stdout);
    });
  });
});

describe("inputs of a report", () => {
  const receipts = readFileSync(standard, "utf8")
    .split("\n")
    .filter((line) => line.includes('"receipt":{'))
    .map((line) => JSON.parse(line).receipt);
  const distinct = (values: string[]) => [...new Set(values)].map((id) => ({ id }));
  const registers = {
    format: "sclaw.registers/1",
    agents: distinct(receipts.map(({ agent }) => agent.id)),
    adapters: distinct(receipts.map(({ adapter_id: id }) => id)),
    tenants: distinct(receipts.map(({ tenant }) => tenant)),
    policies: [...new Set(receipts.map(({ policy }) => policy.hash))].map((hash) => ({ hash })),
    executions: { file: "executions.csv", column: "id" },
  };
  const ran = receipts
    .filter(({ outcome }) => outcome.status !== "not_executed")
    .map(({ correlation_id: id }) => id);

  it("are evaluated where they are given, and found by sclaw.json", () => {
    inFolder((cwd) => {
      writeFileSync(
        join(cwd, "registers.json"),
        JSON.stringify({ ...registers, agents: registers.agents.slice(1) }),
      );
      writeFileSync(
        join(cwd, "executions.csv"),
        `id,at\r\n${[...ran.slice(1), ran[1], "corr_elsewhere"].join(",x\r\n")},x\r\n`,
      );
      writeFileSync(
        join(cwd, "sclaw.json"),
        JSON.stringify({ ledger: standard, keys: corpusKeys, registers: "registers.json" }),
      );
      const run = sclaw(["report", "--criteria", "CC6,CC7,CC8", "--sla", "1m", "--format", "json"], { cwd });
      expect(run.status).toBe(0);
      const { controls, origin } = JSON.parse(run.stdout);
      const control = (id: string) => controls.find((one: { id: string }) => one.id === id);
      const firstAgent = registers.agents[0]!.id;
      const requests = new Map(receipts.map((receipt) => [receipt.correlation_id, receipt]));
      const ofAgent = [...requests.values()].filter(({ agent }) => agent.id === firstAgent).length;
      expect(control("SC-LA-2")).toMatchObject({
        result: "deviations noted",
        deviations: ofAgent,
        tested: 19,
      });
      expect(control("SC-CM-1")).toMatchObject({ result: "no deviations noted", tested: 19 });
      expect(control("SC-LA-1")).toMatchObject({
        result: "deviations noted",
        deviations: 0,
        unrecorded_executions: 1,
        unrecorded: ["corr_elsewhere"],
      });
      expect(
        control("SC-LM-4").deviating_items.map(({ correlation_id: id }: { correlation_id: string }) => id),
      ).toEqual([ran[0]]);
      expect(control("SC-LM-3").result).toBe("deviations noted");
      expect(origin.inputs["execution log"]).toContain("(1 of them with the id of another row)");
      expect(origin.inputs.registers).toContain("named by sclaw.json in this folder");
    });
  });

  it("may be a catalogue of one's own", () => {
    inFolder((folder) => {
      const path = join(folder, "controls.json");
      const own = {
        id: "OUR-1",
        title: "Ours",
        objective: "Nobody approves their own request.",
        criteria: { "CC6.4": "weak" },
        population: { unit: "request" },
        attributes: [{ letter: "A", text: "not by oneself", codes: ["approval.self"] }],
      };
      writeFileSync(path, JSON.stringify({ format: "sclaw.controls/1", controls: [own] }));
      const { controls, criteria } = jsonOf(standard, "--controls", path, "--criteria", "CC6.4");
      expect(controls).toMatchObject([{ id: "OUR-1", result: "no deviations noted", tested: 19 }]);
      expect(criteria).toMatchObject([{ criterion: "CC6.4", control: "OUR-1", strength: "weak" }]);
      writeFileSync(path, JSON.stringify({ format: "sclaw.controls/1", controls: [{ ...own, id: "" }] }));
      const refused = report(standard, "--controls", path);
      expect(refused).toMatchObject({ status: 2, stdout: "" });
      expect(refused.stderr).toContain("/controls/0/id");
    });
  });

  it("reconcile the population with an independent list, CSV or JSON Lines", () => {
    inFolder((folder) => {
      const ids = [...new Set(receipts.map(({ correlation_id: id }) => id))];
      const listed = [...ids.slice(2), "corr_elsewhere"];
      const csv = join(folder, "list.csv");
      const jsonl = join(folder, "list.jsonl");
      writeFileSync(csv, `\ufeffwhen;correlation_id\r\n${listed.map((id) => `x;${id}`).join("\r\n")}\r\n`);
      writeFileSync(jsonl, listed.map((id) => `${JSON.stringify({ trace: id })}\n`).join(""));
      const population = (...args: string[]) =>
        JSON.parse(sclaw(keyed("population", standard, "--format", "json", ...args)).stdout).population;
      const expected = {
        rows: 18,
        in_both: 17,
        only_in_list: 1,
        only_in_population: 2,
        listed_only: ["corr_elsewhere"],
        population_only: ids.slice(0, 2),
      };
      expect(population("--reconcile", csv).reconciliation).toMatchObject({
        ...expected,
        population_only: expect.arrayContaining(ids.slice(0, 2)),
      });
      expect(population("--reconcile", jsonl, "--column", "trace").reconciliation).toMatchObject({
        in_both: 17,
      });
      const part = sclaw(keyed("population", standard, "--reconcile", csv, "--tier", "T2"));
      expect(part.stdout).toMatch(/not looked for among \d+ that the filter leaves out/);
      const wrong = sclaw(keyed("population", standard, "--reconcile", csv, "--column", "id"));
      expect(wrong).toMatchObject({ status: 2, stdout: "" });
      expect(wrong.stderr).toContain('"correlation_id"');
    });
  });
});

describe("a completed workpaper in a report", () => {
  const completed = (folder: string, conclude: (i: number) => string, ...args: readonly string[]) => {
    const path = join(folder, "sample.csv");
    expect(sclaw(keyed("sample", standard, "--n", "8", "--seed", seed, "--out", path, ...args)).status).toBe(
      0,
    );
    const { header, rows } = tableOf(readFileSync(path, "utf8"));
    const at = header.indexOf(conclusionColumn);
    let item = 0;
    const filled = rows.map((row) => (row[0] === "item" ? row.with(at, conclude(item++)) : row));
    const done = join(folder, "done.csv");
    writeFileSync(
      done,
      [header, ...filled]
        .map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(","))
        .join("\r\n"),
    );
    return done;
  };

  it("is drawn again, and its conclusions give an upper limit", () => {
    inFolder((folder) => {
      const done = completed(folder, (i) =>
        i === 3 ? "deviation" : i === 4 ? "cannot be tested" : "agrees",
      );
      const { sample } = jsonOf(standard, "--sample", done);
      expect(sample).toMatchObject({ differences: 0, conclusions: { items: 8, open: 0, deviations: 2 } });
      expect(sample.evaluation).toMatchObject({ n: 8, deviations: 2, confidence_bp: 9500, population: 19 });
      const text = report(standard, "--sample", done).stdout;
      expect(text).toContain("2 deviations in 8 items: the rate of deviation in the population is at most");
      expect(text).toContain("the population of this report: 19 requests");
      expect(text).not.toContain("not stratified");
      expect(report(standard, "--sample", done, "--fail-on", "deviation").status).toBe(1);
    });
  });

  it("of another population than the report's, or by strata, is said to be so beside its limit", () => {
    inFolder((folder) => {
      const done = completed(folder, () => "agrees", "--tier", "T1,T2", "--stratify", "tier");
      const { sample } = jsonOf(standard, "--sample", done);
      expect(sample).toMatchObject({ stratify: "tier", seed: `seed:${seed}` });
      expect(sample.population.count).toBe(sample.evaluation.population);
      expect(sample.population.count).toBeLessThan(19);
      for (const format of ["md", "csv"]) {
        const text = report(standard, "--sample", done, "--format", format).stdout;
        expect(text).toContain("another population than this report's");
        expect(text).toContain("computed as for a sample that was not stratified");
      }
    });
  });

  it("is not evaluated while a conclusion is open or not understood", () => {
    inFolder((folder) => {
      const done = completed(folder, (i) => (i === 0 ? "" : i === 1 ? "perhaps" : "agrees"));
      const { sample } = jsonOf(standard, "--sample", done);
      expect(sample).toMatchObject({
        conclusions: { open: 1, unread: [{ words: "perhaps" }] },
        evaluation: null,
      });
    });
  });

  it("of a ledger that does not verify gives no limit", () => {
    inFolder((folder) => {
      const failed = ledgerOf("flip-decision");
      const dry = join(folder, "dry.json");
      sclaw(keyed("sample", failed, "--n", "2", "--unverified", "--seed", seed, "--out", dry));
      writeFileSync(
        dry,
        readFileSync(dry, "utf8").replaceAll(`"${conclusionColumn}": ""`, `"${conclusionColumn}": "agrees"`),
      );
      const run = report(failed, "--sample", dry, "--unverified");
      expect(run.stdout).toContain("2 agree");
      expect(run.stdout).toContain("not evaluated: the ledger does not verify");
      expect(run.status).toBe(1);
    });
  });

  it("that is not the sample that was drawn is said to differ, and fails", () => {
    inFolder((folder) => {
      const done = completed(folder, () => "agrees");
      writeFileSync(done, readFileSync(done, "utf8").replace("T0_OBSERVE", "T1_STANDARD"));
      const run = report(standard, "--sample", done);
      expect(run.status).toBe(1);
      expect(run.stdout).toContain("DIFFERS from the sample drawn again");
      expect(existsSync(done)).toBe(true);
    });
  });
});
