import { encodeHex } from "../bytes/hex.js";
import { writeSeed } from "../sampling/seed.js";
import { method } from "../sampling/ticket.js";
import { columnsOf } from "../workpaper/columns.js";
import type { SamplePaper } from "../workpaper/paper.js";
import { jsonText } from "./json-text.js";
import { originJson, populationJson } from "./population-json.js";
import { statements } from "./statements.js";

/** The workpaper as JSON: the cells of the CSV by their columns, as they are in the record. */
export function renderSampleJson(paper: SamplePaper): string {
  const { seed, rule, strata, controls, items } = paper;
  const columns = columnsOf(controls);
  return jsonText({
    schema: "sclaw.sample/1",
    population: populationJson(paper),
    selection: {
      method,
      n: rule.n,
      drawn: items.length,
      seed: writeSeed(seed.seed),
      seed_supplied_by: seed.suppliedBy,
      beacon: seed.beacon ?? null,
      key: encodeHex(paper.key),
      stratify: rule.stratify ?? null,
      strata,
      replacements: rule.replacements.map(({ receiptId, reason }) => ({ receipt_id: receiptId, reason })),
    },
    controls: controls.map(({ id, title, objective, attributes }) => ({
      id,
      title,
      objective,
      attributes: attributes.map(({ letter, text, codes }) => ({ letter, text, codes })),
    })),
    items: items.map((item) =>
      Object.fromEntries(columns.map(({ name, cell }) => [name, cell(paper, item)])),
    ),
    origin: originJson(paper),
    statements: statements(paper.origin.tool),
  });
}
