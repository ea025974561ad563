import type { ControlResult } from "../controls/result.js";
import { writeSeed } from "../sampling/seed.js";
import type { ReportPaper } from "../workpaper/report-paper.js";
import { jsonText } from "./json-text.js";
import { classes, limitsOf, outcomeText } from "./outcome-text.js";
import { originJson, populationJson } from "./population-json.js";
import { problemJson } from "./problem-json.js";
import { notEvidenced, strengthOf, summaryRows } from "./report-rows.js";
import { statements } from "./statements.js";

/** `sclaw report --format json`. */
export function renderReportJson(paper: ReportPaper): string {
  return jsonText({
    schema: "sclaw.report/1",
    population: populationJson(paper),
    criteria: summaryRows(paper).map(({ criterion, result }) =>
      result === undefined
        ? { criterion, result: notEvidenced }
        : {
            criterion,
            control: result.control.id,
            strength: strengthOf(result.control, criterion),
            result: classes[result.outcome.kind],
            text: outcomeText(result),
          },
    ),
    controls: paper.results.map((result) => controlJson(result, paper)),
    sample: sampleJson(paper),
    origin: originJson(paper),
    statements: statements(paper.origin.tool),
  });
}

function controlJson(result: ControlResult, { population }: ReportPaper): object {
  const { control, outcome } = result;
  return {
    id: control.id,
    title: control.title,
    objective: control.objective,
    criteria: control.criteria,
    result: classes[outcome.kind],
    text: outcomeText(result),
    ...(outcome.kind === "not-evaluated" ? { missing: outcome.missing } : {}),
    population: result.population,
    tested: result.tested,
    deviations: result.deviating,
    outside: result.outside,
    limits: limitsOf(result, population),
    attributes: result.attributes,
    deviating_items: result.deviations.map(({ problems, receiptId, correlationId, decidedAt, ...rest }) => ({
      receipt_id: receiptId,
      correlation_id: correlationId,
      decided_at: decidedAt,
      ...rest,
      findings: problems.map(problemJson),
    })),
    unrecorded_executions: result.unrecordedCount,
    unrecorded: result.unrecorded,
  };
}

function sampleJson({ sample }: ReportPaper): object | null {
  if (sample === undefined) return null;
  const { file, sha256, check, conclusions, evaluation, seed, stratify } = sample;
  const { unit, count, filter, filterHash, root, size } = sample.population;
  return {
    file,
    sha256,
    differences: check.differences.length,
    population: { unit, count, filter, filter_hash: filterHash, root: root ?? null, size },
    seed: writeSeed(seed.seed),
    seed_supplied_by: seed.suppliedBy,
    beacon: seed.beacon ?? null,
    stratify: stratify ?? null,
    conclusions,
    evaluation:
      evaluation === undefined
        ? null
        : {
            n: evaluation.result.n,
            deviations: evaluation.result.deviations,
            confidence_bp: evaluation.result.confidenceBp,
            population: evaluation.result.population ?? null,
            upper_limit: evaluation.limit.rate,
            upper_limit_tenths_of_percent: evaluation.limit.tenthsOfPercent,
            upper_limit_items: evaluation.limit.items ?? null,
          },
  };
}
