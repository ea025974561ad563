import { CommanderError } from "@commander-js/extra-typings";
import { writeError } from "../io/output.js";
import { CannotDo } from "../io/refusal.js";
import { exitCodes } from "./exit-codes.js";

/** How a command says which exit code its answer has; it is set before anything is written. */
export type SetExitCode = (code: number) => void;

/**
 * Runs a command to its exit code: its answer's own, 2 where it could not do what was
 * asked, 3 for a bug of ours. Stack traces are for SCLAW_DEBUG only.
 */
export async function run(work: (setExitCode: SetExitCode) => Promise<void>): Promise<number> {
  let exitCode: number = exitCodes.good;
  const setExitCode = (code: number) => {
    exitCode = code;
  };
  try {
    await work(setExitCode);
    return exitCode;
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): number {
  const { SCLAW_DEBUG: debug } = process.env;
  if (debug !== undefined && debug !== "" && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  // Help and version were printed; usage errors were explained by the parser.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.good : exitCodes.couldNot;
  if (error instanceof CannotDo) {
    writeError(error.message, error.hint);
    return exitCodes.couldNot;
  }
  const what = error instanceof Error ? error.message : String(error);
  writeError(
    `internal error: ${what}`,
    "this is a bug in sclaw: please report it with the command and, if you may share it, the input; SCLAW_DEBUG=1 prints more",
  );
  return exitCodes.bug;
}
