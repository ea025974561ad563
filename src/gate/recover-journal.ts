import type { Time } from "../json/time.js";
import type { Receipt } from "../receipt/receipt.js";
import type { LedgerWriter } from "../writer/ledger-writer.js";
import type { ReceiptDraft } from "../writer/receipt-draft.js";
import { draftKey, findReceipts } from "./find-receipts.js";
import { closeHold, type Holds } from "./holds.js";
import type { Journal, JournalEntry } from "./journal.js";

/**
 * Makes receipts of journaled decisions that have none: what a crash left behind, and calls whose
 * outcome nobody reported in time. What was about to run is `unknown`; all else did not run. What
 * another process still may report by then is left alone.
 *
 * Returns the receipts that were made.
 */
export async function recoverJournal(
  journal: Journal,
  writer: LedgerWriter,
  holds: Holds,
  at: Time,
  isBusy: (id: number) => boolean = () => false,
): Promise<readonly Receipt[]> {
  const due = journal.open.filter(
    ({ id, awaits }) => !isBusy(id) && (awaits === undefined || awaits.until <= at),
  );
  if (due.length === 0) return [];
  const from = Math.min(...due.map(({ offset }) => offset));
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
