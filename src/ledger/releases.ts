import type { HashFunction } from "../bytes/digest.js";
import type { Problem } from "../findings/finding.js";
import type { Time } from "../json/time.js";
import { isOfReleasePolicy, type Release, releaseOf } from "../policy/release.js";
import { releaseAdapter } from "../policy/release-bundle.js";
import type { Receipt } from "../receipt/receipt.js";

/** Releases that are remembered: a decision older than all of them is not judged. */
const kept = 10_000;

/** Whether the ledger itself says which policy was in force when a receipt was decided, and what is wrong. */
export interface ReleaseJudgement {
  readonly judged: boolean;
  readonly problems: readonly Problem[];
}

const notJudged: ReleaseJudgement = { judged: false, problems: [] };
const asReleased: ReleaseJudgement = { judged: true, problems: [] };

/**
 * Follows the releases of policies through a ledger (docs/format.md, "Releases"): from the first
 * one on, what decides is what its owners released last. A ledger without releases, and what was
 * decided before the first, are not judged here; a register of policies can be held against them.
 */
export class Releases {
  readonly #sha3: HashFunction;
  /** By their time, which never goes back. */
  readonly #releases: Release[] = [];

  constructor(sha3: HashFunction) {
    this.#sha3 = sha3;
  }

  /** Takes the next genuine receipt in its place; `sound` says whether no deviation questions its approval. */
  check(receipt: Receipt, sound: boolean): ReleaseJudgement {
    if (receipt.adapter_id === releaseAdapter) return this.#checkRelease(receipt, sound);
    const at = this.#releases.findLastIndex(({ from }) => from <= receipt.decided_at);
    if (at < 0) return notJudged;
    const { hash, from } = this.#releases[at]!;
    if (receipt.policy.hash === hash) return asReleased;
    // Of what was decided in the millisecond of a release, nobody can tell which was first.
    const before = from === receipt.decided_at ? this.#releases[at - 1] : undefined;
    if (before?.hash === receipt.policy.hash) return asReleased;
    const expected = `${hash}, in force since ${from}`;
    return wrong("/receipt/policy/hash", expected, receipt.policy.hash);
  }

  #checkRelease(receipt: Receipt, sound: boolean): ReleaseJudgement {
    if (!isOfReleasePolicy(receipt, this.#sha3))
      return wrong("/receipt/policy/hash", "the built-in policy that decides releases", receipt.policy.hash);
    const release = sound ? releaseOf(receipt, this.#sha3) : undefined;
    if (release !== undefined) this.#remember(release);
    return asReleased;
  }

  #remember(release: Release): void {
    const last = this.#releases.at(-1);
    // A receipt's times may be anything; a release takes force no earlier than the one before it.
    const from: Time = last !== undefined && release.from < last.from ? last.from : release.from;
    this.#releases.push({ hash: release.hash, from });
    if (this.#releases.length > kept) this.#releases.shift();
  }
}

function wrong(where: string, expected: string, actual: string): ReleaseJudgement {
  return { judged: true, problems: [{ code: "control.policy-not-released", where, expected, actual }] };
}
