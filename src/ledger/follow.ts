import { type FindingCode, kindOf } from "../findings/catalogue.js";
import type { FoundFinding } from "./finding-list.js";

/**
 * Says of each finding which earlier one explains it, so that one damage does not read as
 * twenty. Works on the list alone, when the pass is over.
 *
 * Returns, in the order of `found`, the index of the nearest earlier finding that explains
 * each, or undefined where it stands for itself.
 */
export function explain(found: readonly FoundFinding[]): (number | undefined)[] {
  const causes: (number | undefined)[] = [];
  // Indexes of findings that can explain a later one, in order.
  const damage: number[] = [];
  found.forEach((finding, index) => {
    const { code } = finding.problem;
    const cause = nearestCause(finding, found, damage);
    causes.push(cause);
    if (isDamage(code) && !(code === "chain.prev" && cause !== undefined)) damage.push(index);
  });
  return causes;
}

/** Checkpoints that fail explain what they then do not cover. */
const failedCheckpoint: ReadonlySet<FindingCode> = new Set([
  "checkpoint.signature",
  "checkpoint.size",
  "checkpoint.root",
  "key.not-valid",
]);

function isDamage(code: FindingCode): boolean {
  return kindOf(code).damage === true || failedCheckpoint.has(code);
}

function nearestCause(
  finding: FoundFinding,
  found: readonly FoundFinding[],
  damage: readonly number[],
): number | undefined {
  const { code } = finding.problem;
  const { follows } = kindOf(code);
  if (follows === undefined) return undefined;
  // Where the end is uncovered is told by its first entry; why, by whatever failed up to the end.
  if (code === "checkpoint.uncovered") return damage.at(-1);
  return damage.findLast((index) => {
    const earlier = found[index]!;
    if (!touchesEntries(earlier.problem.code) || earlier.line > finding.line) return false;
    if (follows === "any-before") return true;
    return earlier.line >= finding.neighbour && earlier.problem.code !== "chain.prev";
  });
}

/** A failed checkpoint alone leaves the entries as they are. */
function touchesEntries(code: FindingCode): boolean {
  return kindOf(code).damage === true;
}
