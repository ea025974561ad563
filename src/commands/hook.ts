import { Command } from "@commander-js/extra-typings";
import type { Timing } from "../hook/answer-once.js";
import { defaultTiming, hookOnce } from "../hook/once.js";
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
      defaultTiming.outcomeWithin / 60_000,
    )
    .action(async (options) => {
      const { serve, ...given } = options as HookOptions;
      const timing: Timing = { wait: given.wait * 1000, outcomeWithin: given.outcomeMinutes * 60_000 };
      if (serve === true) await serveUntilStopped(given.config, timing);
      else setExitCode(await hookOnce(given.config, timing));
    })
    .addCommand(hookInstallCommand()) as unknown as Command;
}

async function serveUntilStopped(path: string, timing: Timing): Promise<void> {
  const { serveGate } = await import("../hook/serve-gate.js");
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
  await serveGate(path, timing, stopped);
}
