import { type FindingCode, kindOf, type Severity } from "../findings/catalogue.js";
import type { FindingPlace, Problem } from "../findings/finding.js";

/** A finding as the pass makes it; what it follows from is decided when the pass is over. */
export interface FoundFinding extends FindingPlace {
  readonly problem: Problem;
  /** The line of the entry before, for findings that compare two neighbours. */
  readonly neighbour: number;
  /** Whether it is about a checkpoint or a header: such a line moves no entry, whatever is wrong with it. */
  readonly besideEntries: boolean;
}

/** What a finding has besides its place and problem. */
interface FindingContext {
  readonly neighbour?: number;
  readonly besideEntries?: boolean;
}

/** How many findings of one code are kept in full; all of them are counted. */
export const keptPerCode = 10_000;

/** Collects findings in the order of the pass, within bounded memory. */
export class FindingList {
  readonly #kept: FoundFinding[] = [];
  readonly #counts = new Map<FindingCode, number>();

  add(place: FindingPlace, problem: Problem, context: FindingContext = {}): void {
    const count = (this.#counts.get(problem.code) ?? 0) + 1;
    this.#counts.set(problem.code, count);
    if (count <= keptPerCode) {
      const { neighbour = place.line, besideEntries = false } = context;
      this.#kept.push({ ...place, problem, neighbour, besideEntries });
    }
  }

  addAll(place: FindingPlace, problems: readonly Problem[], context: FindingContext = {}): void {
    for (const problem of problems) this.add(place, problem, context);
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
