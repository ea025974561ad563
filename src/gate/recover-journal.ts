import type { Time } from "../json/time.js";
import type { Receipt } from "../receipt/receipt.js";
import type { LedgerWriter } from "../writer/ledger-writer.js";
import type { ReceiptDraft } from "../writer/receipt-draft.js";
import { draftKey, findReceipts } from "./find-receipts.js";
import { closeHold, type Holds } from "./holds.js";
import type { Journal, JournalEntry } from "./journal.js";

/** Whether nobody else may report the outcome of an entry any more. */
export function isDue(awaits: JournalEntry["awaits"], at: Time): boolean {
  return awaits === undefined || awaits.until <= at;
}

/**
 * Makes receipts of journaled decisions that have none: what a crash left behind, and calls whose
 * outcome nobody reported in time. What was about to run is `unknown`; all else did not run.
 *
 * Returns the receipts that were made.
 */
export async function recoverJournal(
  due: readonly JournalEntry[],
  journal: Journal,
  writer: LedgerWriter,
  holds: Holds,
): Promise<readonly Receipt[]> {
  if (due.length === 0) return [];
  const from = due.reduce((least, { offset }) => Math.min(least, offset), Number.POSITIVE_INFINITY);
  const known = findReceipts(writer.path, from, new Set(due.map(({ draft }) => draftKey(draft))));
  const made: Receipt[] = [];
  for (const entry of due) {
    const receipt = known.get(draftKey(entry.draft)) ?? (await append(entry, writer));
    if (!known.has(draftKey(entry.draft))) made.push(receipt);
    closeHold(holds, receipt);
    await journal.done(entry.id);
  }
  return made;
}

async function append(entry: JournalEntry, writer: LedgerWriter): Promise<Receipt> {
  const { draft, intentText, startedAt, awaits } = entry;
  const code = awaits === undefined ? "interrupted" : "unreported";
  const outcome: ReceiptDraft["outcome"] =
    startedAt === undefined ? draft.outcome : { status: "unknown", started_at: startedAt, error: { code } };
  return writer.append({ ...draft, outcome }, intentText);
}
