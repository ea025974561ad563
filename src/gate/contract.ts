import type { DigestText } from "../bytes/digest.js";
import type { JsonObject } from "../json/json.js";
import type { Time } from "../json/time.js";
import type { PolicyDecision } from "../policy/decide.js";
import type { Requirement } from "../receipt/approval.js";
import type { Intent } from "../receipt/intent.js";
import type { Receipt } from "../receipt/receipt.js";

/** What an agent proposes, and what only the transport knows of it. */
export interface Proposal {
  readonly intent: Intent;
  /** Whose retry of a held call this may be: a grant is spent by the session that asked for it. */
  readonly session: string;
  /** The operator's own fields of the receipt (docs/format.md, `ext`): integers are its only numbers. */
  readonly ext?: JsonObject;
}

/** What an adapter is told besides the intent, so that its own log can be reconciled with the ledger. */
export interface AdapterCall {
  readonly intent: Intent;
  readonly correlationId: string;
  readonly nonce: string;
}

/** What happened at the adapter. The result's bytes are hashed and not kept. */
export type AdapterResult =
  | { readonly status: "executed"; readonly result?: Uint8Array }
  | { readonly status: "failed"; readonly result?: Uint8Array; readonly error: AdapterError }
  /** It may have run: nobody can tell. */
  | { readonly status: "unknown"; readonly error: AdapterError };

export interface AdapterError {
  readonly code: string;
  readonly message?: string;
}

/**
 * Runs one permitted call. A promise that rejects is recorded as `failed`; an adapter that cannot
 * tell whether it ran returns `unknown`.
 */
export type Adapter = (call: AdapterCall) => Promise<AdapterResult>;

/** A request that waits for people's signatures. */
export interface HeldRequest {
  /** What `sclaw approve` calls it. */
  readonly id: string;
  readonly irHash: DigestText;
  readonly nonce: string;
  readonly required: readonly Requirement[];
  readonly requestedAt: Time;
  readonly expiresAt: Time;
  /** Of each required group, how many signatures count by now. */
  readonly counted: readonly Requirement[];
}

/** Why a call did not reach its adapter. */
export type RefusalKind = "denied" | "held" | "rejected" | "expired" | "withdrawn";

/** A call that did not reach its adapter. Its receipt is in the ledger, durably. */
export interface Refused {
  readonly kind: "refused";
  readonly why: RefusalKind;
  readonly decision: PolicyDecision;
  readonly irHash: DigestText;
  readonly receipt: Receipt;
  /** Of what waits or waited for people. */
  readonly request?: HeldRequest;
}

/** A call that reached its adapter. Its receipt is in the ledger, durably. */
export interface Ran {
  readonly kind: "ran";
  readonly result: AdapterResult;
  readonly decision: PolicyDecision;
  readonly irHash: DigestText;
  readonly receipt: Receipt;
}

/** A call that may reach its adapter now, once: this is journaled, durably. Ends with `finish`. */
export interface Permit extends AdapterCall {
  readonly kind: "permitted";
  readonly decision: PolicyDecision;
  readonly irHash: DigestText;
  /** The journal's number of it. */
  readonly id: number;
  readonly startedAt: Time;
}

export interface AskOptions {
  /** How long a held call waits for signatures before it is answered "held"; milliseconds, default 0. */
  readonly holdFor?: number;
  /** Withdraws a held call: nobody can grant it any more. */
  readonly signal?: AbortSignal;
  /** Is told at intervals of a call that waits. */
  readonly onWaiting?: (request: HeldRequest) => void;
  /**
   * For a call whose outcome another process reports (a coding agent's hook): how it will be named,
   * and until when its outcome is awaited. Then it is `unknown`.
   */
  readonly awaits?: { readonly key: string; readonly until: Time };
}

/** What was refused before it was an intent: a message nobody can read in one way only. */
export interface Malformed {
  readonly tenant: Intent["tenant"];
  readonly agent: Intent["agent"];
  readonly adapterId: string;
  readonly session: string;
  /** What was sent, of which the digest is recorded. */
  readonly bytes: Uint8Array;
  /** In words: what was expected and what was found. */
  readonly reason: string;
  /** What else can be told of it, for example the tool's name; small. */
  readonly about?: JsonObject;
  readonly ext?: JsonObject;
}

/** The runtime in the path of an agent: decides, collects approvals, records. */
export interface Gate {
  readonly ledger: string;
  readonly policy: { readonly version: string; readonly hash: DigestText };
  /** Decides, journals, runs the adapter where it is permitted, records, and then returns. */
  run(proposal: Proposal, adapter: Adapter, options?: AskOptions): Promise<Ran | Refused>;
  /** The first half of `run`, for adapters that are elsewhere. */
  ask(proposal: Proposal, options?: AskOptions): Promise<Permit | Refused>;
  /** The second half: records the outcome of a permitted call, once. */
  finish(permit: Permit, result: AdapterResult): Promise<Ran>;
  /** A permitted call that was asked with `awaits`, by its key, in this or another process; the oldest of them. */
  awaited(key: string): Permit | undefined;
  /** Records a refusal of what is no intent: a denial by the rule `invalid-request`. */
  refuse(malformed: Malformed): Promise<Refused>;
  /** Waits for what is under way, writes a checkpoint, and lets go of the ledger. */
  close(): Promise<void>;
}
