import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DigestText } from "../bytes/digest.js";
import { CannotDo, refusalOf } from "../io/refusal.js";
import { flushFolderOf, writeWholeFile } from "../io/write-file.js";
import type { Time } from "../json/time.js";
import type { Engine } from "../keys/engine.js";
import type { TrustFile } from "../keys/trust-file.js";
import type { ApprovalSignature } from "../receipt/approval.js";
import type { Receipt } from "../receipt/receipt.js";
import { type HeldFile, readHeld } from "./held-request.js";
import { type HeldJudgement, judgeHeld } from "./judge-held.js";
import type { PendingFolder, Resolution } from "./pending-folder.js";

/** How far ahead an approver's clock may be before that is told; milliseconds. */
const clockSkew = 60_000;
/** Attempts of one request that are noted. */
const mostNoted = 500;

/** A request that waits for people, as the gate knows it. */
export interface Hold extends HeldFile {
  readonly id: string;
  /** Whether a call waits by it or spends it now: another call with the same intent does not. */
  busy: boolean;
}

/**
 * The gate's own copies of the requests that wait for people: a private folder beside the ledger.
 * What lies in the folder that approvers share is a copy for them, and is never read back but for
 * signatures.
 */
export class Holds {
  readonly #folder: string;
  readonly #pending: PendingFolder;
  readonly #trust: TrustFile;
  readonly #engine: Engine;
  readonly #open = new Map<string, Hold>();
  /** By request, the attempts that were noted already. */
  readonly #noted = new Map<string, Set<string>>();

  /** Opens the holds of a ledger, whose lock the caller has. Throws a refusal where they cannot be read. */
  constructor(ledger: string, pending: PendingFolder, trust: TrustFile, engine: Engine) {
    this.#folder = `${ledger}.holds`;
    this.#pending = pending;
    this.#trust = trust;
    this.#engine = engine;
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const names = readdirSync(this.#folder).filter((name) => name.endsWith(".json"));
      for (const name of names.sort()) this.#load(name);
      for (const hold of this.open) this.restore(hold);
    } catch (error) {
      throw refusalOf(error, `cannot open the held requests ${this.#folder}`);
    }
  }

  /** Oldest first. */
  get open(): readonly Hold[] {
    // Those of one moment stay in the order in which they were made.
    return [...this.#open.values()].sort(({ draft: a }, { draft: b }) => {
      const [x, y] = [a.approval.requested_at, b.approval.requested_at];
      return x < y ? -1 : x > y ? 1 : 0;
    });
  }

  get(id: string): Hold | undefined {
    return this.#open.get(id);
  }

  /**
   * The hold that a retry goes on with, of those of its intent, session and policy that are free: the
   * oldest that is granted, else the oldest that waits, else the oldest.
   */
  find(irHash: DigestText, session: string, policyHash: DigestText, at: Time): Hold | undefined {
    const free = this.open.filter(
      ({ busy, session: asked, draft }) =>
        !busy && asked === session && draft.ir_hash === irHash && draft.policy.hash === policyHash,
    );
    if (free.length < 2) return free[0];
    const states = free.map((hold) => this.judge(hold, at).state);
    const first = (state: HeldJudgement["state"]) => free[states.indexOf(state)];
    return first("granted") ?? first("waiting") ?? free[0];
  }

  /** Keeps a request, and puts it where approvers find it. */
  create(held: HeldFile): Hold {
    const id = held.draft.correlation_id;
    const text = `${JSON.stringify(held)}\n`;
    writeWholeFile(this.#path(id), text, { replace: false, mode: 0o600 });
    try {
      flushFolderOf(this.#path(id));
      this.#pending.publish(id, held);
    } catch (error) {
      // Nobody was asked: nobody's request is left behind.
      rmSync(this.#path(id), { force: true });
      throw refusalOf(error, `cannot keep the request ${id}`);
    }
    const hold: Hold = { ...held, id, busy: false };
    this.#open.set(id, hold);
    return hold;
  }

  /** Sees to it that approvers find what is asked of them. */
  restore({ id, busy: _busy, ...held }: Hold): void {
    this.#pending.restore(id, held);
  }

  /** What the signatures amount to at a time. Those that do not count are noted in the folder, once. */
  judge(hold: Hold, at: Time): HeldJudgement {
    const signers = this.#trust.approvers.map(({ id }) => id);
    const { signatures, others } = this.#pending.signatures(hold.id, signers);
    const judgement = judgeHeld(hold, signatures, at, this.#trust, this.#engine);
    for (const { signature, reason } of judgement.refused) this.#note(hold, at, reason, signature);
    for (const signature of judgement.early) {
      if (Date.parse(signature.at) - Date.parse(at) <= clockSkew) continue;
      this.#note(hold, at, `dated ${signature.at}, which is later: looked at from then on`, signature);
    }
    for (const reason of others) this.#note(hold, at, reason);
    return judgement;
  }

  /** Notes an attempt in the folder, once; whoever floods it is noted so many times. */
  #note(hold: Hold, at: Time, reason: string, signature?: ApprovalSignature): void {
    const noted = this.#noted.get(hold.id) ?? new Set();
    this.#noted.set(hold.id, noted);
    const key = signature === undefined ? reason : `${signature.signer} ${signature.at} ${signature.sig}`;
    if (noted.has(key) || noted.size >= mostNoted) return;
    noted.add(key);
    const { signer, approver, verdict } = signature ?? {};
    const by = signature === undefined ? {} : { signer: signer!, approver: approver!, verdict: verdict! };
    this.#pending.noteRefused(hold.id, { at, reason, ...by });
  }

  /** Ends a request, whose last receipt is in the ledger. */
  resolve(id: string, resolution: Resolution): void {
    this.#open.delete(id);
    this.#noted.delete(id);
    if (existsSync(this.#path(id))) {
      rmSync(this.#path(id), { force: true });
      // A hold that a power cut brought back could be spent again.
      flushFolderOf(this.#path(id));
    }
    try {
      this.#pending.resolve(id, resolution);
    } catch {
      // Approvers are told by a folder that is not the gate's alone: the ledger has the answer.
    }
  }

  #load(name: string): void {
    const read = readHeld(readFileSync(join(this.#folder, name)));
    const id = name.slice(0, -".json".length);
    if (!read.ok || read.held.draft.correlation_id !== id)
      throw new CannotDo(
        `expected a held request in ${join(this.#folder, name)}, found ${read.ok ? "one of another name" : read.reasons.map(({ expected }) => `no ${expected}`).join("; ")}`,
        "the gate wrote it: somebody changed it; move it away, and its request stays unresolved in the ledger",
      );
    this.#open.set(id, { ...read.held, id, busy: false });
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}

/** Whatever ended a request in the ledger ends it among the holds. */
export function closeHold(holds: Holds, receipt: Receipt, why?: string): void {
  const { state } = receipt.approval;
  if (state === "not_required" || state === "pending") return;
  const resolution = { state, at: receipt.issued_at, receipt_id: receipt.receipt_id };
  holds.resolve(receipt.correlation_id, why === undefined ? resolution : { ...resolution, why });
}
