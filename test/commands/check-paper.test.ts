import { describe, expect, it } from "vitest";
import { checkPaper } from "../../src/workpaper/check-paper.js";
import { columnsOf } from "../../src/workpaper/columns.js";
import type { SamplePaper } from "../../src/workpaper/paper.js";
import type { PaperRow } from "../../src/workpaper/read-paper.js";
import { ledgerOf } from "../support/sclaw.js";
import { optionsOfCase, sampleOf } from "./papers.js";

const paper = (await sampleOf(
  ledgerOf("valid-standard"),
  optionsOfCase({ case: "valid-standard" }),
)) as SamplePaper;
/** The same with a register in which no agent stands. */
const unregistered = (await sampleOf(ledgerOf("valid-standard"), optionsOfCase({ case: "valid-standard" }), {
  registers: { format: "sclaw.registers/1", agents: [] },
})) as SamplePaper;
const columns = columnsOf(paper.controls);
const header = columns.map(({ name }) => name);
const attribute = columns.find(
  ({ about, cell }) => about === "attribute" && paper.items.every((item) => cell(paper, item) === "Y"),
)!;

type Rows = Map<string, string>[];
const rowsOf = (from: SamplePaper): Rows =>
  from.items.map((item) => new Map(columns.map(({ name, cell }) => [name, cell(from, item)])));
const rows = () => rowsOf(paper);
const check = (edited: Rows, names: readonly string[] = header, repeated = paper) =>
  checkPaper({ header: names, rows: edited as readonly PaperRow[] }, repeated, (cell) => cell);
const changed = (edit: (rows: Rows) => void) => {
  const all = rows();
  edit(all);
  return check(all);
};

describe("a paper held against its sample", () => {
  it("as it was written has nothing to tell", () => {
    expect(check(rows())).toEqual({
      rows: 5,
      differences: [],
      changed: [],
      removed: [],
      added: [],
      notRepeated: [],
    });
  });

  it("in any order has nothing to tell", () => {
    expect(check(rows().reverse())).toMatchObject({ differences: [], changed: [] });
  });

  it.each(columns.filter(({ about }) => about === "item" || about === "paper").map(({ name }) => name))(
    "with another %s is told so, in that row",
    (name) => {
      const { differences } = changed((all) => all[2]!.set(name, "other"));
      const expected = name === "draw" ? ["draw", "receipt_id"] : [name];
      expect(differences.map(({ column }) => column)).toEqual(expected);
      if (name !== "draw") expect(differences[0]).toMatchObject({ draw: 3, actual: "other" });
    },
  );

  it("with another mark is told so", () => {
    const { differences, notRepeated } = changed((all) => all[0]!.set(attribute.name, "N"));
    expect(differences).toEqual([{ draw: 1, column: attribute.name, expected: "Y", actual: "N" }]);
    expect(notRepeated).toEqual([]);
  });

  it("with marks not evaluated that need no input is told so: nobody hides a deviation that way", () => {
    const { differences, notRepeated } = changed((all) => {
      for (const row of all) row.set(attribute.name, "NE (no)");
    });
    expect(differences).toHaveLength(5);
    expect(notRepeated).toEqual([]);
  });

  it("with one mark not evaluated is told so, and with all of them is not repeated, where an input is needed", () => {
    const registered = header.find((name) => name.startsWith("SC-LA-2 A"))!;
    const held = (edit: (all: Rows) => void) => {
      const all: Rows = rowsOf(unregistered);
      edit(all);
      return check(all, header, unregistered);
    };
    const all = (mark: string) => (edited: Rows) => {
      for (const row of edited) row.set(registered, mark);
    };
    expect(held(() => {})).toMatchObject({ differences: [], notRepeated: [] });
    expect(held((edited) => edited[0]!.set(registered, "NE (no)")).differences).toHaveLength(1);
    expect(held(all("NE (no)"))).toMatchObject({ differences: [], notRepeated: [registered] });
    expect(held(all("N/A"))).toMatchObject({ differences: { length: 5 }, notRepeated: [] });
    expect(held(all("not NE")).differences).toHaveLength(5);
    const some = held((edited) => {
      all("NE (no)")(edited);
      edited[0]!.set(registered, "N/A");
    });
    expect(some).toMatchObject({ differences: [], notRepeated: [registered] });
  });

  it("in an examiner's own words and under other keys is the same", () => {
    const examiner = columns.find(({ about }) => about === "examiner")!;
    const context = columns.find(({ about }) => about === "context")!;
    expect(
      changed((all) => {
        all[0]!.set(examiner.name, "seen").set(context.name, "another");
      }),
    ).toMatchObject({ differences: [], changed: [] });
  });

  it("without a row, with one more, with one twice, or with none of its number is told so", () => {
    expect(changed((all) => all.splice(1, 1)).differences).toMatchObject([
      { draw: 2, column: "receipt_id", actual: "no such row" },
    ]);
    expect(changed((all) => all.push(new Map(all[0]!).set("draw", "6"))).differences).toMatchObject([
      { draw: 6, column: "receipt_id", expected: "no such draw" },
    ]);
    expect(changed((all) => all.push(new Map(all[0]!))).differences).toMatchObject([
      { draw: 1, column: "draw", expected: "one row with the draw number 1", actual: "another" },
    ]);
    expect(changed((all) => all[0]!.set("draw", "one")).differences).toMatchObject([
      { draw: undefined, column: "draw", expected: "a draw number", actual: "one" },
      { draw: 1, column: "receipt_id", actual: "no such row" },
    ]);
  });

  it("with cells that a spreadsheet wrote otherwise counts them by column", () => {
    const result = changed((all) => {
      for (const row of all.slice(0, 3)) row.set("size", "26.0");
    });
    expect(result).toMatchObject({
      differences: [],
      changed: [{ column: "size", cells: 3, expected: "26", actual: "26.0" }],
    });
  });

  it("with columns removed or added says which", () => {
    const names = [...header.filter((name) => name !== "tenant"), "my notes", ""];
    expect(check(rows(), names)).toMatchObject({ differences: [], removed: ["tenant"], added: ["my notes"] });
  });
});
