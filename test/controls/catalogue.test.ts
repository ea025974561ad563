import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { builtInControls } from "../../src/controls/built-in.js";
import { decodeCatalogue } from "../../src/controls/catalogue-file.js";
import { criteria, criteriaNamed } from "../../src/controls/criteria.js";
import { catalogue, type FindingCode, kindOf } from "../../src/findings/catalogue.js";
import type { Json } from "../../src/json/json.js";

const schema = JSON.parse(readFileSync(new URL("../../schema/controls-1.json", import.meta.url), "utf8"));
const isOfSchema = new Ajv2020({ allErrors: true }).compile(schema);
const file = (controls: unknown, more: object = {}) =>
  ({ format: "sclaw.controls/1", controls, ...more }) as unknown as Json;
const own = {
  id: "OUR-1",
  title: "Ours",
  objective: "Something.",
  criteria: { "CC6.1": "direct" },
  population: { unit: "request", filter: { tier: ["T2_ELEVATED"] } },
  attributes: [{ letter: "A", text: "a text", codes: ["approval.self"] }],
};

describe("the built-in controls", () => {
  it("are what the published schema describes, and read back as they are", () => {
    expect(isOfSchema(file(builtInControls))).toBe(true);
    expect(decodeCatalogue(file(builtInControls))).toEqual({ ok: true, value: builtInControls });
  });

  it("bear on criteria that exist, each at least one", () => {
    for (const control of builtInControls) {
      expect(Object.keys(control.criteria).length).toBeGreaterThan(0);
      expect(Object.keys(control.criteria).filter((criterion) => !criteria.includes(criterion))).toEqual([]);
    }
  });

  it("have each finding under one attribute: nothing that is found is nowhere in a report", () => {
    const placed = builtInControls.flatMap(({ attributes }) => attributes.flatMap(({ codes }) => codes));
    expect([...placed].sort()).toEqual((Object.keys(catalogue) as FindingCode[]).sort());
  });

  it("may name every finding that there is, by the schema too", () => {
    expect(schema.$defs.attribute.properties.codes.items.enum).toEqual(Object.keys(catalogue).sort());
  });

  it("never test the record itself for deviations, nor requests for the record's damage alone", () => {
    for (const { population, attributes } of builtInControls) {
      const severities = attributes.flatMap(({ codes }) => codes.map((code) => kindOf(code).severity));
      if (population.unit !== "request") expect(severities).not.toContain("deviation");
    }
  });
});

describe("a catalogue of one's own", () => {
  it("replaces the built-in one, or extends it and replaces controls of the same id", () => {
    expect(decodeCatalogue(file([own]))).toMatchObject({ ok: true, value: [own] });
    const changed = { ...own, id: "SC-LA-1" };
    const extended = decodeCatalogue(file([own, changed], { extends: "built-in" }));
    if (!extended.ok) throw new Error("expected a catalogue");
    expect(extended.value.map(({ id }) => id)).toEqual([
      ...builtInControls.map(({ id }) => id).filter((id) => id !== "SC-LA-1"),
      "OUR-1",
      "SC-LA-1",
    ]);
  });

  it("may leave the filter out", () => {
    expect(decodeCatalogue(file([{ ...own, population: { unit: "request" } }]))).toMatchObject({
      ok: true,
      value: [{ population: { unit: "request", filter: {} } }],
    });
  });

  const attribute = own.attributes[0]!;
  it.each<[string, unknown, string]>([
    ["another format", { ...(file([own]) as object), format: "sclaw.controls/2" }, "/format"],
    ["no control", file([]), "/controls"],
    ["an unknown member", file([{ ...own, passed: true }]), "/controls/0/passed"],
    ["an id with blanks", file([{ ...own, id: "OUR 1" }]), "/controls/0/id"],
    [
      "a strength that is none",
      file([{ ...own, criteria: { "CC6.1": "strong" } }]),
      "/controls/0/criteria/CC6.1",
    ],
    ["a unit that is none", file([{ ...own, population: { unit: "day" } }]), "/controls/0/population/unit"],
    [
      "a tier that is none",
      file([{ ...own, population: { unit: "request", filter: { tier: ["T4"] } } }]),
      "/controls/0/population/filter/tier/0",
    ],
    [
      "a code that is none",
      file([{ ...own, attributes: [{ ...attribute, codes: ["approval.none"] }] }]),
      "/controls/0/attributes/0/codes/0",
    ],
    [
      "no code",
      file([{ ...own, attributes: [{ ...attribute, codes: [] }] }]),
      "/controls/0/attributes/0/codes",
    ],
    [
      "a letter that is none",
      file([{ ...own, attributes: [{ ...attribute, letter: "a" }] }]),
      "/controls/0/attributes/0/letter",
    ],
  ])("with %s is refused, by the schema too", (_what, value, pointer) => {
    const result = decodeCatalogue(value as Json);
    expect(result).toMatchObject({ ok: false });
    if (!result.ok) expect(result.issues.map((issue) => issue.pointer)).toContain(pointer);
    expect(isOfSchema(value)).toBe(false);
  });

  it.each<[string, unknown, string]>([
    ["an id twice", file([own, own]), "/controls/1/id"],
    [
      "a letter twice",
      file([{ ...own, attributes: [attribute, attribute] }]),
      "/controls/0/attributes/1/letter",
    ],
    [
      "deviations of the record",
      file([{ ...own, population: { unit: "ledger" } }]),
      "/controls/0/attributes/0/codes/0",
    ],
    [
      "a filter of the record",
      file([
        {
          ...own,
          population: { unit: "receipt", filter: { ran: "yes" } },
          attributes: [{ ...attribute, codes: ["seq.gap"] }],
        },
      ]),
      "/controls/0/population/filter/ran",
    ],
  ])("with %s is refused", (_what, value, pointer) => {
    const result = decodeCatalogue(value as Json);
    if (result.ok) throw new Error("expected a refusal");
    expect(result.issues.map((issue) => issue.pointer)).toEqual([pointer]);
  });
});

describe("criteria", () => {
  it("are named one by one, by series, by category, or all", () => {
    expect(criteriaNamed("CC6")).toEqual([
      "CC6.1",
      "CC6.2",
      "CC6.3",
      "CC6.4",
      "CC6.5",
      "CC6.6",
      "CC6.7",
      "CC6.8",
    ]);
    expect(criteriaNamed("CC6.1")).toEqual(["CC6.1"]);
    expect(criteriaNamed("A")).toEqual(["A1.1", "A1.2", "A1.3"]);
    expect(criteriaNamed("C")).toEqual(["C1.1", "C1.2"]);
    expect(criteriaNamed("PI")).toEqual(["PI1.1", "PI1.2", "PI1.3", "PI1.4", "PI1.5"]);
    expect(criteriaNamed("P").every((criterion) => /^P\d\.\d$/.test(criterion))).toBe(true);
    expect(criteriaNamed("CC")).toHaveLength(33);
    expect(criteriaNamed("all")).toEqual(criteria);
  });

  it.each(["", "CC10", "CC6.9", "CC6.", "CC6.1.1", "X", "constructor", "C"])(
    "%j names what it names",
    (word) => {
      expect(criteriaNamed(word)).toHaveLength(word === "C" ? 2 : 0);
    },
  );
});
