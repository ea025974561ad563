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

/** The parties that intent and receipt both name, each in one form. */
const parties: { readonly [name: string]: (named: Intent | Receipt) => string } = {
  adapter_id: (named) => named.adapter_id,
  tenant: (named) => named.tenant,
  agent: ({ agent }) => JSON.stringify([agent.id, agent.on_behalf_of ?? null]),
};

function differingParties(intent: Intent, receipt: Receipt): Problem[] {
  return Object.entries(parties).flatMap(([where, party]): Problem[] => {
    const [recorded, said] = [party(receipt), party(intent)];
    if (said === recorded) return [];
    return [{ code: "intent.mismatch", where, expected: `${recorded}, as in the receipt`, actual: said }];
  });
}
