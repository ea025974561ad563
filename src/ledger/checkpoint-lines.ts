import { equalBytes } from "../bytes/bytes.js";
import { formatDigest } from "../bytes/digest.js";
import type { FindingPlace, Problem } from "../findings/finding.js";
import type { Json } from "../json/json.js";
import type { TrustFile } from "../keys/trust-file.js";
import type { ForkWatch } from "./forks.js";
import type { CheckpointOpener, JudgedAt, OpenedCheckpoint } from "./open-checkpoint.js";
import type { Tree } from "./tree.js";
import type { VerifiedCheckpoint } from "./verification.js";

/** How many checkpoints are named in the result; all are tested. */
export const keptCheckpoints = 1000;

/** Tests the checkpoint lines of an export, and knows what they cover. */
export class CheckpointLines {
  readonly #trust: TrustFile;
  readonly #opener: CheckpointOpener;
  readonly #forks: ForkWatch;
  #lines = 0;
  #verifiedCount = 0;
  #verified: VerifiedCheckpoint[] = [];
  #latest: OpenedCheckpoint | undefined;
  #cosignedSize: number | undefined;
  /** The first entry that no checkpoint covers so far. */
  #uncovered: { readonly line: number; readonly place: number } | undefined;

  constructor(trust: TrustFile, opener: CheckpointOpener, forks: ForkWatch) {
    this.#trust = trust;
    this.#opener = opener;
    this.#forks = forks;
  }

  /** The latest checkpoints that verified, in order. */
  get verified(): readonly VerifiedCheckpoint[] {
    return this.#verified.slice(-keptCheckpoints);
  }

  /** How many verified. */
  get verifiedCount(): number {
    return this.#verifiedCount;
  }

  /** The note of the largest that verified. */
  get latestNote(): string | undefined {
    return this.#latest?.note;
  }

  /** The size of the largest that verified and carries the quorum of witnesses. */
  get cosignedSize(): number | undefined {
    return this.#cosignedSize;
  }

  /** Takes note of an entry: a later checkpoint has to cover it. */
  entry(line: number, place: number): void {
    this.#uncovered ??= { line, place };
  }

  /** Tests one checkpoint line: its signatures, its size and its root. */
  check(note: Json | undefined, line: number, tree: Tree, judgedAt: JudgedAt): Problem[] {
    this.#lines++;
    const opening = this.#opener.open(note, judgedAt);
    if (!opening.ok) return [opening.problem];
    const { opened } = opening;
    const { size, root } = opened.checkpoint;
    this.#forks.see(opened);
    if (size !== tree.size) {
      const expected = `${tree.size} entries before it`;
      return [...opened.warnings, { code: "checkpoint.size", expected, actual: `${size}` }];
    }
    const recomputed = tree.root();
    if (recomputed === undefined || !equalBytes(recomputed, root)) {
      const actual = recomputed === undefined ? "a root that cannot be recomputed" : formatDigest(recomputed);
      return [...opened.warnings, { code: "checkpoint.root", expected: formatDigest(root), actual }];
    }
    this.#accept(opened, line);
    return [...opened.warnings];
  }

  /** What the end of the export shows: entries that no checkpoint covers, or no checkpoint at all. */
  end(size: number): { readonly place: FindingPlace | undefined; readonly problem: Problem } | undefined {
    if (this.#lines === 0) {
      const problem: Problem = {
        code: "checkpoint.missing",
        expected: "at least one checkpoint line",
        actual: "none",
      };
      return { place: undefined, problem };
    }
    if (this.#uncovered === undefined) return undefined;
    const expected = `a checkpoint of size ${size} that verifies`;
    const actual = `none over entries from ${this.#uncovered.place} to ${size - 1}`;
    return {
      place: { line: this.#uncovered.line },
      problem: { code: "checkpoint.uncovered", expected, actual },
    };
  }

  #accept(opened: OpenedCheckpoint, line: number): void {
    const { signers, cosigners, checkpoint } = opened;
    const { size, root } = checkpoint;
    this.#verifiedCount++;
    this.#verified.push({ line, size, root: formatDigest(root), signers, cosigners });
    if (this.#verified.length >= 2 * keptCheckpoints) this.#verified = this.#verified.slice(-keptCheckpoints);
    this.#latest = opened;
    this.#uncovered = undefined;
    if (this.#hasQuorum(cosigners)) this.#cosignedSize = size;
  }

  /** One witness with two keys is one witness. */
  #hasQuorum(cosigners: readonly string[]): boolean {
    const { witnesses, witnessQuorum } = this.#trust;
    const holders = new Set(witnesses.filter(({ id }) => cosigners.includes(id)).map(({ holder }) => holder));
    return witnessQuorum > 0 && holders.size >= witnessQuorum;
  }
}
