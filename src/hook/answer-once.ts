import { type GateConfig, readGateConfig } from "../gate/config.js";
import type { HookAnswer } from "./answer.js";
import { askServer } from "./ask-server.js";
import type { OpenedSetup } from "./gate-setup.js";
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
  const config = readGateConfig(options.config);
  const served = await askIfServed(config, event, options.wait);
  if (served !== undefined) return served;
  // The policy's engine is large: whoever asks a server never loads it.
  const [{ openSetup }, { answerEvent }] = await Promise.all([
    import("./gate-setup.js"),
    import("./handle.js"),
  ]);
  let opened: OpenedSetup;
  try {
    const { wait, outcomeWithin } = options;
    opened = await openSetup(config, { wait, outcomeWithin, calls: "few" });
  } catch (error) {
    // A server that started meanwhile may be what holds the ledger.
    const late = await askIfServed(config, event, options.wait);
    if (late !== undefined) return late;
    throw error;
  }
  try {
    return await answerEvent(opened.setup, event);
  } finally {
    await opened.close();
  }
}

async function askIfServed(
  config: GateConfig,
  event: Uint8Array,
  wait: number,
): Promise<HookAnswer | undefined> {
  const meeting = findMeeting(meetingPath(config.ledger));
  if (meeting === undefined) return undefined;
  const answer = await askServer(meeting, event, wait + config.holdFor + 15_000);
  return answer === "gone" ? undefined : answer;
}
