import { describe, expect, it } from "vitest";
import { builtInControls } from "../../src/controls/built-in.js";
import { decodeCatalogue } from "../../src/controls/catalogue-file.js";
import { criteria, criteriaNamed } from "../../src/controls/criteria.js";
import { decodeRegisters } from "../../src/controls/registers.js";

it("the built-in controls test these findings, and nothing else", () => {
  expect(
    builtInControls.flatMap(({ id, population, attributes }) =>
      attributes.map(
        ({ letter, codes }) =>
          `${id} ${letter} (${population.unit} ${JSON.stringify(population.filter)}): ${codes.join(" ")}`,
      ),
    ),
  ).toMatchSnapshot();
});

describe("criteria", () => {
  it("are the 61 of TSP section 100", () => {
    expect(criteria).toHaveLength(61);
    const counts = new Map<string, number>();
    for (const criterion of criteria) {
      const [series] = criterion.split(".") as [string];
      counts.set(series, (counts.get(series) ?? 0) + 1);
    }
    expect(Object.fromEntries(counts)).toEqual({
      ...{ CC1: 5, CC2: 3, CC3: 4, CC4: 2, CC5: 3, CC6: 8, CC7: 5, CC8: 1, CC9: 2 },
      ...{ A1: 3, C1: 2, PI1: 5, P1: 1, P2: 1, P3: 2, P4: 3, P5: 2, P6: 7, P7: 1, P8: 1 },
    });
  });

  it("are named one by one, by series, by category, or all", () => {
    expect(criteriaNamed("CC6.1")).toEqual(["CC6.1"]);
    expect(criteriaNamed("CC8")).toEqual(["CC8.1"]);
    expect(criteriaNamed("A")).toEqual(["A1.1", "A1.2", "A1.3"]);
    expect(criteriaNamed("C")).toEqual(["C1.1", "C1.2"]);
    expect(criteriaNamed("PI")).toEqual(["PI1.1", "PI1.2", "PI1.3", "PI1.4", "PI1.5"]);
    expect(criteriaNamed("P")).toHaveLength(18);
    expect(criteriaNamed("P").every((one) => /^P\d/.test(one))).toBe(true);
    expect(criteriaNamed("CC")).toHaveLength(33);
    expect(criteriaNamed("CC").every((one) => one.startsWith("CC"))).toBe(true);
    expect(criteriaNamed("all")).toEqual(criteria);
    for (const none of ["", "CC10", "CC6.9", "CC6.", "cc6", "toString", "6.1"])
      expect(criteriaNamed(none)).toEqual([]);
  });
});

describe("a catalogue of one's own", () => {
  const attribute = { letter: "A", text: "t", codes: ["approval.self"] };
  const control = {
    id: "X-1",
    title: "t",
    objective: "o",
    criteria: { "CC6.1": "direct" },
    population: { unit: "request" },
    attributes: [attribute],
  };
  const pointers = (...controls: readonly object[]) => {
    const shaped = decodeCatalogue({ format: "sclaw.controls/1", controls } as never);
    return shaped.ok ? [] : shaped.issues.map(({ pointer }) => pointer);
  };
  it("is taken as it is, and extends the built-in ones only where it says so", () => {
    expect(pointers(control)).toEqual([]);
    expect(pointers({ ...control, id: "a".repeat(64) })).toEqual([]);
    const file = { format: "sclaw.controls/1", controls: [control] };
    const alone = decodeCatalogue(file as never);
    expect(alone.ok && alone.value.map(({ id }) => id)).toEqual(["X-1"]);
    const extended = decodeCatalogue({ ...file, extends: "built-in" } as never);
    expect(extended.ok && extended.value).toHaveLength(builtInControls.length + 1);
    const replaced = decodeCatalogue({
      ...file,
      extends: "built-in",
      controls: [{ ...control, id: builtInControls[0]!.id }],
    } as never);
    expect(replaced.ok && replaced.value).toHaveLength(builtInControls.length);
  });

  it.each<readonly [string, object, readonly string[]]>([
    ["an id with a blank", { id: "a b" }, ["/controls/0/id"]],
    ["an id that is too long", { id: "a".repeat(65) }, ["/controls/0/id"]],
    ["no id", { id: "" }, ["/controls/0/id"]],
    ["no attribute", { attributes: [] }, ["/controls/0/attributes"]],
    [
      "a letter that is none",
      { attributes: [{ ...attribute, letter: "AB" }] },
      ["/controls/0/attributes/0/letter"],
    ],
    ["a small letter", { attributes: [{ ...attribute, letter: "a" }] }, ["/controls/0/attributes/0/letter"]],
    ["no code", { attributes: [{ ...attribute, codes: [] }] }, ["/controls/0/attributes/0/codes"]],
    ["a letter twice", { attributes: [attribute, attribute] }, ["/controls/0/attributes/1/letter"]],
    [
      "a filter of the ledger as a whole",
      {
        population: { unit: "ledger", filter: { ran: "yes" } },
        attributes: [{ ...attribute, codes: ["seq.gap"] }],
      },
      ["/controls/0/population/filter/ran"],
    ],
    ["a deviation of entries", { population: { unit: "receipt" } }, ["/controls/0/attributes/0/codes/0"]],
  ])("is refused for %s", (_what, edit, expected) => {
    expect(pointers({ ...control, ...edit })).toEqual(expected);
  });

  it("is refused for an id twice, no control and more than 1000", () => {
    expect(pointers(control, { ...control })).toEqual(["/controls/1/id"]);
    expect(pointers()).toEqual(["/controls"]);
    const many = (count: number) => Array.from({ length: count }, (_, i) => ({ ...control, id: `X-${i}` }));
    expect(pointers(...many(1000))).toEqual([]);
    expect(pointers(...many(1001))).toEqual(["/controls"]);
  });
});

it("a register's periods begin before they end", () => {
  const agents = (from: string, until: string) =>
    decodeRegisters({ format: "sclaw.registers/1", agents: [{ id: "agent:a", from, until }] } as never).ok;
  const [a, b] = ["2026-06-01T00:00:00.000Z", "2026-07-01T00:00:00.000Z"];
  expect([agents(a, b), agents(b, a), agents(a, a)]).toEqual([true, false, false]);
});
