import { encodeBase64 } from "../bytes/base64.js";
import { equalBytes } from "../bytes/bytes.js";
import { formatDigest } from "../bytes/digest.js";
import type { FindingPlace, Problem } from "../findings/finding.js";
import type { ForkWatch } from "./forks.js";
import type { CheckpointOpener, JudgedAt, OpenedCheckpoint } from "./open-checkpoint.js";
import type { Tree } from "./tree.js";

/** A size and a root that the examiner has from elsewhere than from this export. */
export interface GivenRoot {
  readonly size: number;
  readonly root: Uint8Array;
}

interface Anchor {
  readonly size: number;
  readonly root: Uint8Array;
  /** The note that was kept; undefined for a size and root given by hand. */
  readonly note: string | undefined;
  reached: boolean;
  matched: boolean;
}

/** A finding about an anchor belongs to no line of the export. */
const keptCheckpoint: FindingPlace = { line: 0 };

/**
 * Holds the export against what the examiner kept (docs/format.md, "What a verdict may
 * claim"): the export has to reach each anchor's size, and has to have its root there.
 */
export class Anchors {
  readonly #anchors: Anchor[] = [];
  readonly #found: { readonly place: FindingPlace; readonly problem: Problem }[] = [];
  readonly #opener: CheckpointOpener;
  readonly #forks: ForkWatch;
  readonly #sinceNote: string | undefined;
  readonly #sinceCounts: boolean;
  readonly #sinceSize: number | undefined;
  #since: OpenedCheckpoint | undefined;
  #start = 0;

  constructor(
    since: string | undefined,
    given: GivenRoot | undefined,
    opener: CheckpointOpener,
    forks: ForkWatch,
    sinceCounts = true,
  ) {
    this.#sinceCounts = sinceCounts;
    this.#opener = opener;
    this.#forks = forks;
    this.#sinceNote = since;
    if (given !== undefined)
      this.#anchors.push({ ...given, note: undefined, reached: false, matched: false });
    if (since === undefined) return;
    const opening = opener.open(since, undefined);
    this.#sinceSize = opening.ok ? opening.opened.checkpoint.size : opening.size;
    if (!opening.ok) return;
    const { size, root } = opening.opened.checkpoint;
    this.#anchors.push({ size, root, note: since, reached: false, matched: false });
  }

  /** The size from which a range was asked for by the note that was kept, as far as it can be read. */
  get sinceSize(): number | undefined {
    return this.#sinceCounts ? this.#sinceSize : undefined;
  }

  /** What was found, in the order of the pass. */
  get found(): readonly { readonly place: FindingPlace; readonly problem: Problem }[] {
    return this.#found;
  }

  /** The largest size whose root matched, of 1 or more; undefined where there is none. */
  get anchoredSize(): number | undefined {
    const sizes = this.#anchors
      .filter(
        (anchor) => anchor.matched && anchor.size > 0 && (anchor.note === undefined || this.#sinceCounts),
      )
      .map((anchor) => anchor.size);
    const sinceIsGenuine = this.#sinceNote === undefined || this.#since !== undefined;
    return sizes.length > 0 && sinceIsGenuine ? Math.max(...sizes) : undefined;
  }

  /** Why the answer has to be "could not check": an anchor before the start of a range. */
  get undecided(): string | undefined {
    const before = this.#anchors.find((anchor) => anchor.size < this.#start);
    if (before === undefined) return undefined;
    return `the kept checkpoint is of size ${before.size}, and this range starts at ${this.#start}: the root there cannot be known; ask for a range from ${before.size} or before`;
  }

  begin(start: number): void {
    this.#start = start;
    // Nothing before it is disclosed: its key is judged by place alone.
    if (this.#sinceSize !== undefined && this.#sinceSize < start) this.#openSince(undefined);
  }

  /** Whether there is anything to test at a size. */
  isAt(size: number): boolean {
    for (const anchor of this.#anchors) if (anchor.size === size && !anchor.reached) return true;
    return false;
  }

  /** Whether there is anything to test at a size between two others. */
  isBetween(from: number, to: number): boolean {
    return this.#anchors.some((anchor) => anchor.size > from && anchor.size < to);
  }

  /** To be called at the start and after each entry: tests the anchors of exactly this size. */
  at(tree: Tree, line: number, judgedAt: JudgedAt): void {
    for (const anchor of this.#anchors) {
      if (anchor.size !== tree.size || anchor.reached) continue;
      anchor.reached = true;
      if (anchor.note !== undefined) this.#openSince(judgedAt);
      const root = tree.root();
      if (root !== undefined && equalBytes(root, anchor.root)) anchor.matched = true;
      else {
        const actual = root === undefined ? "a root that cannot be recomputed" : formatDigest(root);
        const expected = `${formatDigest(anchor.root)} at size ${anchor.size}`;
        this.#found.push({ place: { line }, problem: { code: "history.rewritten", expected, actual } });
      }
    }
  }

  /** The end of the export: anchors that it did not reach, and a kept note that was never genuine. */
  end(size: number, judgedAt: JudgedAt, line: number): void {
    for (const anchor of this.#anchors) {
      if (anchor.size <= size) continue;
      const expected = `at least ${anchor.size} entries, root ${encodeBase64(anchor.root)}`;
      this.#found.push({
        place: { line },
        problem: { code: "history.truncated", expected, actual: `${size}` },
      });
    }
    if (this.#since === undefined) this.#openSince(judgedAt);
  }

  /** The kept note has to verify like any other; its keys are judged where it belongs. */
  #openSince(judgedAt: JudgedAt): void {
    if (this.#sinceNote === undefined || this.#found.some(({ place }) => place === keptCheckpoint)) return;
    const opening = this.#opener.open(this.#sinceNote, judgedAt);
    if (!opening.ok) {
      this.#found.push({
        place: keptCheckpoint,
        problem: { ...opening.problem, where: "the kept checkpoint" },
      });
      return;
    }
    this.#since = opening.opened;
    this.#forks.keep(opening.opened);
    const where = "the kept checkpoint";
    this.#found.push(
      ...opening.opened.warnings.map((problem) => ({ place: { line: 0 }, problem: { ...problem, where } })),
    );
  }
}
