import { equalBytes } from "../bytes/bytes.js";
import { formatDigest } from "../bytes/digest.js";
import { CannotDo } from "../io/refusal.js";
import type { Time } from "../json/time.js";
import type { Engine } from "../keys/engine.js";
import type { TrustFile } from "../keys/trust-file.js";
import { decodeEntry, type Entry, ScopeCache } from "../ledger/entry.js";
import { type Line, readLine } from "../ledger/line.js";
import { CheckpointOpener } from "../ledger/open-checkpoint.js";
import { CompactRange } from "../merkle/compact-range.js";
import { fileLines, type PlacedLine } from "./file-lines.js";

/** Which part of a ledger: places or times, or all of it. What is selected is widened to checkpoints. */
export interface ExportRange {
  /** The first place. */
  readonly start?: number;
  /** The place behind the last. */
  readonly end?: number;
  /** Whatever was decided from this time on. */
  readonly from?: Time;
  /** Whatever was decided up to this time, itself included. */
  readonly to?: Time;
}

/** A checkpoint's line in the file, and the tree there. */
interface Mark {
  readonly size: number;
  readonly note: string;
  /** Bytes up to its line's end. */
  readonly offset: number;
  readonly root: Uint8Array;
  readonly frontier: readonly Uint8Array[];
}

/** What is to be exported: bytes of the file between two checkpoints. */
export interface ExportPlan {
  /** The checkpoint before the first receipt; undefined where that is the ledger's first. */
  readonly start: Mark | undefined;
  readonly end: Mark;
  /** Receipts of the ledger that no checkpoint covers. */
  readonly uncovered: number;
  /** What cannot be read behind the last checkpoint: a write that is under way, or that a crash left. */
  readonly unread: string | undefined;
}

/**
 * Reads a ledger, which may grow meanwhile, and finds the checkpoints around what is asked for.
 * Every line's form, number and leaf is tested, and the root of every checkpoint; signatures of
 * receipts are the verifier's. Throws a refusal where the ledger is damaged before a checkpoint, or
 * nothing that was asked for is covered by one.
 */
export function planExport(
  file: number,
  path: string,
  range: ExportRange,
  trust: TrustFile,
  engine: Engine,
): ExportPlan {
  const planner = new Planner(range, trust, engine);
  for (const line of fileLines(file, 0)) planner.line(line, path);
  return planner.plan(path);
}

class Planner {
  readonly #range: ExportRange;
  readonly #engine: Engine;
  readonly #opener: CheckpointOpener;
  readonly #scopes: ScopeCache;
  readonly #tree: CompactRange;
  #damage: string | undefined;
  /** Receipts behind the damage. */
  #behind = 0;
  /** The first place whose receipt was issued in the period: none before it was decided in it. */
  #firstIn: number | undefined;
  #start: Mark | undefined;
  #end: Mark | undefined;
  #last: Mark | undefined;

  constructor(range: ExportRange, trust: TrustFile, engine: Engine) {
    this.#range = range;
    this.#engine = engine;
    this.#opener = new CheckpointOpener(trust, engine);
    this.#scopes = new ScopeCache(engine.sha3_256);
    this.#tree = CompactRange.empty(engine.sha3_256, 0);
  }

  line({ raw, offset }: PlacedLine, path: string): void {
    // The writer is in the middle of it.
    if (!raw.ended) return;
    const { line, problems } = readLine(raw);
    const mark = line?.kind === "checkpoint" ? this.#markOf(line, offset + raw.length + 1) : undefined;
    if (this.#damage !== undefined) {
      if (mark !== undefined)
        throw new CannotDo(
          `the ledger ${path} is damaged ${this.#damage}, and a checkpoint stands behind it`,
          "nothing is exported; see what sclaw verify says of it",
        );
      if (line?.kind === "entry") this.#behind++;
    } else if (line === undefined || problems.length > 0)
      this.#damage = `at byte ${offset}: ${problems[0]?.code}, expected ${problems[0]?.expected}`;
    else if (line.kind === "entry")
      this.#entry(decodeEntry(line, this.#engine.sha3_256, this.#scopes), offset);
    else if (mark === undefined || !this.#fits(mark))
      this.#damage = `at byte ${offset}: expected an entry or a checkpoint of size ${this.#tree.end} that verifies, found another line`;
    else this.#mark(mark);
  }

  plan(path: string): ExportPlan {
    const { start: asked } = this.#range;
    const last = this.#last;
    if (last === undefined)
      throw new CannotDo(
        `expected a ledger with a checkpoint, found none in ${path}`,
        "an export ends with a checkpoint: sclaw ledger checkpoint writes one",
      );
    const end = this.#end ?? last;
    const start = this.#start?.size === 0 ? undefined : this.#start;
    const isOutside = this.#range.from !== undefined && this.#firstIn === undefined;
    if (isOutside || end.size <= (start?.size ?? 0) || (asked ?? 0) >= end.size)
      throw new CannotDo(
        `expected receipts of what was asked for below the last checkpoint, found none: it is of size ${last.size}`,
        "sclaw ledger checkpoint covers what was appended since",
      );
    const uncovered = this.#tree.end - last.size + this.#behind;
    return { start, end, uncovered, unread: this.#damage };
  }

  #entry(entry: Entry, offset: number): void {
    const { receipt, leaf, seq, issuedAt } = entry;
    if (receipt === undefined || leaf === undefined || seq !== this.#tree.end) {
      this.#damage = `at byte ${offset}: expected a whole receipt with seq ${this.#tree.end}`;
      return;
    }
    const { from, to } = this.#range;
    if (from !== undefined && issuedAt! >= from) this.#firstIn ??= seq;
    // What was decided in the period may be recorded long after it.
    if (to !== undefined && receipt.decided_at <= to) this.#end = undefined;
    this.#tree.append(leaf);
  }

  #markOf(line: Line, offset: number): Mark | undefined {
    const opening = this.#opener.open(line.members["checkpoint"], undefined);
    if (!opening.ok) return undefined;
    const { note, checkpoint } = opening.opened;
    return { size: checkpoint.size, note, offset, root: checkpoint.root, frontier: this.#tree.hashes };
  }

  #fits({ size, root }: Mark): boolean {
    return size === this.#tree.end && equalBytes(root, this.#tree.root());
  }

  #mark(mark: Mark): void {
    const { start, end, from, to } = this.#range;
    this.#last = mark;
    const before = from === undefined ? (start ?? 0) : (this.#firstIn ?? Number.POSITIVE_INFINITY);
    if (mark.size <= before) this.#start = mark;
    if (to !== undefined || (end !== undefined && mark.size >= end)) this.#end ??= mark;
  }
}

/** The header of a range export (docs/format.md, "Lines"). */
export function rangeHeaderOf(
  ledger: string,
  { size, note, frontier }: Pick<Mark, "size" | "note" | "frontier">,
) {
  const hashes = frontier.map((hash) => formatDigest(hash));
  return { export: { format: "sclaw.ledger/1", ledger, start: size, frontier: hashes, checkpoint: note } };
}
