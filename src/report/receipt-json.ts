import { formatDigest } from "../bytes/digest.js";
import { jsonText } from "./json-text.js";
import { problemJson } from "./problem-json.js";
import type { ShownEntry } from "./receipt-text.js";
import { notCovered } from "./verification-json.js";

/** One entry with its findings, as `sclaw show --format json` gives it out. */
export function renderReceiptJson({ observed, verification, provenance }: ShownEntry): string {
  const { entry } = observed;
  return jsonText({
    schema: "sclaw.shown/1",
    integrity: verification.integrity,
    level: verification.level,
    ledger: verification.ledger,
    keys: {
      fingerprint: verification.keysFingerprint,
      source: provenance.keysSource,
      path: provenance.keysPath,
    },
    ...observed.where,
    place: observed.place,
    genuine: observed.genuine,
    leaf: entry.leaf === undefined ? null : formatDigest(entry.leaf),
    entry: observed.line.members,
    approvals:
      observed.approval?.signatures.map(({ signature, problem }) => ({
        approver: signature.approver,
        verdict: signature.verdict,
        counts: problem === undefined,
        ...(problem === undefined ? {} : { code: problem.code }),
      })) ?? [],
    findings: observed.problems.map(problemJson),
    not_covered: notCovered(verification, provenance),
  });
}
