import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DigestText } from "../bytes/digest.js";
import { CannotDo, refusalOf } from "../io/refusal.js";
import { flushFolderOf, writeWholeFile } from "../io/write-file.js";
import type { Time } from "../json/time.js";
import type { Engine } from "../keys/engine.js";
import type { TrustFile } from "../keys/trust-file.js";
import type { Receipt } from "../receipt/receipt.js";
import { type HeldFile, readHeld } from "./held-request.js";
import { type HeldJudgement, judgeHeld } from "./judge-held.js";
import type { PendingFolder, Resolution } from "./pending-folder.js";

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
  /** Attempts that were noted already. */
  readonly #noted = new Set<string>();

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
    } catch (error) {
      throw refusalOf(error, `cannot open the held requests ${this.#folder}`);
    }
  }

  /** Oldest first. */
  get open(): readonly Hold[] {
    return [...this.#open.values()].sort((a, b) =>
      a.draft.approval.requested_at < b.draft.approval.requested_at ? -1 : 1,
    );
  }

  get(id: string): Hold | undefined {
    return this.#open.get(id);
  }

  /** The oldest free hold of an intent and session under a policy: the one that a retry spends. */
  find(irHash: DigestText, session: string, policyHash: DigestText): Hold | undefined {
    return this.open.find(
      ({ busy, session: asked, draft }) =>
        !busy && asked === session && draft.ir_hash === irHash && draft.policy.hash === policyHash,
    );
  }

  /** Keeps a request, and puts it where approvers find it. */
  create(held: HeldFile): Hold {
    const id = held.draft.correlation_id;
    const text = `${JSON.stringify(held)}\n`;
    writeWholeFile(this.#path(id), text, { replace: false, mode: 0o600 });
    flushFolderOf(this.#path(id));
    this.#pending.publish(id, held);
    const hold: Hold = { ...held, id, busy: false };
    this.#open.set(id, hold);
    return hold;
  }

  /** What the signatures amount to at a time. Those that do not count are noted in the folder, once. */
  judge(hold: Hold, at: Time): HeldJudgement {
    const judgement = judgeHeld(hold, this.#pending.signatures(hold.id), at, this.#trust, this.#engine);
    for (const { signature, reason } of judgement.refused) {
      const { signer, approver, verdict } = signature;
      const key = `${hold.id} ${signer} ${verdict} ${signature.at} ${signature.sig}`;
      if (this.#noted.has(key)) continue;
      this.#noted.add(key);
      this.#pending.noteRefused(hold.id, { at, signer, approver, verdict, reason });
    }
    return judgement;
  }

  /** Ends a request, whose last receipt is in the ledger. */
  resolve(id: string, resolution: Resolution): void {
    this.#open.delete(id);
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
