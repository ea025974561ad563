import { kindOf, type Severity } from "../findings/catalogue.js";
import type { Verification } from "../ledger/verification.js";

/** What a command's exit code says. Told apart: evidence that is wrong, a question that could not be answered, a bug. */
export const exitCodes = { good: 0, findings: 1, couldNot: 2, bug: 3 } as const;

const rank: { readonly [S in Severity]: number } = { error: 3, deviation: 2, warning: 1 };

/** The exit code of a verdict: 1 where anything is at or above `failOn`, whatever was kept or shown. */
export function verdictExitCode(verification: Verification, failOn: Severity): number {
  switch (verification.integrity) {
    case "undecided":
      return exitCodes.couldNot;
    case "failed":
      return exitCodes.findings;
    case "verified": {
      const codes = [...verification.findingCounts.keys()];
      const reached = codes.some((code) => rank[kindOf(code).severity] >= rank[failOn]);
      return reached ? exitCodes.findings : exitCodes.good;
    }
  }
}
