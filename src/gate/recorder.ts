import { type DigestText, formatDigest } from "../bytes/digest.js";
import type { Time } from "../json/time.js";
import type { Engine } from "../keys/engine.js";
import type { PolicyDecision } from "../policy/decide.js";
import type { Approval } from "../receipt/approval.js";
import type { Intent } from "../receipt/intent.js";
import type { Receipt } from "../receipt/receipt.js";
import type { LedgerWriter } from "../writer/ledger-writer.js";
import type { ReceiptDraft } from "../writer/receipt-draft.js";
import type { AdapterResult, AskOptions, Permit, Ran } from "./contract.js";
import { outcomeOf } from "./draft.js";
import { closeHold, type Holds } from "./holds.js";
import type { Journal, JournalEntry } from "./journal.js";
import { isDue, recoverJournal } from "./recover-journal.js";

export interface RecorderParts {
  readonly writer: LedgerWriter;
  readonly journal: Journal;
  readonly holds: Holds;
  readonly engine: Engine;
  readonly clock: () => Time;
}

/**
 * Writes what happens, in the order that hides no execution: the decision into the journal, then
 * the adapter's call, then the receipt into the ledger, each flushed before the next.
 */
export class Recorder {
  readonly #parts: RecorderParts;
  /** Journal entries that this process is at work on. */
  readonly #busy = new Set<number>();
  readonly #finishing = new Set<number>();
  #lastTime: Time | undefined;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
    // What is decided by a policy is decided after its release, whatever the clock says by now.
    this.#lastTime = parts.writer.release?.from;
    // A grant that another process spends is not free, although its hold has not ended yet.
    for (const { startedAt, draft } of parts.journal.open) {
      const hold = startedAt === undefined ? undefined : parts.holds.get(draft.correlation_id);
      if (hold !== undefined) hold.busy = true;
    }
  }

  /** The clock, which does not go back: what came later is dated later. */
  now(): Time {
    const time = this.#parts.clock();
    if (this.#lastTime === undefined || time > this.#lastTime) this.#lastTime = time;
    return this.#lastTime;
  }

  hash(bytes: Uint8Array): DigestText {
    return formatDigest(this.#parts.engine.sha3_256(bytes));
  }

  /**
   * Records what does not run. Journaled before, so that a crash does not lose it; `durable` where
   * its receipt must not be made twice. What ends a request ends its hold, `why` in words.
   */
  async record(
    draft: ReceiptDraft,
    intentText: string,
    { durable = false, why }: { readonly durable?: boolean; readonly why?: string | undefined } = {},
  ): Promise<Receipt> {
    const { journal, writer, holds } = this.#parts;
    const { id, written } = journal.add({ offset: writer.flushed, draft, intentText }, durable);
    this.#busy.add(id);
    await written;
    const receipt = await writer.append(draft, intentText);
    // Before the journal forgets it: a hold that outlived its last receipt could be granted after it.
    closeHold(holds, receipt, why);
    this.#forget(id);
    return receipt;
  }

  /** Journals that a call is about to run. From here on it leaves a receipt, whatever happens. */
  async start(
    draft: ReceiptDraft,
    intentText: string,
    decision: PolicyDecision,
    startedAt: Time,
    awaits: AskOptions["awaits"],
  ): Promise<Permit> {
    const { journal, writer } = this.#parts;
    writer.requireWritable();
    const entry = {
      offset: writer.flushed,
      draft,
      intentText,
      startedAt,
      ...(awaits === undefined ? {} : { awaits }),
    };
    const { id, written } = journal.add(entry, true);
    // One whose outcome another process reports is nobody's here until then.
    if (awaits === undefined) this.#busy.add(id);
    await written;
    // What could not be recorded does not run; the journal's entry says that it was about to.
    writer.requireWritable();
    return permitOf({ id, ...entry }, decision);
  }

  /** Records the outcome of a permitted call, once. */
  async finish(permit: Permit, result: AdapterResult): Promise<Ran> {
    const { journal, writer, holds } = this.#parts;
    const entry = this.#finishing.has(permit.id) ? undefined : journal.get(permit.id);
    if (entry?.startedAt === undefined || entry.draft.nonce !== permit.nonce)
      throw new Error("expected a permitted call without an outcome, found none: each is recorded once");
    this.#finishing.add(entry.id);
    this.#busy.add(entry.id);
    // The process that started it may have had a clock that was ahead of this one's.
    const completedAt = later(this.now(), entry.startedAt);
    const outcome = outcomeOf(result, entry.startedAt, completedAt, (bytes) => this.hash(bytes));
    const receipt = await writer.append({ ...entry.draft, outcome }, entry.intentText);
    closeHold(holds, receipt);
    this.#forget(entry.id);
    this.#finishing.delete(entry.id);
    return { kind: "ran", result, decision: permit.decision, irHash: permit.irHash, receipt };
  }

  /** Its receipt is there: nobody waits for the journal to say so. A journal that failed refuses the next entry. */
  #forget(id: number): void {
    this.#parts.journal.done(id).catch(() => {});
    this.#busy.delete(id);
  }

  /** The oldest permitted call whose outcome is awaited by this key. */
  awaited(key: string): Permit | undefined {
    const entry = this.#parts.journal.open.find(
      ({ id, awaits }) => awaits?.key === key && !this.#busy.has(id) && !this.#finishing.has(id),
    );
    return entry === undefined ? undefined : permitOf(entry, decisionIn(entry.draft));
  }

  /** Makes receipts of what was interrupted, or not reported in time. */
  async recover(): Promise<readonly Receipt[]> {
    const { journal, writer, holds } = this.#parts;
    const at = this.now();
    const due = journal.open.filter(({ id, awaits }) => !this.#busy.has(id) && isDue(awaits, at));
    // From here on nobody else finishes them.
    for (const { id } of due) this.#finishing.add(id);
    return recoverJournal(due, journal, writer, holds);
  }

  /** Lets go of journal and ledger. */
  async close(): Promise<void> {
    try {
      await this.#parts.journal.close();
    } finally {
      await this.#parts.writer.close();
    }
  }
}

function permitOf(entry: JournalEntry, decision: PolicyDecision): Permit {
  const { id, draft, intentText, startedAt } = entry;
  return {
    kind: "permitted",
    id,
    intent: JSON.parse(intentText) as Intent,
    correlationId: draft.correlation_id,
    nonce: draft.nonce,
    irHash: draft.ir_hash,
    decision,
    startedAt: startedAt!,
  };
}

/** The decision that a draft records; how its facts came about is not in it. */
export function decisionIn(draft: ReceiptDraft): PolicyDecision {
  const { decision, risk_tier: tier, rationale, facts, approval } = draft;
  const { rules, summary } = rationale;
  return { decision, tier, rules, required: requiredIn(approval), facts, traces: [], why: [summary] };
}

const later = (a: Time, b: Time) => (a > b ? a : b);
const requiredIn = (approval: Approval) => (approval.state === "not_required" ? [] : approval.required);
