import { encodeHex } from "../bytes/hex.js";
import type { Control } from "../controls/control.js";
import type { LetteredMark } from "../controls/evaluate.js";
import { kindOf } from "../findings/catalogue.js";
import { canonicalize } from "../json/canonical.js";
import type { Json } from "../json/json.js";
import type { Item } from "../population/item.js";
import { writeBeacon, writeSeed } from "../sampling/seed.js";
import { method } from "../sampling/ticket.js";
import { examinerColumns } from "./examiner.js";
import type { PaperItem, SamplePaper } from "./paper.js";

/** One column of a workpaper: its header, and its cell in the row of an item, always text. */
export interface Column {
  readonly name: string;
  /** What the cell is about: decides how a check reads a cell that differs. */
  readonly about: "paper" | "context" | "item" | "attribute" | "examiner";
  /** Of an attribute: whether its marks need an input beside the ledger, which a check may lack. */
  readonly needsInput?: boolean;
  readonly cell: (paper: SamplePaper, item: PaperItem) => string;
}

type CellOfPaper = (paper: SamplePaper) => string;
type CellOfItem = (item: Item) => string;

/** What all rows of a paper have in common, so that a row by itself says where it comes from. */
const ofPaper: { readonly [name: string]: CellOfPaper } = {
  control: ({ controls }) => controls.map(({ id }) => id).join(" "),
  criterion: ({ criteria }) => criteria.join(" "),
  ledger: ({ population }) => population.ledger,
  integrity: ({ population }) => population.integrity,
  level: ({ population }) => population.level,
  root: ({ population }) => population.root ?? "",
  size: ({ population }) => String(population.size),
  start: ({ population }) => String(population.start),
  withheld: ({ population }) => String(population.withheld),
  "keys fingerprint": ({ origin }) => origin.keysFingerprint,
  unit: ({ population }) => population.unit,
  filter: ({ population }) => canonicalize(population.filter as unknown as Json),
  "filter hash": ({ population }) => population.filterHash,
  "period from (UTC)": ({ population }) => population.period?.from ?? "",
  "period to (UTC)": ({ population }) => population.period?.to ?? "",
  "N (population)": ({ population }) => String(population.count),
  "n (sample)": ({ rule }) => String(rule.n),
  method: () => method,
  seed: ({ seed }) => writeSeed(seed.seed),
  "seed supplied by": ({ seed }) => seed.suppliedBy,
  beacon: ({ seed }) => (seed.beacon === undefined ? "" : writeBeacon(seed.beacon)),
  stratify: ({ rule }) => rule.stratify ?? "",
};

/** What may change without changing the selection: keys are renewed, a checkpoint is kept, criteria are mapped anew. */
const context: ReadonlySet<string> = new Set([
  "control",
  "criterion",
  "integrity",
  "level",
  "keys fingerprint",
]);

const ofItem: { readonly [name: string]: CellOfItem } = {
  receipt_id: ({ receipt }) => receipt.receipt_id,
  correlation_id: ({ receipt }) => receipt.correlation_id,
  seq: ({ receipt }) => String(receipt.seq),
  "decided_at (UTC)": ({ receipt }) => receipt.decided_at,
  tenant: ({ receipt }) => receipt.tenant,
  agent: ({ receipt }) => receipt.agent.id,
  "on behalf of": ({ receipt }) => receipt.agent.on_behalf_of ?? "",
  adapter: ({ receipt }) => receipt.adapter_id,
  operation: ({ intent }) => intent?.operation ?? "(intent withheld)",
  resource: ({ intent }) => intent?.resource ?? "(intent withheld)",
  tier: ({ receipt }) => receipt.risk_tier,
  decision: ({ receipt }) => receipt.decision,
  rules: ({ receipt }) => receipt.rationale.rules.join(" "),
  "policy version": ({ receipt }) => receipt.policy.version,
  "policy hash": ({ receipt }) => receipt.policy.hash,
  approval: ({ receipt }) => receipt.approval.state,
  approvers: (item) =>
    signaturesOf(item)
      .map(({ approver, verdict }) => `${approver} ${verdict}`)
      .join("; "),
  "approval times (UTC)": (item) =>
    signaturesOf(item)
      .map(({ at }) => at)
      .join("; "),
  "held before": ({ held }) => held.map(({ receipt }) => receipt.receipt_id).join(" "),
  "started (UTC)": ({ receipt }) => receipt.outcome.started_at ?? "",
  "completed (UTC)": ({ receipt }) => receipt.outcome.completed_at ?? "",
  outcome: ({ receipt }) => receipt.outcome.status,
  "leaf hash": ({ leaf }) => leaf,
};

function signaturesOf({ receipt }: Item) {
  return receipt.approval.state === "not_required" ? [] : receipt.approval.signatures;
}

const ofDraw: { readonly [name: string]: (draw: PaperItem) => string } = {
  draw: ({ number }) => String(number),
  stratum: ({ stratum }) => stratum,
  ticket: ({ ticket }) => encodeHex(ticket),
  "replacement of": ({ replacementOf }) => replacementOf ?? "",
  "replaced because": ({ replacedBecause }) => replacedBecause ?? "",
};

/** The columns of a workpaper in their order: paper, draw, item, one for each attribute, examiner. */
export function columnsOf(controls: readonly Control[]): readonly Column[] {
  const paper = Object.entries(ofPaper).map(([name, cell]): Column => {
    return { name, about: context.has(name) ? "context" : "paper", cell: (whole) => cell(whole) };
  });
  const draw = Object.entries(ofDraw).map(([name, cell]): Column => {
    return { name, about: "item", cell: (_paper, item) => cell(item) };
  });
  const item = Object.entries(ofItem).map(([name, cell]): Column => {
    return { name, about: "item", cell: (_paper, { item: drawn }) => cell(drawn) };
  });
  const examiner = examinerColumns.map((name): Column => ({ name, about: "examiner", cell: () => "" }));
  return [...paper, ...draw, ...item, ...controls.flatMap(attributeColumns), ...examiner];
}

/** An attribute's column carries its text, so that a row can be read without the catalogue. */
function attributeColumns(control: Control): Column[] {
  return control.attributes.map(({ letter, text, codes }) => ({
    name: `${control.id} ${letter}: ${text}`,
    about: "attribute",
    needsInput: codes.some((code) => (kindOf(code).needs ?? "intent") !== "intent"),
    cell: (_paper, item) => {
      const ofControl = item.marks.find((one) => one.control.id === control.id);
      const mark = ofControl?.marks.find((one) => one.letter === letter);
      return mark === undefined ? "" : markText(mark);
    },
  }));
}

/** A mark with what stands behind it: `N (approval.self)`, `NE (the intent is withheld)`. */
export function markText({ mark, codes, reason }: LetteredMark): string {
  const behind = [...codes, ...(reason === undefined ? [] : [reason])];
  return behind.length === 0 ? mark : `${mark} (${behind.join("; ")})`;
}
