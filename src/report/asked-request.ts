import type { DigestText } from "../bytes/digest.js";
import type { Time } from "../json/time.js";
import type { ApprovalRequest, ApprovalSignature, Requirement } from "../receipt/approval.js";
import type { Intent } from "../receipt/intent.js";
import type { Receipt } from "../receipt/receipt.js";
import { duration } from "./duration.js";

/** What people are asked to sign, as the file that they share says it. */
export interface AskedRequest {
  readonly ledger: string;
  readonly session: string;
  readonly intent: Intent;
  readonly draft: Pick<
    Receipt,
    "ir_hash" | "nonce" | "facts" | "risk_tier" | "policy" | "decision" | "rationale" | "decided_at" | "ext"
  > & { readonly approval: ApprovalRequest };
}

/** What the signatures on it amount to, by a trust file. */
export interface Standing {
  readonly state: "waiting" | "granted" | "rejected" | "expired";
  readonly counted: readonly ApprovalSignature[];
  readonly met: readonly Requirement[];
  readonly refused: readonly { readonly signature: ApprovalSignature; readonly reason: string }[];
  readonly early: readonly ApprovalSignature[];
  readonly missing: readonly string[];
}

/** An attempt to sign that somebody noted in the folder. */
export interface NotedAttempt {
  readonly at: string;
  readonly reason: string;
  readonly signer?: string;
  readonly approver?: string;
  readonly verdict?: string;
}

/** A request of the pending folder, as it looks at a moment. */
export interface LookedAt {
  readonly id: string;
  readonly at: Time;
  /** Absent where the file cannot be read. */
  readonly asked: AskedRequest | undefined;
  /** The intent's hash, computed here. */
  readonly irHash: DigestText | undefined;
  /** Why nobody should sign what this says: every reason. */
  readonly problems: readonly string[];
  readonly signatures: readonly ApprovalSignature[];
  /** Files beside the signatures that are none. */
  readonly others: readonly string[];
  /** Absent without a trust file. */
  readonly standing: Standing | undefined;
  readonly attempts: readonly NotedAttempt[];
  /** How it ended, as a file of the folder says. */
  readonly ended:
    | { readonly state: string; readonly at: string; readonly receipt_id: string; readonly why?: string }
    | undefined;
}

/** Where the people's keys were taken from. */
export interface KeysUsed {
  readonly fingerprint: DigestText;
  readonly path: string;
  readonly namedBy: "option" | "environment" | "sclaw.json" | "folder" | "gate.json";
}

/** Where the keys are from, in words; the path as it is. */
export function keysWords(keys: KeysUsed | undefined): string {
  if (keys === undefined) return "no trust file: signatures are not judged";
  const by: { readonly [N in KeysUsed["namedBy"]]: string } = {
    option: "(--keys)",
    environment: "(SCLAW_KEYS)",
    "sclaw.json": "named by sclaw.json in this folder",
    folder: "found in this folder",
    "gate.json": "named by the gate's configuration",
  };
  return `${keys.fingerprint}, from ${keys.path}, ${by[keys.namedBy]}`;
}

/** How a request stands, in words: the first line of whatever shows it. */
export function standingWords(looked: LookedAt): string {
  const { asked, ended, standing, signatures, at } = looked;
  if (ended !== undefined) return `ended: ${ended.state}${ended.why === undefined ? "" : `, ${ended.why}`}`;
  if (asked === undefined) return "cannot be read";
  const { required, expires_at: expiresAt } = asked.draft.approval;
  if (standing === undefined)
    return at > expiresAt ? "expired" : `waits; ${signatures.length} signatures lie there, not judged`;
  switch (standing.state) {
    case "granted":
      return "has its signatures; the agent's next try runs it";
    case "rejected":
      return "rejected";
    case "expired":
      return "expired";
    case "waiting": {
      const lacks = required.flatMap(({ group, threshold }) => {
        const met = standing.met.find((other) => other.group === group)?.threshold ?? 0;
        return met >= threshold ? [] : [`${threshold - met} of ${group}`];
      });
      return lacks.length === 0
        ? `waits: ${standing.missing.join("; ")}`
        : `waits for ${lacks.join(" and ")}`;
    }
  }
}

/** When a request was made and until when it waits, with how long that is from now. */
export function timesWords({ asked, at }: LookedAt): string {
  const { requested_at: requestedAt, expires_at: expiresAt } = asked!.draft.approval;
  const age = Date.parse(at) - Date.parse(requestedAt);
  const left = Date.parse(expiresAt) - Date.parse(at);
  const since = age < 0 ? `${duration(-age)} ahead of this clock` : `${duration(age)} ago`;
  const until = left < 0 ? `${duration(-left)} ago` : `${duration(left)} left`;
  return `${requestedAt} (${since}), until ${expiresAt} (${until})`;
}
