import { readGateConfig } from "../gate/config.js";
import type { HookAnswer } from "./answer.js";
import { askServer } from "./ask-server.js";
import { findMeeting, meetingPath } from "./meeting-file.js";

export interface OnceOptions {
  readonly config: string;
  /** How long to wait for another process that writes the ledger; milliseconds. */
  readonly wait: number;
  /** For how long the outcome of a permitted call is awaited; milliseconds. */
  readonly outcomeWithin: number;
}

/**
 * Answers one event: asks the server where one runs, else opens the gate itself. While a server
 * holds the ledger nobody else can open it, so that a wrong guess ends in a refusal.
 */
export async function answerOnce(event: Uint8Array, options: OnceOptions): Promise<HookAnswer> {
  const { wait, outcomeWithin } = options;
  const config = readGateConfig(options.config);
  const meeting = findMeeting(meetingPath(config.ledger));
  if (meeting !== undefined) {
    const answer = await askServer(meeting, event, wait + config.holdFor + 15_000);
    if (answer !== "gone") return answer;
  }
  // The policy's engine is large: whoever asks a server never loads it.
  const [{ openSetup }, { answerEvent }] = await Promise.all([
    import("./gate-setup.js"),
    import("./handle.js"),
  ]);
  const { setup, close } = await openSetup(config, { wait, calls: "few", outcomeWithin });
  try {
    return await answerEvent(setup, event);
  } finally {
    await close();
  }
}
