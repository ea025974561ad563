import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { byteOrderMark, CsvWriter, neutralizeCell } from "../../src/report/csv.js";
import { readCsv } from "../../src/report/read-csv.js";
import { hostileCells } from "../report/hostile-cells.js";
import { convert, utf8Csv } from "../support/office.js";
import { corpusKeys, inFolder, ledgerOf, root, sclaw } from "../support/sclaw.js";

const seed = "f85c342b0ccb0518d246e7db7e7686d3";
const rows = hostileCells.map((cell, i) => [`row ${i}`, cell, cell]);

/** Through a spreadsheet's own format and back, as an examiner's workpaper goes. */
function throughSpreadsheet(path: string, importFilter?: string): string {
  const book = convert(path, "xlsx", importFilter);
  const again = book.replace(/\.xlsx$/, "-again.xlsx");
  renameSync(book, again);
  return convert(again, "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false");
}

it.each([
  ["as it opens by itself", undefined],
  ["imported as UTF-8", utf8Csv],
])("no hostile cell calculates in LibreOffice, %s", (_how, importFilter) => {
  inFolder((folder) => {
    const path = join(folder, "cells.csv");
    writeFileSync(path, byteOrderMark + new CsvWriter().rows(rows));
    const xml = readFileSync(convert(path, "fods", importFilter), "utf8");
    expect(xml).toContain("row 3");
    expect(xml).not.toContain("table:formula");
    expect(xml).not.toMatch(/office:value-type="error"/);
  });
});

it("no field of a receipt calculates in LibreOffice, in workpapers and in the rows of reports", () => {
  inFolder((folder) => {
    const given = [join(root, "fixtures/good/hostile.jsonl"), "--keys", join(root, "fixtures/keys.json")];
    const papers = { sample: ["--n", "100", "--seed", seed], report: ["--rows"] };
    for (const [command, more] of Object.entries(papers)) {
      const path = join(folder, `${command}.csv`);
      expect(sclaw([command, ...given, ...more, "--out", path]).status).toBe(0);
      const xml = readFileSync(convert(path, "fods", utf8Csv), "utf8");
      expect(xml).toContain("rcpt_");
      expect(xml).not.toContain("table:formula");
      expect(xml).not.toMatch(/office:value-type="error"/);
    }
  });
});

it("cells that were made harmless come back from LibreOffice as they were", () => {
  inFolder((folder) => {
    const path = join(folder, "cells.csv");
    writeFileSync(path, byteOrderMark + new CsvWriter().rows([["a", "b", "c"], ...rows]));
    const read = readCsv(readFileSync(throughSpreadsheet(path, utf8Csv), "utf8"));
    if (!read.ok) throw new Error(read.reason);
    const expected = rows.map((row) => row.map(neutralizeCell));
    expect(read.table.rows).toHaveLength(expected.length);
    // LibreOffice drops a text's leading apostrophe like the others do: what is behind it stays text.
    const bare = (cell: string) => cell.replace(/^'/, "").trim();
    read.table.rows.forEach((row, i) => {
      // A text of digits alone is a number to a spreadsheet, with or without us.
      if (/^\d/.test(hostileCells[i]!)) return;
      expect(row.map(bare)).toEqual(expected[i]!.map(bare));
    });
  });
});

it.each([
  ["as it opens by itself", undefined],
  ["imported as UTF-8", utf8Csv],
])("a workpaper that went through LibreOffice is still checked, %s", (_how, importFilter) => {
  inFolder((folder) => {
    const path = join(folder, "sample.csv");
    const drawn = ["--n", "12", "--seed", seed, "--beacon", "20237331128159211123", "--stratify", "tier"];
    const args = [...drawn, "--sla", "1h", "--keys", corpusKeys];
    expect(sclaw(["sample", ledgerOf("valid-standard"), ...args, "--out", path]).status).toBe(0);
    const again = throughSpreadsheet(path, importFilter);
    const check = (file: string) =>
      sclaw(["sample", "check", file, ledgerOf("valid-standard"), "--keys", corpusKeys, "--sla", "1h"]);
    expect(check(again)).toMatchObject({ status: 0, stdout: expect.stringMatching(/^REPEATED: 12 items/) });
    const forged = readFileSync(again, "utf8").replace("T2_ELEVATED", "T1_STANDARD");
    writeFileSync(again, forged);
    expect(check(again).status).toBe(1);
  });
});
