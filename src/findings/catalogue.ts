/** What a finding is about (docs/findings). Warnings never change a verdict by default. */
export type Severity = "error" | "deviation" | "warning";

/**
 * How a finding can be the mere consequence of another:
 * `entry-before`, of damage to the entry before it; `any-before`, of damage anywhere before it.
 */
export type Consequence = "entry-before" | "any-before";

/** What a finding needs besides ledger and trust file; `intent` is needed of each receipt by itself. */
export type FindingInput =
  | "intent"
  | "registers.agents"
  | "registers.adapters"
  | "registers.tenants"
  | "registers.policies"
  | "registers.executions"
  | "sla"
  | "replay";

export interface FindingKind {
  readonly severity: Severity;
  /** What is wrong, in a few words. */
  readonly title: string;
  /** What the reader can do. */
  readonly advice: string;
  /** Whether it shows that an entry was damaged, lost, added or moved, which explains others. */
  readonly damage?: true;
  readonly follows?: Consequence;
  /** What has to be given before it can be looked for; `verify` looks only for what needs nothing more. */
  readonly needs?: FindingInput;
  /** Whether it comes of testing controls over a population (`report`, `sample`), and not of `verify`. */
  readonly byControls?: true;
}

const askAgain = "ask for the export again, made by `sclaw ledger export` and sent as it is";
const askWhy = "ask the entity for the original record of this entry, and why the export differs";
const askRuntime = "ask the entity how this operation came to run, and inspect the system that it ran on";
const askApproval = "ask the entity for its own record of this approval, and speak with the person named";

/**
 * Every finding that the tool can make, with its severity and wording. Codes are stable:
 * other programs match on them. Each has a page under docs/findings.
 */
