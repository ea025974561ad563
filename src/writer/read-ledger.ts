import { closeSync, openSync, readSync } from "node:fs";
import { equalBytes } from "../bytes/bytes.js";
import { encodeUtf8 } from "../bytes/utf8.js";
import { type FindingCode, kindOf } from "../findings/catalogue.js";
import { refusalOf } from "../io/refusal.js";
import { canonicalize } from "../json/canonical.js";
import type { Engine } from "../keys/engine.js";
import type { TrustFile } from "../keys/trust-file.js";
import { OneLook } from "../ledger/looks.js";
import type { ObservedEntry } from "../ledger/options.js";
import { LedgerPass } from "../ledger/pass.js";
import type { Receipt } from "../receipt/receipt.js";
import { checkpointLine } from "./checkpoint-line.js";
import { fileLines } from "./file-lines.js";
import { type Head, stateOf } from "./head-file.js";
import { LedgerState } from "./ledger-state.js";

/** Where a ledger file stands, and what at its end is no line of it. */
export interface LedgerReading {
  readonly state: LedgerState;
  /** Bytes up to the end of the last good line. */
  readonly end: number;
  readonly damage: Damage | undefined;
}

/** Something in the file that the writer did not finish, or that somebody changed. */
export interface Damage {
  /** Where it begins, in bytes. */
  readonly offset: number;
  readonly message: string;
  /** Whether genuine entries or checkpoints stand there or behind it: then it is no torn write. */
  readonly isInside: boolean;
}

/** A ledger that ends without a checkpoint is only not finished yet. */
const unfinished: ReadonlySet<FindingCode> = new Set<FindingCode>([
  "checkpoint.missing",
  "checkpoint.uncovered",
  "line.empty",
]);

/** What is found only of a checkpoint whose signature verifies: it was written behind entries that are not there. */
const signedButMisplaced: ReadonlySet<FindingCode> = new Set<FindingCode>([
  "checkpoint.size",
  "checkpoint.root",
]);

/**
 * Reads a ledger file to its end, with the verifier's own pass: from the start, or from a head
 * that the file bears out. Every signature, link and checkpoint that it reads is tested. Tells each
 * receipt that is in order to `each`. Throws a refusal where the file cannot be read.
 */
export function readLedger(
  path: string,
  head: Head | undefined,
  trust: TrustFile,
  engine: Engine,
  each?: (receipt: Receipt) => void,
): LedgerReading {
  const reader = new LedgerReader(head, trust, engine, each);
  try {
    const file = openSync(path, "r");
    try {
      reader.read(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw refusalOf(error, `cannot read the ledger ${path}`);
  }
  return reader.end();
}

/** Whether the ledger file holds, right before the head's offset, the checkpoint that the head names. */
export function bearsOut(path: string, head: Head): boolean {
  const line = checkpointLine(head.checkpoint);
  const start = head.offset - line.length;
  if (start < 0) return false;
  const file = openSync(path, "r");
  try {
    const found = Buffer.alloc(line.length);
    return readSync(file, found, 0, found.length, start) === found.length && equalBytes(found, line);
  } finally {
    closeSync(file);
  }
}

class LedgerReader {
  readonly #pass: LedgerPass;
  readonly #state: LedgerState;
  readonly #from: number;
  readonly #each: ((receipt: Receipt) => void) | undefined;
  /** Where each line of the pass begins. */
  readonly #starts: number[] = [];
  /** Whether the first line of the pass is the head's, and not the file's. */
  readonly #isTail: boolean;
  #offset: number;
  #lastGenuine = 0;

  constructor(
    head: Head | undefined,
    trust: TrustFile,
    engine: Engine,
    each: ((receipt: Receipt) => void) | undefined,
  ) {
    const state = head === undefined ? undefined : stateOf(head, engine.sha3_256);
    this.#state = state ?? LedgerState.empty(engine.sha3_256);
    this.#each = each;
    const start = this.#state.size;
    this.#from = state === undefined ? 0 : head!.offset;
    this.#offset = this.#from;
    this.#pass = new LedgerPass(
      { trust, ...(start === 0 ? {} : { start }), observe: (observed) => this.#observe(observed) },
      engine,
      new OneLook(0),
    );
    this.#isTail = start > 0;
    if (this.#isTail) this.#line(rangeHeader(head!, trust), this.#from);
  }

  read(file: number): void {
    for (const { raw, offset } of fileLines(file, this.#from)) {
      this.#line(raw, offset);
      this.#offset = offset + raw.length + (raw.ended ? 1 : 0);
    }
  }

  end(): LedgerReading {
    const verification = this.#pass.end();
    const checkpoint = verification.checkpoints.at(-1);
    this.#state.covered = checkpoint?.size ?? this.#state.covered;
    this.#state.note = verification.latestNote ?? this.#state.note;
    const wrong = verification.findings
      .filter(({ code }) => kindOf(code).severity === "error" && !unfinished.has(code))
      .sort((a, b) => a.line - b.line);
    const first = wrong[0];
    if (first === undefined) return { state: this.#state, end: this.#offset, damage: undefined };
    const offset = this.#starts[first.line - 1] ?? this.#offset;
    const isInside =
      this.#lastGenuine >= first.line ||
      (checkpoint?.line ?? 0) >= first.line ||
      wrong.some(({ code }) => signedButMisplaced.has(code)) ||
      (this.#isTail && first.line === 1);
    const message = `${first.code}: ${first.message}`;
    return { state: this.#state, end: offset, damage: { offset, message, isInside } };
  }

  #line(line: Parameters<LedgerPass["line"]>[0], offset: number): void {
    this.#starts.push(offset);
    this.#pass.line(line);
  }

  #observe({ entry, genuine, problems }: ObservedEntry): void {
    if (!genuine) return;
    this.#lastGenuine = this.#starts.length;
    const { receipt, leaf, prev } = entry;
    if (receipt === undefined || leaf === undefined || prev === undefined) return;
    if (problems.some(({ code }) => kindOf(code).severity === "error")) return;
    this.#state.append(receipt, leaf);
    this.#each?.(receipt);
  }
}

/** The tail of a ledger is read as a range export of its own, whose start the head bears out. */
function rangeHeader(head: Head, trust: TrustFile) {
  const { size: start, frontier, checkpoint } = head;
  const value = { export: { format: "sclaw.ledger/1", ledger: trust.ledger, start, frontier, checkpoint } };
  const bytes = encodeUtf8(canonicalize(value));
  return { bytes, length: bytes.length, ended: true };
}
