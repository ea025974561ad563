import { kindOf } from "../findings/catalogue.js";
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
  // Findings that can explain a later one, and of those the ones that damaged an entry: indexes, in order.
  const failures: number[] = [];
  const damage: number[] = [];
  found.forEach((finding, index) => {
    const { code } = finding.problem;
    const cause = nearestCause(finding, found, failures, damage);
    causes.push(cause);
    const isDamage = kindOf(code).damage === true && finding.about === "entry";
    if (isDamage && !(code === "chain.prev" && cause !== undefined)) damage.push(index);
    if (isDamage || finding.about === "checkpoint") failures.push(index);
  });
  return causes;
}

function nearestCause(
  finding: FoundFinding,
  found: readonly FoundFinding[],
  failures: readonly number[],
  damage: readonly number[],
): number | undefined {
  const { code } = finding.problem;
  const { follows } = kindOf(code);
  if (follows === undefined) return undefined;
  if (follows === "entry-before") return damageAt(finding, found, damage);
  // Where the end is uncovered is told by its first entry; why, by whatever failed up to the end.
  if (code === "checkpoint.uncovered") return failures.at(-1);
  return damage.findLast((index) => found[index]!.line <= finding.line);
}

/**
 * The nearest damage to the entry before, or to what stood between the two. One unreadable
 * line explains one missing entry and no more.
 */
function damageAt(
  finding: FoundFinding,
  found: readonly FoundFinding[],
  damage: readonly number[],
): number | undefined {
  const lines = new Set<number>();
  let nearest: number | undefined;
  for (let i = damage.length - 1; i >= 0; i--) {
    const index = damage[i]!;
    const earlier = found[index]!;
    if (earlier.line < finding.neighbour) break;
    if (earlier.line > finding.line || earlier.problem.code === "chain.prev") continue;
    if (earlier.line === finding.line) {
      // What is wrong with this entry's own form may be its seq; it says nothing of the entry before.
      const { code } = finding.problem;
      if (code === "chain.prev" && earlier.problem.code === "receipt.schema") continue;
      return index;
    }
    nearest ??= index;
    lines.add(earlier.line);
  }
  return lines.size >= (finding.problem.missing ?? 1) ? nearest : undefined;
}
