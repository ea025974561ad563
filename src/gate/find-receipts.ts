import { closeSync, openSync } from "node:fs";
import { refusalOf } from "../io/refusal.js";
import { readLine } from "../ledger/line.js";
import type { Receipt } from "../receipt/receipt.js";
import { fileLines } from "../writer/file-lines.js";

/** By which a draft and its receipt are known to be one: its request, when it was decided, and what of it. */
export function draftKey(draft: Pick<Receipt, "nonce" | "decided_at" | "approval">): string {
  return `${draft.nonce} ${draft.decided_at} ${draft.approval.state}`;
}

/**
 * Finds the receipts of drafts in a ledger file, from a byte on: after a crash, which of the
 * journaled decisions have theirs? Takes the keys of the drafts; returns their receipts.
 */
export function findReceipts(
  ledger: string,
  from: number,
  wanted: ReadonlySet<string>,
): ReadonlyMap<string, Receipt> {
  const found = new Map<string, Receipt>();
  if (wanted.size === 0) return found;
  try {
    const file = openSync(ledger, "r");
    try {
      for (const receipt of receiptsOf(file, from)) {
        const key = draftKey(receipt);
        if (wanted.has(key)) found.set(key, receipt);
      }
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw refusalOf(error, `cannot read the ledger ${ledger}`);
  }
  return found;
}

function* receiptsOf(file: number, from: number): Generator<Receipt> {
  for (const { raw } of fileLines(file, from)) {
    const { line } = readLine(raw);
    if (line?.kind === "entry") yield line.members["receipt"] as unknown as Receipt;
  }
}
