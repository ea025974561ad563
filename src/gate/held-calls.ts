import { canonicalize } from "../json/canonical.js";
import type { Json } from "../json/json.js";
import type { Time } from "../json/time.js";
import type { PolicyBundle } from "../policy/bundle.js";
import { type Ask, allowsWith, decide, type PolicyDecision, understand } from "../policy/decide.js";
import { releaseAdapter } from "../policy/release-bundle.js";
import type { ApprovalRequest } from "../receipt/approval.js";
import type { Receipt } from "../receipt/receipt.js";
import type { ReceiptDraft } from "../writer/receipt-draft.js";
import type { AskOptions, HeldRequest, Permit, Proposal, RefusalKind, Refused } from "./contract.js";
import { approvalIn, draftOf, type RequestFacts, shortened } from "./draft.js";
import type { HeldDraft } from "./held-request.js";
import type { Hold, Holds } from "./holds.js";
import type { HeldJudgement } from "./judge-held.js";
import { decisionIn, type Recorder } from "./recorder.js";

/** One proposal under way. */
export interface Call extends RequestFacts {
  readonly intentText: string;
  readonly session: string;
}

export interface HeldCallsParts {
  readonly bundle: PolicyBundle;
  readonly holds: Holds;
  readonly recorder: Recorder;
  readonly ask: Ask;
  readonly ledger: string;
  /** How long a request waits for people; milliseconds. */
  readonly expiresAfter: number;
  /** Whether requests that wait under another bundle are void: a release of policies leaves them alone. */
  readonly voidsOthers: boolean;
  /** Asks from the beginning, for a request that the policy decides otherwise by now. */
  readonly askAgain: (proposal: Proposal, options: AskOptions) => Promise<Permit | Refused>;
}

/** How often a waiting call looks for signatures; milliseconds. */
const pollEvery = 200;

/** Calls that need people: asked, waited for, granted once, rejected, expired, withdrawn (docs/approvals.md). */
export class HeldCalls {
  readonly #parts: HeldCallsParts;

  constructor(parts: HeldCallsParts) {
    this.#parts = parts;
  }

  /** A call that was held: a new request, or the retry of one, which spends the oldest grant. */
  async hold(call: Call, decision: PolicyDecision, at: Time, options: AskOptions): Promise<Permit | Refused> {
    const hold = (await this.#take(call, decision, at)) ?? this.#create(call, decision, at);
    hold.busy = true;
    let answer: Permit | Refused | undefined;
    try {
      answer = await this.#ask(hold, call, decision, at, options);
      return answer;
    } finally {
      // A grant that is being spent is nobody else's any more.
      if (answer?.kind === "refused") hold.busy = false;
    }
  }

  /** Ends requests that are over: expired, rejected, or asked under a policy that is no longer in force. */
  async sweep(): Promise<void> {
    const { holds, bundle, recorder, voidsOthers } = this.#parts;
    for (const hold of holds.open) {
      if (hold.busy || holds.get(hold.id) !== hold) continue;
      const at = recorder.now();
      const ours = hold.draft.policy.hash === bundle.hash;
      const { state } = holds.judge(hold, at);
      if (state === "expired") await this.#expire(hold);
      else if (!ours && voidsOthers && hold.draft.adapter_id !== releaseAdapter)
        await this.#expire(hold, "another policy was released");
      else if (ours && state === "rejected") await this.#reject(hold, at);
    }
  }

  async #ask(
    hold: Hold,
    call: Call,
    decision: PolicyDecision,
    at: Time,
    options: AskOptions,
  ): Promise<Permit | Refused> {
    const judgement = this.#parts.holds.judge(hold, at);
    if (judgement.state !== "waiting") return this.#settle(hold, judgement, decision, at, options);
    this.#parts.holds.restore(hold);
    const pending = { ...hold.draft, ...decidedAnew(decision, at) };
    const receipt = await this.#parts.recorder.record(pending, call.intentText);
    const request = requestOf(hold, judgement);
    const held: Refused = { kind: "refused", why: "held", decision, irHash: call.irHash, receipt, request };
    return (await this.#wait(hold, options)) ?? held;
  }

  /**
   * Takes the request that the same call asked before, as long as the policy still asks the same of
   * it. It is busy before anybody else has a turn: of two calls at once, one spends a grant.
   */
  async #take(call: Call, decision: PolicyDecision, at: Time): Promise<Hold | undefined> {
    for (;;) {
      const hold = this.#parts.holds.find(call.irHash, call.session, call.policy.hash, at);
      if (hold === undefined) return undefined;
      hold.busy = true;
      if (isSameRequest(hold, decision)) return hold;
      await this.#expire(hold, otherwise);
    }
  }

