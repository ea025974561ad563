import type { Control } from "../controls/control.js";
import type { ControlResult } from "../controls/result.js";
import type { ReportPaper } from "../workpaper/report-paper.js";
import { attributeClass, classes, codesText, limitsOf, outcomeText } from "./outcome-text.js";

/** What a criterion is shown by, where no control bears on it. */
export const notEvidenced = "not evidenced by receipts";

/** One line of a report's summary: a criterion and a control that bears on it, or none. */
export interface SummaryRow {
  readonly criterion: string;
  readonly result: ControlResult | undefined;
}

/** The summary of a report: each criterion with the controls that bear on it. */
export function summaryRows({
  criteria,
  results,
}: Pick<ReportPaper, "criteria" | "results">): readonly SummaryRow[] {
  return criteria.flatMap((criterion): SummaryRow[] => {
    const bearing = results.filter(({ control }) => Object.hasOwn(control.criteria, criterion));
    return bearing.length === 0
      ? [{ criterion, result: undefined }]
      : bearing.map((result) => ({ criterion, result }));
  });
}

/** The columns of the summary as text, for CSV and Markdown alike. */
export const summaryHeader = [
  "criterion",
  "control",
  "title",
  "strength",
  "result",
  "population",
  "tested",
  "deviations",
  "limits of the result",
] as const;

export function summaryCells({ criterion, result }: SummaryRow, paper: ReportPaper): readonly string[] {
  if (result === undefined) return [criterion, "", "", "", notEvidenced, "", "", "", ""];
  const { control, population, tested, deviating } = result;
  return [
    criterion,
    control.id,
    control.title,
    strengthOf(control, criterion),
    outcomeText(result),
    String(population),
    String(tested),
    String(deviating),
    limitsOf(result, paper.population).join("; "),
  ];
}

export function strengthOf(control: Control, criterion: string): string {
  return control.criteria[criterion] ?? "";
}

export const attributeHeader = [
  "control",
  "attribute",
  "text",
  "result",
  "agree",
  "deviate",
  "not evaluated",
  "findings",
] as const;

/** The attributes of all controls of a report as text. */
export function attributeRows({ results, population }: ReportPaper): readonly (readonly string[])[] {
  return results.flatMap(({ control, attributes }) =>
    attributes.map((attribute) => [
      control.id,
      attribute.letter,
      attribute.text,
      attributeClass(attribute, population.integrity),
      String(attribute.agreed),
      String(attribute.deviated),
      String(attribute.notEvaluated),
      codesText(attribute),
    ]),
  );
}

export const deviationHeader = [
  "control",
  "attributes",
  "receipt_id",
  "seq",
  "decided (UTC)",
  "correlation_id",
  "findings",
  "expected and found",
] as const;

/** The deviating items of all controls as text. */
export function deviationRows({ results }: ReportPaper): readonly (readonly string[])[] {
  return results.flatMap(({ control, deviations }) =>
    deviations.map((deviation) => [
      control.id,
      deviation.letters.join(" "),
      deviation.receiptId,
      String(deviation.seq),
      deviation.decidedAt,
      deviation.correlationId,
      deviation.codes.join(", "),
      deviation.problems.map(({ expected, actual }) => `expected ${expected}, found ${actual}`).join("; "),
    ]),
  );
}

/** How many deviating items of a report are counted and not listed. */
export function unlistedDeviations({ results }: ReportPaper): number {
  return results.reduce((sum, { deviating, deviations }) => sum + deviating - deviations.length, 0);
}

/** What the classes mean, for the reader of a report. */
export const legend: readonly string[] = [
  `${classes["no-deviations"]}: none of the items that were tested has a finding of this control.`,
  `${classes.deviations}: the record is genuine, and shows items in which the control did not operate.`,
  `${classes["integrity-failure"]}: the record itself is questioned; it is never counted as a deviation.`,
  `${classes["not-evaluated"]}: nothing is said, for the reason given.`,
  "Deviations are tested over the whole population by the record; a sample is for what only a person can test.",
  "Strength: direct, supporting or weak evidence for the criterion. Recording is not monitoring: the people who read the record operate it.",
];
