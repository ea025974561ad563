import { equalRanges } from "../bytes/bytes.js";
import { formatDigest, type HashFunction, parseDigest } from "../bytes/digest.js";
import type { Problem } from "../findings/finding.js";
import { packTime, unpackTime } from "../json/time.js";
import { isOfReleasePolicy, type Release, releaseOf } from "../policy/release.js";
import type { Receipt } from "../receipt/receipt.js";
import { type EntryFacts, none } from "./facts.js";
import { recordAt } from "./record.js";

/** Releases that are remembered: a decision older than all of them is not judged. */
const kept = 10_000;

/** Whether the ledger itself says which policy was in force when a receipt was decided, and what is wrong. */
export interface ReleaseJudgement {
  readonly judged: boolean;
  readonly problems: readonly Problem[];
}

/** Says nothing. */
export const notJudged: ReleaseJudgement = { judged: false, problems: none };
const asReleased: ReleaseJudgement = { judged: true, problems: none };

/**
 * Follows the releases of policies through a ledger (docs/format.md, "Releases"): from the first
 * one on, what decides is what its owners released last. A ledger without releases, and what was
 * decided before the first, are not judged here; a register of policies can be held against them.
 */
export class Releases {
  readonly #sha3: HashFunction;
  /** By their time, packed, which never goes back. */
  readonly #releases: { readonly hash: Uint8Array; readonly from: number }[] = [];

  constructor(sha3: HashFunction) {
    this.#sha3 = sha3;
  }

  /** Takes the next genuine receipt in its place; `sound` says whether no deviation questions its approval. */
  check(facts: EntryFacts, sound: boolean): ReleaseJudgement {
    if (facts.release !== undefined) return this.#checkRelease(facts.release, sound);
    const { bytes, at, decidedAt } = facts.record;
    const inForce = this.#inForceAt(decidedAt);
    if (inForce < 0) return notJudged;
    const { hash, from } = this.#releases[inForce]!;
    const own = at + recordAt.policyHash;
    if (equalRanges(bytes, own, hash, 0, hash.length)) return asReleased;
    // Of what was decided in the millisecond of a release, nobody can tell which was first.
    const before = from === decidedAt ? this.#releases[inForce - 1] : undefined;
    if (before !== undefined && equalRanges(bytes, own, before.hash, 0, hash.length)) return asReleased;
    const expected = `${formatDigest(hash)}, in force since ${unpackTime(from)}`;
    return wrong("/receipt/policy/hash", expected, formatDigest(bytes.subarray(own, own + hash.length)));
  }

  /** The index of the last release that was in force at a time, packed; -1 where none was. */
  #inForceAt(time: number): number {
    let index = this.#releases.length - 1;
    while (index >= 0 && this.#releases[index]!.from > time) index--;
    return index;
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
    const from = Math.max(packTime(release.from), last?.from ?? 0);
    this.#releases.push({ hash: parseDigest(release.hash)!, from });
    if (this.#releases.length > kept) this.#releases.shift();
  }
}

function wrong(where: string, expected: string, actual: string): ReleaseJudgement {
  return { judged: true, problems: [{ code: "control.policy-not-released", where, expected, actual }] };
}
