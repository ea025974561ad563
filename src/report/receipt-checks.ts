import type { FindingCode } from "../findings/catalogue.js";
import type { Problem } from "../findings/finding.js";

/** One thing that is tested of every receipt, and the findings that say it does not hold. */
export interface ReceiptCheck {
  readonly name: string;
  readonly codes: readonly FindingCode[];
  readonly needs: "entry" | "receipt" | "intent" | "genuine" | "approval";
}

/** Every check of one entry, in the order in which a reader would ask. */
export const receiptChecks: readonly ReceiptCheck[] = [
  { name: "the line is canonical JSON", codes: ["encoding.not-canonical"], needs: "entry" },
  { name: "it has the form of a receipt", codes: ["receipt.schema"], needs: "entry" },
  { name: "it belongs to this ledger", codes: ["ledger.mismatch"], needs: "entry" },
  {
    name: "its number follows the one before",
    codes: ["seq.gap", "seq.repeated", "seq.order"],
    needs: "entry",
  },
  { name: "it links to the entry before", codes: ["chain.prev"], needs: "receipt" },
  { name: "it was not issued before the one before", codes: ["chain.time"], needs: "receipt" },
  { name: "its id ascends", codes: ["receipt.id-order"], needs: "receipt" },
  {
    name: "a valid ledger key is named",
    codes: ["key.unknown", "key.role", "key.not-valid"],
    needs: "entry",
  },
  { name: "that key signed it", codes: ["signature.invalid"], needs: "entry" },
  { name: "a checkpoint covers it", codes: ["checkpoint.uncovered", "checkpoint.missing"], needs: "entry" },
  {
    name: "the intent is the one decided on",
    codes: ["intent.schema", "intent.hash", "intent.mismatch"],
    needs: "intent",
  },
  {
    name: "the decision permits what happened",
    codes: ["control.executed-without-authority"],
    needs: "genuine",
  },
  {
    name: "people approved it where its tier needs that",
    codes: ["control.tier-without-approval"],
    needs: "genuine",
  },
  {
    name: "the policy that decided was not another than the one released",
    codes: ["control.policy-not-released"],
    needs: "genuine",
  },
  { name: "decision, start, end and issue are in order", codes: ["control.time-order"], needs: "genuine" },
  { name: "its authority was used once", codes: ["nonce.reused"], needs: "genuine" },
  {
    name: "each approval counts",
    codes: [
      "approval.key",
      "approval.signature",
      "approval.not-member",
      "approval.time",
      "approval.self",
      "approval.repeated",
    ],
    needs: "approval",
  },
  { name: "the approvals are enough", codes: ["approval.quorum", "approval.tier-group"], needs: "approval" },
  { name: "its request is one story", codes: ["approval.lineage"], needs: "approval" },
  {
    name: "different people stand for each group",
    codes: ["approval.one-person-two-groups"],
    needs: "approval",
  },
];

/** Findings that are about the export as a whole, or about lines that are no entries. */
export const exportCodes: readonly FindingCode[] = [
  "encoding.not-json",
  "encoding.duplicate-key",
  "encoding.invalid-unicode",
  "encoding.line-too-long",
  "encoding.too-deep",
  "encoding.torn-line",
  "line.unknown",
  "line.empty",
  "range.frontier",
  "range.start",
  "checkpoint.signature",
  "checkpoint.size",
  "checkpoint.root",
  "checkpoint.cosignature",
  "history.rewritten",
  "history.truncated",
  "entry.withheld",
  "entry.withheld-in-scope",
];

/** What could be tested of one entry. */
export interface Testable {
  readonly receipt: boolean;
  readonly intent: boolean;
  readonly genuine: boolean;
  readonly approval: boolean;
}

/** The answer to one check: it holds, it does not (with what was found), or why it was not tested. */
export type CheckResult =
  | { readonly result: "holds" }
  | { readonly result: "does not hold"; readonly problems: readonly Problem[] }
  | { readonly result: "not tested"; readonly reason: string };

const untested: { readonly [Need in Exclude<ReceiptCheck["needs"], "entry">]: string } = {
  receipt: "the receipt is not disclosed, or not whole",
  intent: "the intent is not disclosed",
  genuine: "nothing can be said of a receipt that is not genuine and disclosed",
  approval: "no approval was asked for",
};

/** Answers one check from the problems at the entry's line. */
export function answer(check: ReceiptCheck, testable: Testable, problems: readonly Problem[]): CheckResult {
  const own = problems.filter((problem) => check.codes.includes(problem.code));
  if (own.length > 0) return { result: "does not hold", problems: own };
  if (check.needs === "entry" || testable[check.needs]) return { result: "holds" };
  return { result: "not tested", reason: untested[check.needs] };
}
