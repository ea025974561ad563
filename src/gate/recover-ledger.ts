import { engine } from "#engine";
import { now } from "../io/clock.js";
import { loadTrust } from "../io/load-trust.js";
import type { Receipt } from "../receipt/receipt.js";
import type { TornTail } from "../writer/recover.js";
import type { GateConfig } from "./config.js";
import { Holds } from "./holds.js";
import { Journal } from "./journal.js";
import { type OpenGateOptions, openWriter } from "./open-gate.js";
import { PendingFolder } from "./pending-folder.js";
import { Recorder } from "./recorder.js";

/** What a recovery found and did. */
export interface Recovered {
  /** Entries of the ledger now. */
  readonly size: number;
  /** What was cut off its end. */
  readonly torn: TornTail | undefined;
  /** Where the journal is kept as it was found, where a part of it could not be read. */
  readonly damagedJournal: string | undefined;
  /** Receipts of what was interrupted. */
  readonly made: readonly Receipt[];
  /** Calls whose outcome another process may still report. */
  readonly awaited: number;
  /** Requests that wait for people. */
  readonly held: number;
  /** The size that the last checkpoint covers. */
  readonly covered: number | undefined;
}

/**
 * Does what the next start of a gate would do with what a crash left, after reading the whole
 * ledger, and without the policy: cuts a torn end, makes receipts of what was interrupted, writes a
 * checkpoint. Throws a refusal where the ledger is damaged inside; then it has changed nothing.
 */
export async function recoverLedger(config: GateConfig, options: OpenGateOptions = {}): Promise<Recovered> {
  const trust = loadTrust({ path: config.keys, namedBy: "option" }, undefined);
  const writer = await openWriter(config, trust, { ...options, whole: true });
  let recorder: Recorder | undefined;
  try {
    const journal = Journal.open(config.ledger, writer.stillOurs);
    const holds = new Holds(config.ledger, new PendingFolder(config.pending), trust, engine);
    recorder = new Recorder({ writer, journal, holds, engine, clock: options.clock ?? now });
    const made = await recorder.recover();
    await writer.checkpoint();
    return {
      size: writer.size,
      torn: writer.torn,
      damagedJournal: journal.damaged,
      made,
      awaited: journal.open.length,
      held: holds.open.length,
      covered: writer.lastCheckpoint?.size,
    };
  } finally {
    await (recorder ?? writer).close();
  }
}
