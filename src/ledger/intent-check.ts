import { formatDigest, type HashFunction } from "../bytes/digest.js";
import type { Problem } from "../findings/finding.js";
import { canonicalize } from "../json/canonical.js";
import { isJsonObject, type Json } from "../json/json.js";
import type { ShapeIssue } from "../json/shape.js";
import { intent as intentShape } from "../receipt/intent.js";
import type { Receipt } from "../receipt/receipt.js";
import type { Entry } from "./entry.js";

/**
 * Holds a disclosed intent against its receipt: its form, its hash, and the parties that
 * both name. An intent that was not disclosed cannot be tested; the verdict counts those.
 */
export function checkIntent(entry: Entry, receipt: Receipt, sha3: HashFunction): Problem[] {
  const { intent, intentBytes } = entry;
  if (intent === undefined || intentBytes === undefined) return [];
  const issues: ShapeIssue[] = [];
  intentShape(intent, "/intent", issues);
  const problems = issues.map((issue): Problem => {
    return { code: "intent.schema", where: issue.pointer, expected: issue.expected, actual: issue.actual };
  });
  const hash = formatDigest(sha3(intentBytes));
  if (hash !== receipt.ir_hash)
    problems.push({ code: "intent.hash", expected: receipt.ir_hash, actual: hash });
  if (issues.length === 0 && isJsonObject(intent)) {
    for (const party of ["adapter_id", "tenant", "agent"] as const) {
      const said = canonicalize(intent[party]!);
      const recorded = canonicalize(receipt[party] as unknown as Json);
      if (said === recorded) continue;
      problems.push({
        code: "intent.mismatch",
        where: party,
        expected: `${recorded}, as in the receipt`,
        actual: said,
      });
    }
  }
  return problems;
}
