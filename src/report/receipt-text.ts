import Table from "cli-table3";
import { formatDigest } from "../bytes/digest.js";
import { messageOf } from "../findings/finding.js";
import { isJsonObject } from "../json/json.js";
import type { JudgedSignature } from "../ledger/approvals.js";
import type { ObservedEntry } from "../ledger/options.js";
import type { Verification } from "../ledger/verification.js";
import type { Receipt } from "../receipt/receipt.js";
import { type Provenance, provenanceNote } from "./keys-source.js";
import { labelled, type Page, wrap } from "./layout.js";
import { answer, type CheckResult, receiptChecks, type Testable } from "./receipt-checks.js";
import { verdictWords } from "./verification-text.js";
import { visible, visibleWithin } from "./visible.js";

type Rows = (readonly [string, string])[];

/** What `show` has to tell of one entry. */
export interface ShownEntry {
  readonly observed: ObservedEntry;
  readonly verification: Verification;
  readonly provenance: Provenance;
}

/** One receipt for a person: what was proposed, decided, approved, what happened, and every check with its result. */
export function renderReceipt(shown: ShownEntry, page: Page): string {
  const { entry } = shown.observed;
  const sections = [
    wherePart(shown, page),
    ...(entry.receipt === undefined
      ? [unreadable(entry.disclosed, page)]
      : contentParts(shown, entry.receipt, page)),
    part("Checks", checksTable(shown, page), page),
    standing(shown, page),
  ];
  return `${sections.join("\n\n")}\n`;
}

function part(title: string, body: string, page: Page): string {
  return `${page.paint.strong(title)}\n${body}`;
}

function wherePart({ observed, verification }: ShownEntry, page: Page): string {
  const { entry, where } = observed;
  const file = where.file === undefined ? "" : ` of ${where.file}`;
  const rows: Rows = [
    ["receipt", visible(entry.receiptId ?? "not disclosed")],
    ["ledger", visible(verification.ledger)],
    ["place", `${observed.place}, line ${where.line}${visible(file)}`],
    ["leaf hash", entry.leaf === undefined ? "cannot be computed" : formatDigest(entry.leaf)],
    ["signed by", entry.signer ?? "nobody that can be read"],
  ];
  return labelled(rows, page);
}

function unreadable(disclosed: boolean, page: Page): string {
  const what = disclosed
    ? "The receipt does not have its form; what it says is not shown."
    : "The receipt is withheld: only its hashes are in this export.";
  return wrap(what, page.width, "  ");
}

function contentParts({ observed }: ShownEntry, receipt: Receipt, page: Page): string[] {
  const { rationale, policy, outcome } = receipt;
  const { intent } = observed.entry;
  const proposed: Rows = [
    ["agent", visible(receipt.agent.id)],
    ["for", visible(receipt.agent.on_behalf_of ?? "nobody that was authenticated")],
    ["tenant", visible(receipt.tenant)],
    ["adapter", visible(receipt.adapter_id)],
  ];
  if (!isJsonObject(intent))
    proposed.push([
      "intent",
      `${intent === undefined ? "not disclosed" : "not an intent"}; its hash should be ${receipt.ir_hash}`,
    ]);
  else {
    for (const name of ["operation", "resource", "params", "claims"]) {
      if (intent[name] !== undefined) proposed.push([name, shortJson(intent[name])]);
    }
  }
  const decided: Rows = [
    ["decision", `${receipt.decision}, at ${receipt.decided_at}`],
    ["risk tier", receipt.risk_tier],
    ["rules", visibleWithin(rationale.rules.join(", "), 400)],
    ["summary", visibleWithin(rationale.summary, 400)],
    ["facts", shortJson(receipt.facts)],
    ["policy", visible(`${policy.version}, ${policy.hash}`)],
    ["request", visible(receipt.correlation_id)],
  ];
  const happened: Rows = [
    ["outcome", outcome.status],
    ["started", outcome.started_at ?? "not started"],
    ["completed", outcome.completed_at ?? "not completed"],
    ["result", outcome.result_hash ?? "no result recorded"],
    ["issued", receipt.issued_at],
  ];
  if (outcome.error !== undefined) happened.push(["error", shortJson(outcome.error)]);
  if (receipt.ext !== undefined) happened.push(["ext", shortJson(receipt.ext)]);
  return [
    part("Proposed", labelled(proposed, page), page),
    part("Decided", labelled(decided, page), page),
    part("Approval", labelled(approvalRows(receipt, observed.approval?.signatures), page), page),
    part("What happened", labelled(happened, page), page),
  ];
}

