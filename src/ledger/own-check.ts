import { equalBytes } from "../bytes/bytes.js";
import type { Problem } from "../findings/finding.js";
import type { Time } from "../json/time.js";
import type { Engine } from "../keys/engine.js";
import type { TrustFile } from "../keys/trust-file.js";
import { type ApprovalJudgement, judgeApproval } from "./approvals.js";
import { checkAuthenticity, checkLedgerName, isGenuine } from "./authenticity.js";
import { checkControls } from "./controls.js";
import type { Entry } from "./entry.js";
import { type EntryStanding, followedBy, none } from "./facts.js";
import { checkIntent } from "./intent-check.js";
import { lineageOf } from "./lineage.js";

/** What is wrong with one entry by itself, as far as its line, the trust file and one time show it. */
export interface OwnProblems {
  /** With the forms of its members. */
  readonly form: readonly Problem[];
  /** With the ledger that it names. */
  readonly name: readonly Problem[];
  /** With its key and its signature. */
  readonly forgeries: readonly Problem[];
  /** With its intent, its approval and its controls. */
  readonly content: readonly Problem[];
}

/** What one entry shows by itself. */
export interface OwnCheck {
  readonly problems: OwnProblems;
  readonly standing: EntryStanding;
  readonly approval: ApprovalJudgement | undefined;
}

export const noOwnProblems: OwnProblems = { form: none, name: none, forgeries: none, content: none };

/**
 * Tests one entry by itself, its key at `judgedAt`; `examined` is the scope of the tenant that is. Controls and approvals are judged of genuine
 * receipts only: of a forged one nothing can be said but that it is forged.
 */
export function checkOwn(
  entry: Entry,
  judgedAt: Time | undefined,
  examined: Uint8Array | undefined,
  trust: TrustFile,
  engine: Engine,
): OwnCheck {
  const { receipt } = entry;
  const forgeries = checkAuthenticity(entry, judgedAt, trust, engine);
  const genuine = isGenuine(entry, forgeries, trust);
  const problems = { form: entry.problems, name: checkLedgerName(entry.ledger, trust), forgeries };
  const intent = receipt === undefined ? none : checkIntent(entry, receipt, engine.sha3_256);
  const isOfTenant = examined !== undefined && entry.scope !== undefined && equalBytes(entry.scope, examined);
  if (receipt === undefined || !genuine) {
    const standing = { isGenuine: false, isOfTenant, isRejected: false, lineage: undefined };
    return { problems: { ...problems, content: intent }, standing, approval: undefined };
  }
  const approval = judgeApproval(receipt, trust, engine);
  const content = followedBy(followedBy(intent, checkControls(receipt)), approval.problems);
  const request = receipt.approval;
  const lineage = request.state === "not_required" ? undefined : lineageOf(receipt, request, engine.sha3_256);
  const standing = { isGenuine: true, isOfTenant, isRejected: approval.rejected, lineage };
  return { problems: { ...problems, content }, standing, approval };
}
