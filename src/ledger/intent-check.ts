import { formatDigest, type HashFunction } from "../bytes/digest.js";
import type { Problem } from "../findings/finding.js";
import { collectIssues, type ShapeIssue } from "../json/shape.js";
import { type Intent, intent as intentShape } from "../receipt/intent.js";
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
  collectIssues(intentShape, intent, "/intent", issues);
  const problems = issues.map((issue): Problem => {
    return { code: "intent.schema", where: issue.pointer, expected: issue.expected, actual: issue.actual };
  });
  const hash = formatDigest(sha3(intentBytes));
  if (hash !== receipt.ir_hash)
    problems.push({ code: "intent.hash", expected: receipt.ir_hash, actual: hash });
  if (issues.length === 0) problems.push(...differingParties(intent as unknown as Intent, receipt));
  return problems;
}

/** The parties that intent and receipt both name have to be the same. */
function differingParties(intent: Intent, receipt: Receipt): Problem[] {
  const problems: Problem[] = [];
  const differ = (where: string, recorded: unknown, said: unknown) => {
    const expected = `${JSON.stringify(recorded)}, as in the receipt`;
    problems.push({ code: "intent.mismatch", where, expected, actual: JSON.stringify(said) });
  };
  if (intent.adapter_id !== receipt.adapter_id) differ("adapter_id", receipt.adapter_id, intent.adapter_id);
  if (intent.tenant !== receipt.tenant) differ("tenant", receipt.tenant, intent.tenant);
  const [said, recorded] = [intent.agent, receipt.agent];
  if (said.id !== recorded.id || said.on_behalf_of !== recorded.on_behalf_of) differ("agent", recorded, said);
  return problems;
}
