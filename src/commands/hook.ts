import { Command } from "@commander-js/extra-typings";
import { eventBytes } from "../hook/event.js";
import { failureAnswer } from "../hook/failure.js";
import { giveAnswer } from "../hook/give-answer.js";
import { readStandardInput } from "../hook/standard-input.js";
import { CannotDo } from "../io/refusal.js";
import { hookInstallCommand } from "./hook-install.js";
import { wholeNumber } from "./options.js";
import type { SetExitCode } from "./run.js";

interface HookOptions {
  readonly config: string;
  readonly serve?: true | undefined;
  readonly wait: number;
  readonly outcomeMinutes: number;
}

/** `sclaw hook`: a coding agent's hook, before and after each of its tools. */
export function hookCommand(setExitCode: SetExitCode): Command {
  return new Command("hook")
    .summary("gate a coding agent, as its hook")
    .description(
      "Decide a tool's call that a coding agent is about to make, or record what came of it: the agent's event is read from standard input. Whatever goes wrong blocks the call with exit code 2.",
    )
    .option("--config <file>", "the gate's configuration", "gate.json")
    .option("--serve", "hold the ledger open and answer the hooks of this machine")
    .option(
      "--wait <seconds>",
      "how long to wait for another process that writes the ledger",
      wholeNumber,
      10,
    )
    .option(
      "--outcome-minutes <minutes>",
      "how long the outcome of a permitted call is awaited before it is unknown",
      wholeNumber,
      1440,
    )
    .action(async (options) => {
      const { serve, ...given } = options as HookOptions;
      const timing = { wait: given.wait * 1000, outcomeWithin: given.outcomeMinutes * 60_000 };
      if (serve === true) await serveUntilStopped(given.config, timing);
      else setExitCode(await answerStandardInput(given.config, timing));
    })
    .addCommand(hookInstallCommand()) as unknown as Command;
}

interface Timing {
  readonly wait: number;
  readonly outcomeWithin: number;
}

/** Beyond what is waited for on purpose: waiting for the ledger and, at most, 50 seconds for people. */
const workMilliseconds = 90_000;

/** Reads an event, answers it, and returns the exit code; never throws. */
async function answerStandardInput(config: string, timing: Timing): Promise<number> {
  const block = (error: unknown): never => process.exit(giveAnswer(failureAnswer(error)));
  // Otherwise Node ends with 1, on which agents go on.
  process.on("uncaughtException", block);
  const deadline = setTimeout(
    () =>
      block(new CannotDo("expected to be done by now, found that it takes too long", "the call is blocked")),
    timing.wait + workMilliseconds,
  );
  try {
    const event = await readStandardInput(eventBytes);
    const { answerOnce } = await import("../hook/answer-once.js");
    return giveAnswer(await answerOnce(event, { config, ...timing }));
  } catch (error) {
    return giveAnswer(failureAnswer(error));
  } finally {
    clearTimeout(deadline);
  }
}

async function serveUntilStopped(path: string, timing: Timing): Promise<void> {
  const { serveGate } = await import("../hook/serve-gate.js");
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
  await serveGate(path, timing, stopped);
}
