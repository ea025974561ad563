import { CannotDo, refusalOf } from "../io/refusal.js";
import { blockAnswer, type HookAnswer } from "./answer.js";

/** What a failure of ours is to the agent: the call is blocked, whatever it was. */
export function failureAnswer(error: unknown): HookAnswer {
  const known = refusalOf(error, "the hook failed");
  if (known instanceof CannotDo) return blockAnswer(known.message, known.hint);
  const what = error instanceof Error ? error.message : String(error);
  return blockAnswer(
    `internal error: ${what}`,
    "this is a bug in sclaw: please report it; the call is blocked",
  );
}
