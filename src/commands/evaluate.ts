import { Command, Option } from "@commander-js/extra-typings";
import { writeOut } from "../io/output.js";
import { CannotDo } from "../io/refusal.js";
import { outputPage } from "../io/terminal.js";
import { version } from "../io/version.js";
import { renderEvaluation, renderEvaluationJson } from "../report/evaluation-text.js";
import { percentage, populationSize, wholeNumber } from "./options.js";
import type { SetExitCode } from "./run.js";

/** `sclaw evaluate`: what a sample that was tested says of its population. */
export function evaluateCommand(_setExitCode: SetExitCode): Command {
  return new Command("evaluate")
    .summary("what a tested sample says of its population")
    .description(
      "Compute the upper limit of the rate of deviation, exactly, and say what it means and what it does not.",
    )
    .option("--n <items>", "items that were tested", populationSize)
    .option("--deviations <items>", "those of them that deviate or could not be tested", wholeNumber)
    .addOption(
      new Option("--confidence <percent>", "the confidence wanted").argParser(percentage).default(9500, "95"),
    )
    .option("--tolerable <percent>", "the rate of deviation that is still acceptable", percentage)
    .option("--population <items>", "items in the population, where they are known", populationSize)
    .option(
      "--extended-from <items>",
      "the size of the sample before it was extended (with --tolerable)",
      populationSize,
    )
    .addOption(
      new Option("--format <format>", "how to print it")
        .choices(["table", "json"] as const)
        .default("table" as const),
    )
    .action(({ n, deviations, confidence, tolerable, population, extendedFrom, format }) => {
      if (n === undefined || deviations === undefined)
        throw new CannotDo(
          "expected --n and --deviations, found one or none of them",
          "for example --n 25 --deviations 1",
        );
      refuse(deviations > n, `at most ${n} deviations in ${n} items`, String(deviations));
      refuse(
        population !== undefined && n > population,
        `at most the population, ${population} items`,
        String(n),
      );
      refuse(
        confidence <= 0 || confidence >= 10_000,
        "a confidence above 0 and below 100 percent",
        String(confidence / 100),
      );
      refuse(
        tolerable !== undefined && (tolerable <= 0 || tolerable >= 10_000),
        "a tolerable rate above 0 and below 100 percent",
        "another",
      );
      refuse(
        extendedFrom !== undefined && extendedFrom >= n,
        `a first sample of less than ${n} items`,
        String(extendedFrom),
      );
      refuse(
        extendedFrom !== undefined && tolerable === undefined,
        "--tolerable beside --extended-from",
        "none",
      );
      const paper = {
        result: { n, deviations, confidenceBp: confidence, population },
        tolerableBp: tolerable,
        extendedFrom,
        tool: `sclaw ${version()}`,
      };
      writeOut(format === "json" ? renderEvaluationJson(paper) : renderEvaluation(paper, outputPage()));
    }) as unknown as Command;
}

function refuse(isWrong: boolean, expected: string, actual: string): void {
  if (isWrong) throw new CannotDo(`expected ${expected}, found ${actual}`);
}
