import { parseDigest } from "../bytes/digest.js";
import { encodeUtf8 } from "../bytes/utf8.js";
import type { Json } from "../json/json.js";
import { decodeShape, oneOf, type Shape } from "../json/shape.js";
import { decodeStrict } from "../json/strict-decoder.js";
import { type Filter, filterShape } from "../population/filter.js";
import type { Unit } from "../population/item.js";
import { readBeacon, readSeed } from "../sampling/seed.js";
import type { SelectionRule, StratumKind } from "../sampling/selection.js";
import { method } from "../sampling/ticket.js";

/** One row of a paper that was read back: its cells by the names of the columns. */
export type PaperRow = ReadonlyMap<string, string>;

/** A workpaper that was read back, from whatever format. */
export interface ReadPaper {
  readonly header: readonly string[];
  readonly rows: readonly PaperRow[];
}

/** Everything that a selection is repeated from; the paper alone holds it. */
export interface PaperParameters {
  readonly ledger: string;
  readonly root: Uint8Array;
  readonly size: number;
  readonly start: number;
  readonly withheld: number;
  readonly unit: Unit;
  readonly filter: Filter;
  readonly seed: string;
  readonly seedSuppliedBy: string;
  readonly beacon: string | undefined;
  readonly rule: SelectionRule;
}

/** What is wrong with a paper's own parameters. */
export interface PaperProblem {
  readonly column: string;
  readonly expected: string;
  readonly actual: string;
}

export type ParametersResult =
  | { readonly ok: true; readonly parameters: PaperParameters }
  | { readonly ok: false; readonly problems: readonly PaperProblem[] };

/** Columns that have to be the same in every row. */
const shared = [
  "ledger",
  "root",
  "size",
  "start",
  "withheld",
  "unit",
  "filter",
  "n (sample)",
  "method",
  "seed",
  "seed supplied by",
  "beacon",
  "stratify",
];

/** A whole number, also as a spreadsheet may have written it: `15.0`, `1,000`. */
export function readWhole(text: string): number | undefined {
  const plain = text
    .trim()
    .replaceAll(/(?<=\d),(?=\d{3}(\D|$))/g, "")
    .replace(/\.0+$/, "");
  const number = Number(plain);
  return /^\d+$/.test(plain) && Number.isSafeInteger(number) ? number : undefined;
}

/** Reads the parameters of a selection from the rows of its paper, or says what is wrong with them. */
export function parametersOf({ header, rows }: ReadPaper): ParametersResult {
  const problems: PaperProblem[] = [];
  const first = rows[0];
  if (first === undefined)
    return { ok: false, problems: [{ column: "receipt_id", expected: "at least one row", actual: "none" }] };
  for (const column of [...shared, "receipt_id", "draw", "replacement of", "replaced because"]) {
    if (!header.includes(column)) problems.push({ column, expected: "this column", actual: "none" });
  }
  for (const column of new Set(header.filter((name, i) => name !== "" && header.indexOf(name) < i)))
    problems.push({ column, expected: "one column of this name", actual: "more" });
  for (const column of shared) {
    const values = new Set(rows.map((row) => row.get(column) ?? ""));
    if (values.size > 1)
      problems.push({ column, expected: "the same in every row", actual: `${values.size} values` });
  }
  if (problems.length > 0) return { ok: false, problems };

  const read = <T>(column: string, expected: string, value: (text: string) => T | undefined): T => {
    const text = first.get(column) ?? "";
    const got = value(text);
    if (got === undefined) problems.push({ column, expected, actual: text });
    return got as T;
  };
  const whole = (column: string) => read(column, "a whole number", readWhole);
  read("method", method, (text) => (text === method ? text : undefined));
  const parameters: PaperParameters = {
    ledger: first.get("ledger") ?? "",
    root: read("root", "sha3-256: and 64 hex digits", parseDigest),
    size: whole("size"),
    start: whole("start"),
    withheld: whole("withheld"),
    unit: read("unit", "request or receipt", (text) => shaped<Unit>(oneOf("request", "receipt"), text)),
    filter: read("filter", "a filter in JSON", readFilter),
    seed: read("seed", "seed: and the seed", readSeed),
    seedSuppliedBy: first.get("seed supplied by") ?? "",
    beacon: readBeacon(first.get("beacon") ?? ""),
    rule: {
      n: whole("n (sample)"),
      stratify: readStratify(first.get("stratify") ?? "", problems),
      replacements: replacementsOf(rows),
    },
  };
  return problems.length > 0 ? { ok: false, problems } : { ok: true, parameters };
}

function shaped<T>(shape: Shape<T>, value: Json): T | undefined {
  const result = decodeShape(shape, value);
  return result.ok ? result.value : undefined;
}

function readFilter(text: string): Filter | undefined {
  const { value, issues } = decodeStrict(encodeUtf8(text), { canonical: false });
  return value === undefined || issues.length > 0 ? undefined : shaped(filterShape, value);
}

function readStratify(text: string, problems: PaperProblem[]): StratumKind | undefined {
  if (text === "") return undefined;
  const kind = shaped<StratumKind>(oneOf("tier", "decision", "tenant", "adapter"), text);
  if (kind === undefined)
    problems.push({ column: "stratify", expected: "tier, decision, tenant or adapter", actual: text });
  return kind;
}

/** What was replaced, in the order of drawing; the reason stands with the original row. */
function replacementsOf(rows: readonly PaperRow[]): SelectionRule["replacements"] {
  const drawOf = (row: PaperRow) => readWhole(row.get("draw") ?? "") ?? Number.POSITIVE_INFINITY;
  return [...rows]
    .filter((row) => (row.get("replacement of") ?? "") !== "")
    .sort((a, b) => drawOf(a) - drawOf(b))
    .map((row) => {
      const receiptId = row.get("replacement of")!;
      const original = rows.find((other) => other.get("receipt_id") === receiptId);
      return { receiptId, reason: original?.get("replaced because") ?? "" };
    });
}
