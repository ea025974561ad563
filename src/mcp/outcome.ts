import type { AdapterResult } from "../gate/contract.js";
import type { Call } from "./call.js";
import type { ServerAnswer } from "./server-line.js";

/**
 * What an answer of the server says of a call. The bytes are the answer's line; of an error only
 * the code is kept, since messages may hold what results hold.
 */
export function outcomeOf(call: Call, answer: ServerAnswer, line: Uint8Array): AdapterResult {
  if (answer.errorCode !== undefined)
    return { status: "failed", result: line, error: { code: "json-rpc-error", message: answer.errorCode } };
  if (call.method === "tools/call" && answer.result?.["isError"] === true)
    return { status: "failed", result: line, error: { code: "tool-error" } };
  if (call.isTask && answer.result?.["task"] !== undefined)
    return {
      status: "unknown",
      error: { code: "task", message: "the server runs it as a task, which is not followed" },
    };
  return { status: "executed", result: line };
}