export const catalogue = {
  "encoding.not-json": {
    severity: "error",
    title: "a line is not JSON",
    advice: askAgain,
    damage: true,
  },
  "encoding.not-canonical": {
    severity: "error",
    title: "a line is not in its canonical form (RFC 8785)",
    advice: askAgain,
    damage: true,
  },
  "encoding.duplicate-key": {
    severity: "error",
    title: "a member stands twice in one object",
    damage: true,
    advice: "treat this line as forged until explained: two readers can see two different records in it",
  },
  "encoding.invalid-unicode": {
    severity: "error",
    title: "a line holds text that is not valid Unicode (RFC 7493)",
    advice: askAgain,
    damage: true,
  },
  "encoding.line-too-long": {
    severity: "error",
    title: "a line is longer than a ledger's lines can be",
    advice: askAgain,
    damage: true,
  },
  "encoding.too-deep": {
    severity: "error",
    title: "a line is nested deeper than a ledger's lines can be",
    advice: askAgain,
    damage: true,
  },
  "encoding.torn-line": {
    severity: "error",
    title: "the last line lacks its line end",
    damage: true,
    advice: "the file was cut short: ask for it again and compare the sizes",
  },
  "line.unknown": {
    severity: "error",
    title: "a line is no entry, withheld entry or checkpoint",
    advice: askAgain,
    damage: true,
  },
  "line.empty": {
    severity: "error",
    title: "the export discloses no receipt that was asked for",
    advice: "ask for an export that discloses receipts; nothing can be said about this one",
  },
  "ledger.mismatch": {
    severity: "error",
    title: "another ledger is named",
    damage: true,
    advice:
      "check that export and trust file are of the same ledger; if they are, this line came from elsewhere",
  },
  "range.frontier": {
    severity: "error",
    title: "the start of this range export is not the one that its checkpoint signs",
    damage: true,
    advice: "ask for the range again, or for the whole ledger",
  },
  "range.start": {
    severity: "error",
    title: "this is a range of the ledger, and not one that was asked for",
    advice: "if you asked for entries from there on, say so with --start; otherwise ask for the whole ledger",
  },
  "seq.gap": {
    severity: "error",
    title: "entries are missing",
    advice: "ask for the missing entries",
    damage: true,
    follows: "entry-before",
  },
  "seq.repeated": {
    severity: "error",
    title: "an entry has the number of the one before",
    advice: askWhy,
    damage: true,
    follows: "any-before",
  },
  "seq.order": {
    severity: "error",
    title: "an entry stands after a later one",
    advice: askWhy,
    damage: true,
    follows: "any-before",
  },
  "chain.prev": {
    severity: "error",
    title: "an entry does not link to the one before it",
    advice: askWhy,
    damage: true,
    follows: "entry-before",
  },
  "chain.time": {
    severity: "error",
    title: "a receipt was issued before the one in front of it",
    advice: "ask the entity about its clock and its ledger writer at that time",
  },
  "receipt.schema": {
    severity: "error",
    title: "an entry does not have the form of a receipt",
    advice: askWhy,
    damage: true,
  },
  "receipt.id-order": {
    severity: "error",
    title: "a receipt id is not greater than the one before",
    advice: askWhy,
    follows: "any-before",
  },
  "signature.invalid": {
    severity: "error",
    title: "a receipt's signature does not verify",
    damage: true,
    advice: "treat the content of this entry as unproven: it is not what the ledger key signed",
  },
  "intent.schema": {
    severity: "error",
    title: "a disclosed intent does not have the form of an intent",
    advice: askWhy,
    needs: "intent",
  },
  "intent.hash": {
    severity: "error",
    title: "a disclosed intent is not the one that was decided on",
    advice: askWhy,
    needs: "intent",
  },
  "intent.mismatch": {
    severity: "error",
    title: "receipt and intent name different parties",
    advice: askWhy,
    needs: "intent",
  },
  "key.unknown": {
    severity: "error",
    title: "the signing key is not in the trust file",
    damage: true,
    advice: "get the key from the entity over another way than the export, and add it only if it is genuine",
  },
  "key.not-valid": {
    severity: "error",
    title: "the signing key was not valid there",
    damage: true,
    advice: "ask who held the key at that time; an expired or revoked key proves nothing",
  },
  "key.role": {
    severity: "error",
    title: "the signing key is not a ledger key",
    damage: true,
    advice:
      "treat the entry as forged until explained: a person's key has no business in a ledger's signature",
  },
  "checkpoint.signature": {
    severity: "error",
    title: "a checkpoint is not a note that a ledger key signed",
    advice: askAgain,
  },
  "checkpoint.size": {
    severity: "error",
    title: "a checkpoint counts another number of entries",
    follows: "any-before",
    advice:
      "entries were added or removed around it: ask for the ledger as it was when the checkpoint was signed",
  },
  "checkpoint.root": {
    severity: "error",
    title: "a checkpoint signs another content than this",
    follows: "any-before",
    advice: "the entries are not those that the checkpoint was made for: ask for the original record",
  },
  "checkpoint.missing": {
    severity: "error",
    title: "the export holds no checkpoint",
    advice:
      "without one the end of the ledger can be cut at will: ask for an export that ends with a checkpoint",
  },
  "checkpoint.uncovered": {
    severity: "error",
    title: "no valid checkpoint covers the last entries",
    follows: "any-before",
    advice: "the end of the export could be cut or changed at will: ask for one that ends with a checkpoint",
  },
  "checkpoint.cosignature": {
    severity: "warning",
    title: "a witness's cosignature does not verify",
    advice: "do not count this witness; ask it what it signed",
  },
  "history.rewritten": {
    severity: "error",
    title: "this is not the history that the kept checkpoint signs",
    follows: "any-before",
    advice:
      "keep both notes: where both are genuine they prove to anyone that the ledger was rewritten or forked",
  },
  "history.truncated": {
    severity: "error",
    title: "the export is shorter than the checkpoint that was kept",
    advice: "entries that existed are withheld: ask for the ledger to its present end",
  },
  "entry.withheld": {
    severity: "error",
    title: "an entry's content is withheld, and nobody agreed to that",
    advice: "name whose entries you examine with --tenant, or accept withheld entries with --allow-withheld",
  },
  "entry.withheld-in-scope": {
    severity: "error",
    title: "an entry of the examined tenant is withheld",
    advice: "ask for this entry: it belongs to the tenant that the examination is about",
  },
  "control.executed-without-authority": {
    severity: "deviation",
    title: "an operation ran that the decision did not permit",
    advice: askRuntime,
  },
  "control.tier-without-approval": {
    severity: "deviation",
    title: "an elevated operation ran without a granted approval",
    advice: askRuntime,
  },
  "control.time-order": {
    severity: "deviation",
    title: "decision, start, completion and issue are out of order",
    advice: askRuntime,
  },
  "control.decision-differs": {
    severity: "deviation",
    byControls: true,
    title: "the policy decides otherwise than the receipt says",
    advice: "decide it again under the bundle that the receipt names, and ask which of the two was in force",
    needs: "replay",
  },
  "control.policy-not-released": {
    severity: "deviation",
    title: "a policy decided that was not released at the time",
    advice: "ask who put this policy version into the runtime, and for the approval of its release",
    needs: "registers.policies",
  },
  "control.unresolved": {
    severity: "deviation",
    byControls: true,
    title: "a held operation was not resolved in time",
    advice: "ask who was to decide on it, and why nobody did within the time that was agreed",
    needs: "sla",
  },
  "control.outcome-unknown": {
    severity: "deviation",
    byControls: true,
    title: "a permitted operation has no known outcome",
    advice: "find out from the system of record whether the operation took effect",
  },
  "control.agent-not-rostered": {
    severity: "deviation",
    byControls: true,
    title: "an agent acted that the register does not list",
    advice: "ask who admitted this agent, and when it was entered into the register",
    needs: "registers.agents",
  },
  "control.adapter-not-rostered": {
    severity: "deviation",
    byControls: true,
    title: "an adapter was used that the register does not list",
    advice: "ask who connected this adapter, and when it was entered into the register",
    needs: "registers.adapters",
  },
  "control.tenant-not-rostered": {
    severity: "deviation",
    byControls: true,
    title: "a tenant was acted for that the register does not list",
    advice: "ask whose tenant this is, and when it was entered into the register",
    needs: "registers.tenants",
  },
  "control.execution-unrecorded": {
    severity: "deviation",
    byControls: true,
    title: "the execution log lists an operation of which no receipt says that it ran",
    advice: "ask how this operation reached the adapter: it may have gone around the gate",
    needs: "registers.executions",
  },
  "control.execution-unlogged": {
    severity: "deviation",
    byControls: true,
    title: "a receipt says that an operation ran, and the execution log does not list it",
    advice: "ask the system of record for its own trace of this operation",
    needs: "registers.executions",
  },
  "nonce.reused": {
    severity: "deviation",
    title: "one authority was used for more than one execution",
    advice: askRuntime,
  },
  "approval.key": {
    severity: "deviation",
    title: "an approval is not signed with a valid key of its approver",
    advice: askApproval,
  },
  "approval.signature": {
    severity: "deviation",
    title: "an approval's signature does not fit this request",
    advice: askApproval,
  },
  "approval.not-member": {
    severity: "deviation",
    title: "an approver is in no group that this request needs",
    advice: askApproval,
  },
  "approval.time": {
    severity: "deviation",
    title: "an approval was not in force at the time",
    advice: askApproval,
  },
  "approval.self": {
    severity: "deviation",
    title: "an approver approved their own request",
    advice: askApproval,
  },
  "approval.repeated": {
    severity: "deviation",
    title: "one person approved more than once",
    advice: askApproval,
  },
  "approval.quorum": {
    severity: "deviation",
    title: "a granted request lacks the approvals that it needs",
    advice: askApproval,
  },
  "approval.tier-group": {
    severity: "deviation",
    title: "a granted request names no group that may approve its tier",
    advice: askApproval,
  },
  "approval.lineage": {
    severity: "deviation",
    title: "the receipts of one request contradict each other",
    advice: askApproval,
  },
  "approval.one-person-two-groups": {
    severity: "warning",
    title: "one person counts for two required groups",
    advice: "decide whether the two groups were meant to be different people",
  },
} as const satisfies { readonly [code: string]: FindingKind };

export type FindingCode = keyof typeof catalogue;

/** The facts about a code. */
export function kindOf(code: FindingCode): FindingKind {
  return catalogue[code];
}
