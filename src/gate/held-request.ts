import type { Json } from "../json/json.js";
import { decodeShape, object, oneOf, type Shape, type ShapeIssue } from "../json/shape.js";
import { decodeStrict } from "../json/strict-decoder.js";
import type { ApprovalRequest } from "../receipt/approval.js";
import { anyText, someText } from "../receipt/identifiers.js";
import { type Intent, intent } from "../receipt/intent.js";
import { receiptMembers } from "../receipt/receipt.js";
import { draftMembers, type ReceiptDraft } from "../writer/receipt-draft.js";

/** A draft whose approval waits for people. */
export type HeldDraft = ReceiptDraft & { readonly approval: ApprovalRequest };

/**
 * A request that waits for people, as it lies in a file. The gate keeps its own copy, and gives one
 * to the approvers: what they read is what they sign, and it fits the gate's copy or does not count.
 */
export interface HeldFile {
  readonly format: "sclaw.held/1";
  readonly ledger: string;
  readonly session: string;
  readonly intent: Intent;
  /** The pending receipt: what was decided, and what has to be signed until when. */
  readonly draft: HeldDraft;
}

const draftShape = object<HeldDraft>({ ...draftMembers, approval: waiting }, ["ext"]);

function waiting(value: Json | undefined, pointer: string, issues: ShapeIssue[]): void {
  receiptMembers.approval(value, pointer, issues);
  const { state } = (value ?? {}) as { readonly state?: unknown };
  if (state !== "pending")
    issues.push({ pointer: `${pointer}/state`, expected: '"pending"', actual: JSON.stringify(state) });
}

const shape: Shape<HeldFile> = object<HeldFile>({
  format: oneOf("sclaw.held/1"),
  ledger: anyText,
  session: someText,
  intent,
  draft: draftShape,
});

/** Reads a held request from its file's bytes; every reason where it is none. */
export function readHeld(
  bytes: Uint8Array,
):
  | { readonly ok: true; readonly held: HeldFile }
  | { readonly ok: false; readonly reasons: readonly ShapeIssue[] } {
  const { value, issues } = decodeStrict(bytes, { canonical: false });
  if (value === undefined || issues.length > 0) {
    const reasons = issues.map(({ expected, actual }) => ({ pointer: "", expected, actual }));
    return { ok: false, reasons };
  }
  const shaped = decodeShape(shape, value);
  return shaped.ok ? { ok: true, held: shaped.value } : { ok: false, reasons: shaped.issues };
}
