import { describe, expect, it } from "vitest";
import { kindOf } from "../../src/findings/catalogue.js";
import { classes } from "../../src/report/outcome-text.js";
import { renderPopulationCsv } from "../../src/report/population-csv.js";
import { renderPopulationJson } from "../../src/report/population-json.js";
import { renderPopulationMarkdown } from "../../src/report/population-markdown.js";
import { RowsCsv, renderReportCsv } from "../../src/report/report-csv.js";
import { renderReportJson } from "../../src/report/report-json.js";
import { renderReportMarkdown } from "../../src/report/report-markdown.js";
import { renderSampleCsv } from "../../src/report/sample-csv.js";
import { renderSampleJson } from "../../src/report/sample-json.js";
import { renderSampleMarkdown } from "../../src/report/sample-markdown.js";
import { statements } from "../../src/report/statements.js";
import { steering } from "../support/sclaw.js";
import { cases, ledgerOf, optionsOfCase, reportOf, sampleOf } from "./papers.js";

/** Words that claim more than a record can show. */
const claims =
  /\b(passed|passes|compliant|complies|certif\w+|effective|immutable|tamper-?proof|audit-?proof|guarantee\w*|attest\w*|satisfied)\b/i;

/** What the papers say in their own words: the statements that deny those claims are left out. */
function ownWords(text: string): string {
  return statements("sclaw 0.1.0").reduce((rest, statement) => rest.replaceAll(statement, ""), text);
}

describe.each(cases)("the papers of $case", (given) => {
  it("steer nothing, claim nothing too much, and mark what is not verified", async () => {
    const options = optionsOfCase(given);
    const { paper, evidence, rows } = await reportOf(ledgerOf(given.case), options);
    const sample = await sampleOf(ledgerOf(given.case), options);
    const rowsCsv = new RowsCsv();
    const outputs = [
      renderReportMarkdown(paper),
      renderReportCsv(paper, false),
      renderReportJson(paper),
      rowsCsv.begin(paper, false) + rows.map((row) => rowsCsv.item(row)).join("") + rowsCsv.end(paper),
      renderPopulationMarkdown(paper),
      renderPopulationCsv(paper, false),
      renderPopulationJson(paper),
      ...(sample === undefined
        ? []
        : [renderSampleMarkdown(sample), renderSampleCsv(sample, false), renderSampleJson(sample)]),
    ];
    for (const output of outputs) {
      expect(output.replaceAll("\r\n", "\n")).not.toMatch(steering);
      expect(ownWords(output)).not.toMatch(claims);
      expect(output).not.toMatch(/undefined|\[object|NaN/);
      expect(output.includes("UNVERIFIED")).toBe(evidence.verification.integrity !== "verified");
      for (const statement of statements("sclaw 0.1.0"))
        expect(output).toContain(statement.replaceAll('"', '""').slice(0, 40));
      expect(output.slice(output.lastIndexOf("Criterion references")).trim().split("\n").length).toBeLessThan(
        5,
      );
      for (const { month, count } of evidence.population.byMonth)
        expect(output).toMatch(new RegExp(`${month}[^\\d]+${count}\\b`));
    }
  });

  it("have every finding under a control, and no integrity failure as a deviation", async () => {
    const { paper, evidence, rows } = await reportOf(ledgerOf(given.case), optionsOfCase(given));
    const { findingCounts } = evidence.verification;
    const shown = new Set(
      paper.results.flatMap(({ attributes, deviations }) => [
        ...attributes.flatMap(({ codes, integrity }) => [...codes, ...integrity].map(({ code }) => code)),
        ...deviations.flatMap(({ codes }) => codes),
      ]),
    );
    const outside = paper.results.some((result) => result.outside > 0);
    for (const code of findingCounts.keys()) {
      const { severity } = kindOf(code);
      if (severity === "error") expect([...shown], code).toContain(code);
      // A deviation of a receipt that is not verified is not tested; outside a control's population it is counted.
      else if (evidence.verification.integrity === "verified" && !shown.has(code))
        expect(outside, code).toBe(true);
    }
    for (const { deviations, attributes } of paper.results) {
      for (const { codes } of deviations)
        for (const code of codes) expect(kindOf(code).severity).toBe("deviation");
      for (const { deviated, integrity, codes } of attributes)
        if (deviated > 0) expect(integrity.length + codes.length).toBeGreaterThan(0);
    }
    for (const { marks } of rows)
      for (const { mark, codes } of marks)
        if (mark === "N") expect(codes.some((code) => kindOf(code).severity === "deviation")).toBe(true);
  });

  it("never read as if something had been tested that was not", async () => {
    const { paper, evidence } = await reportOf(ledgerOf(given.case), optionsOfCase(given));
    for (const { outcome, attributes, population } of paper.results) {
      if (outcome.kind !== "no-deviations") continue;
      expect(evidence.verification.integrity).toBe("verified");
      expect(population).toBeGreaterThan(0);
      expect(attributes.some(({ agreed }) => agreed > 0)).toBe(true);
    }
    expect(Object.values(classes)).toEqual([
      "no deviations noted",
      "deviations noted",
      "evidence-integrity failure",
      "not evaluated",
    ]);
  });
});

it("one execution after a denial is one deviation under SC-LA-1", async () => {
  const given = cases.find((one) => one.case === "ctl-executed-after-deny")!;
  const { paper } = await reportOf(ledgerOf(given.case), optionsOfCase(given));
  const deviating = paper.results.filter((result) => result.deviating > 0);
  expect(deviating.map(({ control, deviating: k, tested }) => [control.id, k, tested])).toEqual([
    ["SC-LA-1", 1, 19],
    // It was of the highest tier, and nobody had approved it.
    ["SC-LA-3", 1, 7],
  ]);
});
