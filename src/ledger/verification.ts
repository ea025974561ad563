import type { DigestText } from "../bytes/digest.js";
import type { FindingCode } from "../findings/catalogue.js";
import type { Finding } from "../findings/finding.js";
import type { Time } from "../json/time.js";
import type { Tenant } from "../receipt/identifiers.js";
import type { Status } from "../receipt/outcome.js";
import type { Decision, RiskTier } from "../receipt/receipt.js";
import type { Fork } from "./forks.js";
import type { Level } from "./level.js";

declare const verified: unique symbol;

/** A checkpoint of the export that passed every check. */
export interface VerifiedCheckpoint {
  readonly line: number;
  readonly size: number;
  readonly root: DigestText;
  readonly signers: readonly string[];
  readonly cosigners: readonly string[];
}

/** How many whole receipts there are of each kind. */
export interface Counts {
  readonly decision: { readonly [D in Decision]: number };
  readonly risk_tier: { readonly [T in RiskTier]: number };
  readonly status: { readonly [S in Status]: number };
}

/** What one pass over an export established, whatever the verdict. */
export interface VerificationFacts {
  readonly level: Level;
  /** The size up to which the export is anchored outside itself; undefined at level L0. */
  readonly anchoredSize: number | undefined;
  readonly ledger: string;
  readonly keysFingerprint: DigestText;
  readonly start: number;
  /** The roots of the subtrees before the start of a range, as its header gives them. */
  readonly frontier: readonly Uint8Array[];
  /** Start and entries: how long the ledger is that this export shows. */
  readonly size: number;
  /** The recomputed root of that size; undefined where an entry's leaf cannot be computed. */
  readonly root: DigestText | undefined;
  readonly lines: number;
  /** Entries that disclose their receipt, whole or not. */
  readonly disclosed: number;
  readonly withheld: number;
  readonly intentsDisclosed: number;
  /** Entries whose controls could not be tested: withheld, damaged or not genuine. */
  readonly controlsUntested: number;
  readonly tenant: Tenant | undefined;
  readonly counts: Counts;
  /** First and last `decided_at` of the whole receipts. */
  readonly period: { readonly from: Time; readonly to: Time } | undefined;
  /** The latest checkpoints that passed, at most `keptCheckpoints` of them, and how many there are. */
  readonly checkpoints: readonly VerifiedCheckpoint[];
  readonly checkpointCount: number;
  /** The note of the largest checkpoint that passed: what to keep for next time. */
  readonly latestNote: string | undefined;
  readonly fork: Fork | undefined;
  /** In the order of the ledger; of each code the first `keptPerCode`, fewer where their texts are long. */
  readonly findings: readonly Finding[];
  /** How many findings there are of each code, those included that are not kept. */
  readonly findingCounts: ReadonlyMap<FindingCode, number>;
  readonly deviations: number;
  /** Why reading stopped before the end, where it did. */
  readonly stopped: string | undefined;
}

/** An export that is what was signed: no `error` finding. Only a verification makes one. */
export interface VerifiedLedger extends VerificationFacts {
  readonly integrity: "verified";
  readonly [verified]: true;
}

/** An export that is not what was signed, or cannot be trusted. */
export interface FailedLedger extends VerificationFacts {
  readonly integrity: "failed";
}

/** An export of which the question could not be answered, and why. */
export interface UndecidedLedger extends VerificationFacts {
  readonly integrity: "undecided";
  readonly reason: string;
}

/**
 * The result of a verification. What needs a verified ledger takes a `VerifiedLedger`, and
 * cannot be called with less.
 */
export type Verification = VerifiedLedger | FailedLedger | UndecidedLedger;

/** Turns the facts of a pass into a verdict: the one place where a ledger becomes verified. */
export function verdictOf(
  facts: VerificationFacts,
  errors: number,
  undecided: string | undefined,
): Verification {
  if (errors > 0) return { integrity: "failed", ...facts };
  if (undecided !== undefined) return { integrity: "undecided", reason: undecided, ...facts };
  return { integrity: "verified", ...facts } as VerifiedLedger;
}
