import type { DigestText } from "../bytes/digest.js";
import { describeJson, type Json, type JsonObject } from "../json/json.js";
import { isNoteName } from "../json/names.js";
import {
  integer,
  list,
  object,
  oneOf,
  pattern,
  pointerTo,
  record,
  type Shape,
  type ShapeIssue,
  text,
} from "../json/shape.js";
import type { Time } from "../json/time.js";
import type { KeyId } from "../keys/public-key.js";
import { type Approval, approval } from "./approval.js";
import {
  adapterId,
  anyText,
  base64Of,
  digest,
  type ReceiptId,
  receiptId,
  signerId,
  type Tenant,
  tenant,
  time,
} from "./identifiers.js";
import { type Agent, agent } from "./intent.js";
import { type Outcome, outcome } from "./outcome.js";

export type RiskTier = "T0_OBSERVE" | "T1_STANDARD" | "T2_ELEVATED" | "T3_SOVEREIGN";
export type Decision = "allow" | "deny" | "escalate" | "approval";
export type Fact = string | boolean | number;

/** One signed record of one decision (docs/format.md, "Receipt"). */
export interface Receipt {
  readonly schema: "sclaw.receipt/1";
  readonly ledger: string;
  readonly seq: number;
  readonly prev: DigestText;
  readonly receipt_id: ReceiptId;
  readonly correlation_id: string;
  readonly tenant: Tenant;
  readonly agent: Agent;
  readonly adapter_id: string;
  readonly ir_hash: DigestText;
  readonly nonce: string;
  readonly facts: { readonly [name: string]: Fact };
  readonly risk_tier: RiskTier;
  readonly policy: { readonly version: string; readonly hash: DigestText };
  readonly decision: Decision;
  readonly rationale: { readonly rules: readonly string[]; readonly summary: string };
  readonly approval: Approval;
  readonly decided_at: Time;
  readonly outcome: Outcome;
  readonly issued_at: Time;
  readonly signer: KeyId;
  readonly ext?: JsonObject;
}

const fact: Shape<Fact> = (value, pointer, issues) => {
  if (typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return;
  const expected = "a string, a boolean or an integer from 0 to 2^53-1";
  issues.push({ pointer, expected, actual: describeJson(value) });
};

/** Receipts hold no numbers but integers, inside `ext` as everywhere else. */
function onlyIntegers(value: Json | undefined, pointer: string, issues: ShapeIssue[]): void {
  if (typeof value === "number") integer()(value, pointer, issues);
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries(value)) onlyIntegers(member, pointerTo(pointer, name), issues);
}

const extension: Shape<JsonObject> = (value, pointer, issues) => {
  record<Json>(() => {})(value, pointer, issues);
  onlyIntegers(value, pointer, issues);
};

/** Each member's own shape, also for reading single members of a receipt that is not whole. */
export const receiptMembers = {
  schema: oneOf("sclaw.receipt/1"),
  ledger: text("a ledger's name without white space or +", isNoteName),
  seq: integer(),
  prev: digest,
  receipt_id: receiptId,
  correlation_id: pattern("corr_ and 1 to 64 of A-Z a-z 0-9 _ -", /^corr_[A-Za-z0-9_-]{1,64}$/),
  tenant,
  agent,
  adapter_id: adapterId,
  ir_hash: digest,
  nonce: base64Of(16),
  facts: record(fact),
  risk_tier: oneOf("T0_OBSERVE", "T1_STANDARD", "T2_ELEVATED", "T3_SOVEREIGN"),
  policy: object<Receipt["policy"]>({ version: anyText, hash: digest }),
  decision: oneOf("allow", "deny", "escalate", "approval"),
  rationale: object<Receipt["rationale"]>({ rules: list(anyText, { least: 1 }), summary: anyText }),
  approval,
  decided_at: time,
  outcome,
  issued_at: time,
  signer: signerId,
  ext: extension,
} as const;

export const receipt: Shape<Receipt> = object<Receipt>(receiptMembers, ["ext"]);
