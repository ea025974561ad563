import process from "node:process";
import { CannotDo } from "../io/refusal.js";
import { answerOnce, type Timing } from "./answer-once.js";
import { eventBytes } from "./event.js";
import { failureAnswer } from "./failure.js";
import { giveAnswer } from "./give-answer.js";
import { readStandardInput } from "./standard-input.js";

/** How a hook is timed where nothing else is said. */
export const defaultTiming: Timing = { wait: 10_000, outcomeWithin: 24 * 60 * 60_000 };

/** Beyond what is waited for on purpose: waiting for the ledger and, at most, 50 seconds for people. */
const workMilliseconds = 90_000;

/**
 * Reads an event from standard input, answers it, and returns the exit code: 0 or 2, as agents go
 * on after any other. Never throws. The build makes this and what it needs one file, which
 * bin/sclaw.js starts without the parser of the command line: an agent waits for it at each call.
 */
export async function hookOnce(path: string, timing: Timing = defaultTiming): Promise<number> {
  const block = (error: unknown): never => process.exit(giveAnswer(failureAnswer(error)));
  // Otherwise Node ends with 1.
  process.on("uncaughtException", block);
  const late = new CannotDo(
    "expected to be done by now, found that it takes too long",
    "the call is blocked",
  );
  const deadline = setTimeout(() => block(late), timing.wait + workMilliseconds);
  try {
    const event = await readStandardInput(eventBytes);
    return giveAnswer(await answerOnce(event, path, timing));
  } catch (error) {
    return giveAnswer(failureAnswer(error));
  } finally {
    clearTimeout(deadline);
  }
}
