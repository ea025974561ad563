import type { Problem } from "../findings/finding.js";
import type { TrustFile } from "../keys/trust-file.js";
import type { Tenant } from "../receipt/identifiers.js";
import type { GivenRoot } from "./anchors.js";
import type { ApprovalJudgement } from "./approvals.js";
import type { Entry } from "./entry.js";
import type { LineInFile } from "./finish.js";
import type { Line } from "./line.js";
import type { Outline } from "./outline.js";

/** What to verify against, and what the reader asks for. */
export interface VerifyOptions {
  /** The reader's own keys and groups; never taken from an export. */
  readonly trust: TrustFile;
  /** The note of a checkpoint that was kept from an earlier export. */
  readonly since?: string;
  /**
   * Whether the reader kept that note, which raises the level and asks for a range (default);
   * false where somebody else may have chosen it: it is then only held against the export.
   */
  readonly sinceCounts?: boolean;
  /** A size and root known from elsewhere. */
  readonly given?: GivenRoot;
  /** The start of the range that was asked for. */
  readonly start?: number;
  /** The tenant that is examined: others may be withheld. */
  readonly tenant?: Tenant;
  /** Whether withheld entries are accepted, of whomever they are. */
  readonly allowWithheld?: boolean;
  /** A random number against inputs made to be slow; changes no answer. */
  readonly tableSeed?: number;
  /** Is given each entry as it was tested. */
  readonly observe?: (observed: ObservedEntry) => void;
}

/**
 * One entry as the pass saw it. What its outline holds costs nothing; most of the rest is read from
 * the line when it is asked for.
 */
export interface ObservedEntry {
  /** Of a whole receipt. */
  readonly outline: Outline | undefined;
  readonly line: Line;
  /** Where it stands, as findings name it. */
  readonly where: LineInFile;
  /** From 0: its place in the tree. */
  readonly place: number;
  readonly entry: Entry;
  /** Whether a ledger key that was valid there signed it. */
  readonly genuine: boolean;
  readonly approval: ApprovalJudgement | undefined;
  /** Whether the ledger's own releases say which policy was in force when it was decided. */
  readonly policyJudged: boolean;
  /** All that is wrong at its line, however many findings the verdict keeps. */
  readonly problems: readonly Problem[];
  /** What who recognized it has noted of it, going by its line alone; undefined where nothing was. */
  readonly note?: string | undefined;
  /** To be called by who holds many entries for long: those that stand beside it then need not be held. */
  readonly keep: () => void;
}
