import type { JsonObject } from "../json/json.js";
import { integer, list, object, oneOf, refine, type Shape, type ShapeIssue } from "../json/shape.js";
import type { Time } from "../json/time.js";
import type { KeyId } from "../keys/public-key.js";
import { base64Of, signerId, someText, time, userId } from "./identifiers.js";

/** One thing that has to be met: so many members of a group. */
export interface Requirement {
  readonly group: string;
  readonly threshold: number;
}

/** One person's signed verdict on one request. */
export interface ApprovalSignature {
  readonly approver: string;
  readonly signer: KeyId;
  readonly verdict: "approve" | "reject";
  readonly at: Time;
  readonly sig: string;
}

export interface NoApproval {
  readonly state: "not_required";
}

/** A request to people, in whatever state it is. */
export interface ApprovalRequest {
  readonly state: "pending" | "granted" | "rejected" | "expired";
  readonly required: readonly Requirement[];
  readonly requested_at: Time;
  readonly expires_at: Time;
  readonly signatures: readonly ApprovalSignature[];
}

export type Approval = NoApproval | ApprovalRequest;

const requirement = object<Requirement>({ group: someText, threshold: integer(1) });

export const signature: Shape<ApprovalSignature> = object<ApprovalSignature>({
  approver: userId,
  signer: signerId,
  verdict: oneOf("approve", "reject"),
  at: time,
  sig: base64Of(64),
});

/** Sorted by group in UTF-16 order, no group twice: one list has one form. */
function sortedByGroup(required: readonly Requirement[], pointer: string, issues: ShapeIssue[]): void {
  for (let i = 1; i < required.length; i++) {
    if (required[i - 1]!.group < required[i]!.group) continue;
    issues.push({
      pointer: `${pointer}/${i}/group`,
      expected: "groups in ascending order, each once",
      actual: JSON.stringify(required[i]!.group),
    });
  }
}

const noApproval = object<NoApproval>({ state: oneOf("not_required") });

const request = object<ApprovalRequest>({
  state: oneOf("not_required", "pending", "granted", "rejected", "expired") as Shape<
    ApprovalRequest["state"]
  >,
  required: refine(list(requirement, { least: 1 }), sortedByGroup),
  requested_at: time,
  expires_at: time,
  signatures: list(signature, { most: 64 }),
});

/** `not_required` has no further member; every other state has the other four. */
export const approval: Shape<Approval> = (value, pointer, issues) => {
  const state = (value as JsonObject | undefined)?.["state"];
  if (state === "not_required") noApproval(value, pointer, issues);
  else request(value, pointer, issues);
};
