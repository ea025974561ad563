import { equalBytes } from "../bytes/bytes.js";
import { formatDigest } from "../bytes/digest.js";
import type { Problem } from "../findings/finding.js";
import type { ForkWatch } from "./forks.js";
import { frontierProblem, type RangeStart } from "./header.js";
import type { CheckpointOpener } from "./open-checkpoint.js";
import type { Tree } from "./tree.js";

/** A range starts from a frontier that a signed note of exactly its size has to bear out. */
export function checkRangeStart(
  range: RangeStart,
  tree: Tree,
  opener: CheckpointOpener,
  forks: ForkWatch,
): Problem[] {
  const opening = opener.open(range.checkpoint, undefined);
  if (!opening.ok) {
    const { problem } = opening;
    if (problem.code === "checkpoint.signature") return [frontierProblem(problem.expected, problem.actual)];
    return [{ ...problem, where: "/export/checkpoint" }];
  }
  const { checkpoint, warnings } = opening.opened;
  forks.see(opening.opened);
  if (checkpoint.size !== tree.size) {
    return [...warnings, frontierProblem(`a note of size ${tree.size}`, `one of size ${checkpoint.size}`)];
  }
  const root = tree.root();
  if (root !== undefined && equalBytes(root, checkpoint.root)) return [...warnings];
  const actual =
    root === undefined ? `${range.frontier.length} hashes, which fit no such size` : formatDigest(root);
  return [...warnings, frontierProblem(`hashes that fold to ${formatDigest(checkpoint.root)}`, actual)];
}

/**
 * Whoever has an export can cut its front at a checkpoint, so a range counts only as one
 * that was asked for: by its start, or by a kept note of at least that size.
 */
export function checkRangeAsked(
  start: number,
  asked: number | undefined,
  sinceSize: number | undefined,
): Problem[] {
  if (asked === start || (sinceSize !== undefined && sinceSize >= start)) return [];
  const expected = asked === undefined ? "the whole ledger, from 0" : `a range from ${asked}`;
  return [{ code: "range.start", expected, actual: `one from ${start}` }];
}
