import { type FindingCode, kindOf, type Severity } from "../findings/catalogue.js";
import type { FindingPlace, Problem } from "../findings/finding.js";

/** A finding as the pass makes it; what it follows from is decided when the pass is over. */
export interface FoundFinding extends FindingPlace {
  readonly problem: Problem;
  /** The line of the entry before, for findings that compare two neighbours. */
  readonly neighbour: number;
}

/** How many findings of one code are kept in full; all of them are counted. */
export const keptPerCode = 10_000;

/** Collects findings in the order of the pass, within bounded memory. */
export class FindingList {
  readonly #kept: FoundFinding[] = [];
  readonly #counts = new Map<FindingCode, number>();

  add(place: FindingPlace, problem: Problem, neighbour = place.line): void {
    const count = (this.#counts.get(problem.code) ?? 0) + 1;
    this.#counts.set(problem.code, count);
    if (count <= keptPerCode) this.#kept.push({ ...place, problem, neighbour });
  }

  addAll(place: FindingPlace, problems: readonly Problem[], neighbour = place.line): void {
    for (const problem of problems) this.add(place, problem, neighbour);
  }

  get kept(): readonly FoundFinding[] {
    return this.#kept;
  }

  /** How many findings there are of each code, kept or not. */
  get counts(): ReadonlyMap<FindingCode, number> {
    return this.#counts;
  }

  /** How many findings there are of one severity. */
  countOf(severity: Severity): number {
    let sum = 0;
    for (const [code, count] of this.#counts) if (kindOf(code).severity === severity) sum += count;
    return sum;
  }
}