  #create(call: Call, decision: PolicyDecision, at: Time): Hold {
    const { holds, ledger, expiresAfter } = this.#parts;
    const approval: ApprovalRequest = {
      state: "pending",
      required: decision.required,
      requested_at: at,
      expires_at: new Date(Date.parse(at) + expiresAfter).toISOString() as Time,
      signatures: [],
    };
    const draft = draftOf(call, decision, at, approval) as HeldDraft;
    const { session, intent } = call;
    return holds.create({ format: "sclaw.held/1", ledger, session, intent, draft });
  }

  /** Waits for people, as long as the caller does. Undefined where they have not decided by then. */
  async #wait(hold: Hold, options: AskOptions): Promise<Permit | Refused | undefined> {
    const { holds, bundle, recorder, ask } = this.#parts;
    const { holdFor = 0, signal, onWaiting } = options;
    const end = performance.now() + holdFor;
    while (performance.now() < end && !isAborted(signal)) {
      await pause(Math.min(pollEvery, end - performance.now()), signal);
      if (isAborted(signal)) break;
      const at = recorder.now();
      const judgement = holds.judge(hold, at);
      if (judgement.state !== "waiting") {
        const decision = decide(bundle, hold.intent as unknown as Json, at, ask);
        return this.#settle(hold, judgement, decision, at, { ...options, holdFor: end - performance.now() });
      }
      onWaiting?.(requestOf(hold, judgement));
    }
    if (!isAborted(signal)) return undefined;
    return refusedBy(hold, "withdrawn", await this.#expire(hold, "the caller withdrew it"));
  }

  /** People have decided, or it is too late. Their word is good for what they were shown, under today's decision. */
  async #settle(
    hold: Hold,
    judgement: HeldJudgement,
    decision: PolicyDecision,
    at: Time,
    options: AskOptions,
  ): Promise<Permit | Refused> {
    const { bundle, recorder, askAgain } = this.#parts;
    const { draft, intent, session } = hold;
    if (judgement.state === "expired") return refusedBy(hold, "expired", await this.#expire(hold));
    if (!isSameRequest(hold, decision)) {
      await this.#expire(hold, otherwise);
      return askAgain({ intent, session, ...(draft.ext === undefined ? {} : { ext: draft.ext }) }, options);
    }
    if (judgement.state === "rejected") return refusedBy(hold, "rejected", await this.#reject(hold, at));
    const understood = understand(bundle, intent as unknown as Json, at);
    if (!understood.ok || !allowsWith(bundle, understood.question, judgement.met)) {
      const why = "the policy does not allow it with these signatures";
      return refusedBy(hold, "rejected", await this.#expire(hold, why));
    }
    const approval = approvalIn(draft.approval, "granted", judgement.counted);
    const granted = { ...draft, ...decidedAnew(decision, at), approval };
    // Started when it was decided, so that no grant runs out in between.
    return recorder.start(granted, textOf(hold), decision, at, options.awaits);
  }

  /** Ends a request that nobody can grant any more. Its receipt says again what was decided when it was asked. */
  #expire(hold: Hold, why?: string): Promise<Receipt> {
    const approval = approvalIn(hold.draft.approval, "expired", []);
    return this.#end(hold, { ...hold.draft, approval }, why);
  }

  #reject(hold: Hold, at: Time): Promise<Receipt> {
    const decision = decide(this.#parts.bundle, hold.intent as unknown as Json, at, this.#parts.ask);
    if (!isSameRequest(hold, decision)) return this.#expire(hold, `rejected; ${otherwise}`);
    const { counted } = this.#parts.holds.judge(hold, at);
    const approval = approvalIn(hold.draft.approval, "rejected", counted);
    return this.#end(hold, { ...hold.draft, ...decidedAnew(decision, at), approval });
  }

  async #end(hold: Hold, draft: ReceiptDraft, why?: string): Promise<Receipt> {
    hold.busy = true;
    return this.#parts.recorder.record(draft, textOf(hold), { durable: true, why });
  }
}

const otherwise = "the policy decides otherwise now";

/** What a decision made again says anew, the request being the same. */
function decidedAnew({ decision, rules, why }: PolicyDecision, at: Time) {
  return { decision, rationale: { rules, summary: shortened(why.join("; ")) }, decided_at: at };
}

/** Whether a decision still asks the same people for the same: otherwise what they signed is void. */
function isSameRequest({ draft }: Hold, decided: PolicyDecision): boolean {
  if (decided.decision !== "approval" && decided.decision !== "escalate") return false;
  const before = [draft.risk_tier, draft.facts, draft.approval.required];
  const now = [decided.tier, decided.facts, decided.required];
  return canonicalize(before as unknown as Json) === canonicalize(now as unknown as Json);
}

function requestOf({ id, draft }: Hold, { met }: Pick<HeldJudgement, "met">): HeldRequest {
  const { required, requested_at: requestedAt, expires_at: expiresAt } = draft.approval;
  return { id, irHash: draft.ir_hash, nonce: draft.nonce, required, requestedAt, expiresAt, counted: met };
}

function refusedBy(hold: Hold, why: RefusalKind, receipt: Receipt): Refused {
  const { draft } = hold;
  const request = requestOf(hold, { met: [] });
  return { kind: "refused", why, decision: decisionIn(draft), irHash: draft.ir_hash, receipt, request };
}

const textOf = ({ intent }: Hold) => canonicalize(intent as unknown as Json);
const isAborted = (signal: AbortSignal | undefined) => signal?.aborted === true;

/** Resolves after a time, or at once where the signal says so. */
function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, Math.max(0, milliseconds));
    signal?.addEventListener("abort", done);
  });
}
