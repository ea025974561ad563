import { Command } from "@commander-js/extra-typings";
import { writeNote, writeOut } from "../io/output.js";
import { version } from "../io/version.js";
import { visible } from "../report/visible.js";
import { run, type SetExitCode } from "./run.js";

/** A command's summary for the list, and how to load it: a command loads its own dependencies only. */
interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<(setExitCode: SetExitCode) => Command>;
}

const commands: { readonly [name: string]: CommandEntry } = {
  verify: {
    summary: "verify a ledger export, offline",
    load: async () => (await import("./verify.js")).verifyCommand,
  },
  population: {
    summary: "state a population: what it is, how many, from what",
    load: async () => (await import("./population.js")).populationCommand,
  },
  sample: {
    summary: "draw a sample that nobody could steer, or check one",
    load: async () => (await import("./sample.js")).sampleCommand,
  },
  plan: {
    summary: "how many items to test",
    load: async () => (await import("./plan.js")).planCommand,
  },
  evaluate: {
    summary: "what a tested sample says of its population",
    load: async () => (await import("./evaluate.js")).evaluateCommand,
  },
  report: {
    summary: "report controls against Trust Services Criteria",
    load: async () => (await import("./report.js")).reportCommand,
  },
  decide: {
    summary: "decide an intent by a policy, as a dry run",
    load: async () => (await import("./decide.js")).decideCommand,
  },
  replay: {
    summary: "decide every receipt of a ledger again",
    load: async () => (await import("./replay.js")).replayCommand,
  },
  backtest: {
    summary: "what a new policy would have decided",
    load: async () => (await import("./backtest.js")).backtestCommand,
  },
  policy: {
    summary: "write, check, test, explain and compare policy bundles",
    load: async () => (await import("./policy.js")).policyCommand,
  },
  ledger: {
    summary: "make, export, checkpoint and recover a gate's ledger",
    load: async () => (await import("./ledger.js")).ledgerCommand,
  },
  approve: {
    summary: "list, show, sign and reject requests that wait for people",
    load: async () => (await import("./approve.js")).approveCommand,
  },
  prove: {
    summary: "prove that a receipt is in a ledger, or check a proof",
    load: async () => (await import("./prove.js")).proveCommand,
  },
  show: {
    summary: "show one receipt, with every check",
    load: async () => (await import("./show.js")).showCommand,
  },
  demo: {
    summary: "make a small world with the real gate, to try things on",
    load: async () => (await import("./demo.js")).demoCommand,
  },
  gate: {
    summary: "decide an agent's calls in their path, and record them",
    load: async () => (await import("./gate.js")).gateCommand,
  },
  hook: {
    summary: "gate a coding agent, as its hook",
    load: async () => (await import("./hook.js")).hookCommand,
  },
  keys: {
    summary: "make and show key pairs and trust files",
    load: async () => (await import("./keys.js")).keysCommand,
  },
};

/** Runs the command line and returns the exit code (docs/commands.md). Takes Node's `process.argv`. */
export async function main(argv: readonly string[]): Promise<number> {
  return run(async (setExitCode) => {
    const program = await buildProgram(argv, setExitCode);
    await program.parseAsync([...argv]);
  });
}

async function buildProgram(argv: readonly string[], setExitCode: SetExitCode): Promise<Command> {
  const program = new Command("sclaw")
    .description(
      "Verify, sample and report on signed authority receipts of AI agents. Works offline, with public keys only.",
    )
    .version(version(), "-V, --version", "print the version")
    .helpCommand("help [command]", "print the help of a command")
    .addHelpText("after", "\nIt supports an examination; it does not replace the examiner's judgment.");
  const named = argv.slice(2).find((argument) => !argument.startsWith("-"));
  const wanted =
    named === "help"
      ? argv.slice(argv.indexOf("help") + 1).find((argument) => Object.hasOwn(commands, argument))
      : named;
  for (const [name, entry] of Object.entries(commands)) {
    program.addCommand(
      name === wanted ? (await entry.load())(setExitCode) : new Command(name).summary(entry.summary),
    );
  }
  configure(program);
  return program;
}

/** Output through our own writer, errors in our style, and exit codes by exception. */
function configure(command: Command): void {
  command
    // prove and prove check both take --keys: an option belongs to the command that it follows.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut,
      // The parser repeats what it was given: nothing of it steers a terminal.
      writeErr: (text) => writeNote(text.trimEnd().split("\n").map(visible).join("\n")),
      outputError: (text, write) => write(text.replace(/^error: /, "sclaw: ")),
    })
    .showHelpAfterError("(sclaw help explains the commands and their options)");
  for (const child of command.commands) configure(child as Command);
}
