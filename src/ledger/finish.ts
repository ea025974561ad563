import { kindOf } from "../findings/catalogue.js";
import { type Finding, messageOf } from "../findings/finding.js";
import type { FindingList } from "./finding-list.js";
import { explain } from "./follow.js";

/** A line's number in its file, and the file where the export came in several. */
export interface LineInFile {
  readonly line: number;
  readonly file?: string;
}

/** Which file a line of the whole export is in, where it came in several. */
export class FilePlaces {
  readonly #starts: { readonly name: string; readonly before: number }[] = [];

  /** A file begins after so many lines of the export. */
  begin(name: string, before: number): void {
    this.#starts.push({ name, before });
  }

  of(line: number): LineInFile {
    const file = this.#starts.findLast((candidate) => candidate.before < line);
    return file === undefined ? { line } : { line: line - file.before, file: file.name };
  }
}

/** Findings as they are given out: worded, with what each follows from, lines counted in their file. */
export function finishFindings(list: FindingList, places: FilePlaces): Finding[] {
  const causes = explain(list.kept);
  return list.kept.map((found, index) => {
    const { problem, line, seq, receipt_id } = found;
    const follows = causes[index];
    return {
      code: problem.code,
      severity: kindOf(problem.code).severity,
      ...places.of(line),
      ...(seq === undefined ? {} : { seq }),
      ...(receipt_id === undefined ? {} : { receipt_id }),
      message: messageOf(problem),
      ...(problem.where === undefined ? {} : { where: problem.where }),
      expected: problem.expected,
      actual: problem.actual,
      ...(follows === undefined ? {} : { follows_from: follows }),
    };
  });
}
