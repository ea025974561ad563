import { type FindingCode, kindOf, type Severity } from "./catalogue.js";

/**
 * One thing that the evidence shows to be wrong (docs/format.md, "Findings").
 * Text from the export may stand in `message`, `expected` and `actual` as it is: renderers
 * make it harmless for where it goes.
 */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** From 1; 0 where it is about no line of the export (the checkpoint that was kept). */
  readonly line: number;
  /** Which file the line is in, where the export came in several. */
  readonly file?: string;
  readonly seq?: number;
  readonly receipt_id?: string;
  readonly message: string;
  /** What was looked at, for example a pointer into the line. */
  readonly where?: string;
  readonly expected?: string;
  readonly actual?: string;
  /** Index of the earlier finding that explains this one. */
  readonly follows_from?: number;
}

/** What a check found wrong, before it is known where in the ledger. */
export interface Problem {
  readonly code: FindingCode;
  /** What was looked at, for example a pointer into the receipt. */
  readonly where?: string;
  readonly expected: string;
  readonly actual: string;
  /** Of a gap: how many entries are missing. */
  readonly missing?: number;
}

/** Where in the ledger a problem is. */
export interface FindingPlace {
  readonly line: number;
  readonly seq?: number | undefined;
  readonly receipt_id?: string | undefined;
}

/** The one place where a finding's wording is put together: what, where, expected, found. */
export function messageOf(problem: Problem): string {
  const where = problem.where === undefined ? "" : ` (${problem.where})`;
  return `${kindOf(problem.code).title}${where}: expected ${problem.expected}, found ${problem.actual}`;
}
