import { type FindingCode, kindOf, type Severity } from "../findings/catalogue.js";
import type { FindingPlace, Problem } from "../findings/finding.js";

/**
 * What a finding is about, which says what it can explain: an entry, or a line that may have
 * been one; a checkpoint, which moves no entry whatever is wrong with it; or neither (a
 * header, another form of a line that was read all the same, a kept note).
 */
export type FindingSubject = "entry" | "checkpoint" | "neither";

/** A finding as the pass makes it; what it follows from is decided when the pass is over. */
export interface FoundFinding extends FindingPlace {
  readonly problem: Problem;
  /** The line of the entry before, for findings that compare two neighbours. */
  readonly neighbour: number;
  readonly about: FindingSubject;
}

/** What a finding has besides its place and problem. */
interface FindingContext {
  readonly neighbour?: number;
  readonly about?: FindingSubject;
}

/** How many findings of one code are kept in full; all of them are counted. */
export const keptPerCode = 10_000;
/** And how many once `mostKeptText` is reached: a code that shows late is still shown. */
const keptPerCodeThen = 100;
/** How much text of findings is kept: every one of them can be made as long as `mostText` allows. */
const mostKeptText = 16 * 1024 * 1024;
/** How many findings of one line are kept in full: a line can be made to have thousands. */
const keptPerLine = 200;
/** How much of a text from the export a finding repeats. */
const mostText = 400;

/** Collects findings in the order of the pass, within bounded memory. */
export class FindingList {
  readonly #kept: FoundFinding[] = [];
  readonly #counts = new Map<FindingCode, number>();
  #line = -1;
  #ofLine = 0;
  #textKept = 0;

  add(place: FindingPlace, problem: Problem, context: FindingContext = {}): void {
    const count = (this.#counts.get(problem.code) ?? 0) + 1;
    this.#counts.set(problem.code, count);
    this.#ofLine = place.line === this.#line ? this.#ofLine + 1 : 1;
    this.#line = place.line;
    const mostOfCode = this.#textKept < mostKeptText ? keptPerCode : keptPerCodeThen;
    if (count > mostOfCode || this.#ofLine > keptPerLine) return;
    const { neighbour = place.line, about = "entry" } = context;
    const kept = clipped(problem);
    this.#textKept += kept.expected.length + kept.actual.length + (kept.where?.length ?? 0);
    this.#kept.push({ ...place, problem: kept, neighbour, about });
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

function clipped(problem: Problem): Problem {
  const { where, expected, actual } = problem;
  return {
    ...problem,
    ...(where === undefined ? {} : { where: clip(where) }),
    expected: clip(expected),
    actual: clip(actual),
  };
}

function clip(text: string): string {
  if (text.length <= mostText) return text;
  // Joined from pieces: a slice would keep the whole line in memory.
  return `${text.slice(0, mostText).split("").join("")}…`;
}