function approvalRows(receipt: Receipt, judged: readonly JudgedSignature[] | undefined): Rows {
  const { approval } = receipt;
  if (approval.state === "not_required") return [["state", "not required"]];
  const needed = approval.required.map(({ group, threshold }) => `${threshold} of ${group}`).join(" and ");
  const rows: Rows = [
    ["state", approval.state],
    ["needed", visible(needed)],
    ["asked", `${approval.requested_at}, until ${approval.expires_at}`],
  ];
  approval.signatures.forEach((signature, i) => {
    const problem = judged?.[i]?.problem;
    const verdict =
      judged === undefined
        ? "not judged"
        : problem === undefined
          ? "counts"
          : `does not count: ${problem.code}`;
    rows.push([
      signature.verdict,
      visible(`${signature.approver} at ${signature.at} with ${signature.signer}: ${verdict}`),
    ]);
  });
  if (approval.signatures.length === 0) rows.push(["signatures", "none"]);
  return rows;
}

function checksTable(shown: ShownEntry, page: Page): string {
  const { paint } = page;
  const testable = testableOf(shown.observed);
  const nameWidth = 46;
  const table = new Table({
    colWidths: [nameWidth, Math.max(30, page.width - nameWidth - 4)],
    wordWrap: true,
    style: { head: [], border: [], "padding-left": 2, "padding-right": 0 },
    chars: Object.fromEntries(borders.map((name) => [name, ""])),
  });
  for (const check of receiptChecks) {
    const given = check.codes.includes("checkpoint.uncovered")
      ? coverage(shown)
      : answer(check, testable, shown.observed.problems);
    switch (given.result) {
      case "holds":
        table.push([check.name, paint.good("holds")]);
        break;
      case "does not hold":
        table.push([
          check.name,
          `${paint.bad("does not hold")}: ${given.problems
            .slice(0, 3)
            .map((problem) => visibleWithin(messageOf(problem), 300))
            .join("; ")}`,
        ]);
        break;
      case "not tested":
        table.push([check.name, paint.faint(`not tested: ${given.reason}`)]);
        break;
    }
  }
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

const borders = [
  "top",
  "top-mid",
  "top-left",
  "top-right",
  "bottom",
  "bottom-mid",
  "bottom-left",
  "bottom-right",
  "left",
  "left-mid",
  "mid",
  "mid-mid",
  "right",
  "right-mid",
  "middle",
] as const;

function testableOf({ entry, genuine }: ObservedEntry): Testable {
  const asked = entry.receipt !== undefined && entry.receipt.approval.state !== "not_required";
  const whole = entry.receipt !== undefined;
  return {
    receipt: whole,
    intent: whole && entry.intent !== undefined,
    genuine: whole && genuine,
    approval: whole && genuine && asked,
  };
}

/** Whether a checkpoint that verifies counts this entry: it is then in the tree that the note signs. */
function coverage({ observed, verification }: ShownEntry): CheckResult {
  const last = verification.checkpoints.at(-1);
  if (last !== undefined && last.size > observed.place) return { result: "holds" };
  return { result: "not tested", reason: "no checkpoint that verifies comes after it" };
}

/** One receipt is as good as the ledger around it. */
function standing({ verification, provenance }: ShownEntry, page: Page): string {
  const found = provenanceNote(provenance);
  const level = `level ${verification.level}${found === "" ? "" : `, ${found}`}`;
  return wrap(
    `The ledger around it: ${verdictWords(verification)} (${level}); sclaw verify says more.`,
    page.width,
    "  ",
  );
}

function shortJson(value: unknown): string {
  return visibleWithin(typeof value === "string" ? value : JSON.stringify(value), 600);
}
