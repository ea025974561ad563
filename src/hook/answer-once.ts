import { type GateConfig, readGateConfig } from "../gate/config.js";
import type { HookAnswer } from "./answer.js";
import { askServer } from "./ask-server.js";
import { findMeeting, meetingPath } from "./meeting-file.js";

export interface Timing {
  /** How long to wait for another process that writes the ledger; milliseconds. */
  readonly wait: number;
  /** For how long the outcome of a permitted call is awaited; milliseconds. */
  readonly outcomeWithin: number;
}

/**
 * Answers one event: asks the server where one runs, else opens the gate itself. While a server
 * holds the ledger nobody else can open it, so that a wrong guess ends in a refusal.
 */
export async function answerOnce(event: Uint8Array, path: string, timing: Timing): Promise<HookAnswer> {
  const config = readGateConfig(path);
  const served = await askIfServed(config, event, timing.wait);
  if (served !== undefined) return served;
  // The policy's engine is large: whoever asks a server never loads it.
  const { answerByGate } = await import("./by-gate.js");
  const { opened, answer } = await answerByGate(event, config, timing);
  if (opened) return answer;
  // A server that started meanwhile may be what holds the ledger.
  return (await askIfServed(config, event, timing.wait)) ?? answer;
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
