import { encodeBase64 } from "../bytes/base64.js";
import type { DigestText } from "../bytes/digest.js";
import { encodeUtf8 } from "../bytes/utf8.js";
import { CannotDo } from "../io/refusal.js";
import type { Json } from "../json/json.js";
import type { PolicyBundle } from "../policy/bundle.js";
import { type Ask, decide } from "../policy/decide.js";
import { askOncePerClass } from "../policy/request-class.js";
import type { Receipt } from "../receipt/receipt.js";
import { draftProblem } from "../writer/receipt-draft.js";
import type {
  Adapter,
  AdapterResult,
  AskOptions,
  Gate,
  Malformed,
  Permit,
  Proposal,
  Ran,
  Refused,
} from "./contract.js";
import { draftOf } from "./draft.js";
import { type Call, HeldCalls } from "./held-calls.js";
import type { Holds } from "./holds.js";
import { canonicalIntent } from "./intent-limits.js";
import { intentOfMalformed } from "./malformed.js";
import { Recorder, type RecorderParts } from "./recorder.js";

/** What a gate works with; `openGate` puts it together. */
export interface GateParts extends RecorderParts {
  readonly bundle: PolicyBundle;
  readonly holds: Holds;
  readonly ledger: string;
  /** So many random bytes. */
  readonly random: (bytes: number) => Uint8Array;
  /** How long a request waits for people; milliseconds. */
  readonly expiresAfter: number;
  /** Whether requests that wait under another bundle are void: a release of policies leaves them alone. */
  readonly voidsOthers: boolean;
}

/** The pipeline: intent, facts, decision, approvals, journal, adapter, receipt (docs/gate.md). */
export class GateCore implements Gate {
  readonly ledger: string;
  readonly policy: { readonly version: string; readonly hash: DigestText };
  readonly #parts: GateParts;
  readonly #recorder: Recorder;
  /** Of requests that the policies cannot tell apart the engine is asked once. */
  readonly #askCedar: Ask;
  readonly #held: HeldCalls;
  readonly #underWay = new Set<Promise<unknown>>();
  #sweeping: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: GateParts) {
    this.ledger = parts.ledger;
    this.policy = { version: parts.bundle.info.version, hash: parts.bundle.hash };
    this.#parts = parts;
    this.#recorder = new Recorder(parts);
    this.#askCedar = askOncePerClass(parts.bundle);
    this.#held = new HeldCalls({
      ...parts,
      recorder: this.#recorder,
      ask: this.#askCedar,
      askAgain: (proposal, options) => this.ask(proposal, options),
    });
  }

  /** Settles what was left from before, then and every so many milliseconds. Returns the receipts that it made of what was interrupted. */
  async start(sweepEvery: number): Promise<readonly Receipt[]> {
    const made = await this.#sweep();
    this.#timer = setInterval(() => {
      // A disk that failed is told to the next caller.
      this.#sweeping = this.#sweeping.then(() => this.#sweep()).catch(() => {});
    }, sweepEvery);
    this.#timer.unref();
    return made;
  }

  run(proposal: Proposal, adapter: Adapter, options: AskOptions = {}): Promise<Ran | Refused> {
    return this.#track(this.#run(proposal, adapter, options));
  }

  async #run(proposal: Proposal, adapter: Adapter, options: AskOptions): Promise<Ran | Refused> {
    const permit = await this.ask(proposal, options);
    if (permit.kind === "refused") return permit;
    const { intent, correlationId, nonce } = permit;
    let result: AdapterResult;
    try {
      result = await adapter({ intent, correlationId, nonce });
    } catch (error) {
      result = { status: "failed", error: { code: error instanceof Error ? error.name : "error" } };
    }
    return this.finish(permit, result);
  }

  ask(proposal: Proposal, options: AskOptions = {}): Promise<Permit | Refused> {
    const refuse = (bytes: Uint8Array, reason: string) => this.#refuseIntent(proposal, bytes, reason);
    return this.#track(this.#ask(proposal, options, refuse));
  }

  /** `refuse` is what becomes of an intent that cannot stand in a ledger. */
  async #ask(
    proposal: Proposal,
    options: AskOptions,
    refuse: (bytes: Uint8Array, reason: string) => Promise<Refused>,
  ): Promise<Permit | Refused> {
    const { intent, session, ext } = proposal;
    const canonical = canonicalIntent(intent);
    if (!canonical.ok) return refuse(canonical.bytes, canonical.reason);
    const bytes = encodeUtf8(canonical.text);
    const at = this.#recorder.now();
    const decision = decide(this.#parts.bundle, intent as unknown as Json, at, this.#askCedar);
    const call: Call = {
      intent,
      session,
      ext,
      intentText: canonical.text,
      irHash: this.#recorder.hash(bytes),
      policy: this.policy,
      nonce: encodeBase64(this.#parts.random(16)),
      correlationId: this.#newCorrelationId(),
    };
    const draft = draftOf(call, decision, at, { state: "not_required" });
    const problem = draftProblem(draft, call.intentText);
    if (problem !== undefined) return refuse(bytes, problem);
    switch (decision.decision) {
      case "deny": {
        const receipt = await this.#recorder.record(draft, call.intentText);
        return { kind: "refused", why: "denied", decision, irHash: call.irHash, receipt };
      }
      case "allow":
        return this.#recorder.start(draft, call.intentText, decision, this.#recorder.now(), options.awaits);
      case "approval":
      case "escalate":
        return this.#held.hold(call, decision, at, options);
    }
  }

  finish(permit: Permit, result: AdapterResult): Promise<Ran> {
    return this.#track(this.#recorder.finish(permit, result));
  }

  awaited(key: string): Permit | undefined {
    return this.#recorder.awaited(key);
  }

  refuse(malformed: Malformed): Promise<Refused> {
    return this.#track(this.#refuse(malformed));
  }

  async #refuse(malformed: Malformed): Promise<Refused> {
    const { session, ext } = malformed;
    const intent = intentOfMalformed(malformed, (bytes) => this.#recorder.hash(bytes));
    const proposal = { intent, session, ...(ext === undefined ? {} : { ext }) };
    const refused = await this.#ask(proposal, {}, async (_bytes, problem) => {
      throw new CannotDo(
        `expected what a receipt can hold of a refused message, found otherwise: ${problem}`,
      );
    });
    if (refused.kind !== "refused")
      throw new Error("expected a refusal of what is no intent, found a permit");
    return { ...refused, decision: { ...refused.decision, why: [malformed.reason] } };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
    await this.#sweeping;
    await this.#recorder.close();
  }

  async #sweep(): Promise<readonly Receipt[]> {
    const made = await this.#recorder.recover();
    await this.#held.sweep();
    return made;
  }

  #track<T>(work: Promise<T>): Promise<T> {
    const settled = () => this.#underWay.delete(work);
    this.#underWay.add(work);
    work.then(settled, settled);
    return work;
  }

  #refuseIntent(proposal: Proposal, bytes: Uint8Array, reason: string): Promise<Refused> {
    const { intent, session, ext } = proposal;
    const { tenant, agent, adapter_id: adapterId } = intent;
    return this.refuse({
      tenant,
      agent,
      adapterId,
      session,
      bytes,
      reason,
      ...(ext === undefined ? {} : { ext }),
    });
  }

  #newCorrelationId(): string {
    const text = encodeBase64(this.#parts.random(16)).replaceAll("+", "-").replaceAll("/", "_");
    return `corr_${text.replace(/=+$/, "")}`;
  }
}
