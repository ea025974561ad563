import { Command, Option } from "@commander-js/extra-typings";
import { writeOut } from "../io/output.js";
import { CannotDo } from "../io/refusal.js";
import { outputPage } from "../io/terminal.js";
import { version } from "../io/version.js";
import { type DiscoveryPaper, renderDiscovery, renderDiscoveryJson } from "../report/discovery-text.js";
import { renderPlan, renderPlanJson } from "../report/plan-text.js";
import { discoverySize, planSample } from "../statistics/plan.js";
import { percentage, populationSize } from "./options.js";
import type { SetExitCode } from "./run.js";

/** `sclaw plan`: how many items to test. */
export function planCommand(_setExitCode: SetExitCode): Command {
  return new Command("plan")
    .summary("how many items to test")
    .description(
      "Compute the size of a sample for attributes, exactly, and say what it means and what it does not.",
    )
    .addOption(
      new Option("--confidence <percent>", "the confidence wanted").argParser(percentage).default(9500, "95"),
    )
    .option("--tolerable <percent>", "the rate of deviation that is still acceptable", percentage)
    .option("--expected <percent>", "the rate of deviation that is expected", percentage, 0)
    .option("--population <items>", "items in the population, where they are known", populationSize)
    .option("--find <items>", "find at least one, where so many of the population deviate", populationSize)
    .addOption(
      new Option("--format <format>", "how to print it")
        .choices(["table", "json"] as const)
        .default("table" as const),
    )
    .action(({ confidence, tolerable, expected, population, find, format }) => {
      if (find !== undefined) {
        const paper = discovery({
          find,
          population,
          confidence,
          others: tolerable ?? (expected || undefined),
        });
        writeOut(format === "json" ? renderDiscoveryJson(paper) : renderDiscovery(paper, outputPage()));
        return;
      }
      if (tolerable === undefined)
        throw new CannotDo(
          "expected the tolerable rate, found none",
          "for example --tolerable 5: a confidence means nothing without it",
        );
      if (confidence <= 0 || confidence >= 10_000 || tolerable <= 0 || tolerable >= 10_000)
        throw new CannotDo(
          "expected a confidence and a tolerable rate above 0 and below 100 percent, found another",
        );
      const input = { confidenceBp: confidence, tolerableBp: tolerable, expectedBp: expected, population };
      const paper = { input, plan: planSample(input), tool: `sclaw ${version()}` };
      writeOut(format === "json" ? renderPlanJson(paper) : renderPlan(paper, outputPage()));
    }) as unknown as Command;
}

/** Discovery: the smallest sample that finds a deviation where there are so many. */
function discovery(given: {
  readonly find: number;
  readonly population: number | undefined;
  readonly confidence: number;
  /** A rate that was given beside it. */
  readonly others: number | undefined;
}): DiscoveryPaper {
  const { find, population, confidence } = given;
  if (population === undefined)
    throw new CannotDo("expected --population beside --find, found none", "for example --population 1000");
  if (given.others !== undefined)
    throw new CannotDo("expected --find alone, found a tolerable or expected rate beside it");
  if (find > population)
    throw new CannotDo(`expected at most the population, ${population} items, found ${find} to find`);
  if (confidence <= 0 || confidence >= 10_000)
    throw new CannotDo("expected a confidence above 0 and below 100 percent, found another");
  const asked = { population, deviating: find, confidenceBp: confidence };
  return { ...asked, n: discoverySize(asked), tool: `sclaw ${version()}` };
}
