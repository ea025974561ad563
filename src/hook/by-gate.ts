import type { GateConfig } from "../gate/config.js";
import type { HookAnswer } from "./answer.js";
import { failureAnswer } from "./failure.js";
import { type OpenedSetup, openSetup } from "./gate-setup.js";
import { answerEvent } from "./handle.js";

/** What a gate of this process's own said; where it could not be opened, that. */
export interface GateAnswer {
  readonly opened: boolean;
  readonly answer: HookAnswer;
}

/** Opens the gate, answers one event, and closes it. Never throws: what fails is an answer that blocks. */
export async function answerByGate(
  event: Uint8Array,
  config: GateConfig,
  timing: { readonly wait: number; readonly outcomeWithin: number },
): Promise<GateAnswer> {
  let opened: OpenedSetup;
  try {
    opened = await openSetup(config, { ...timing, calls: "few", unattended: true });
  } catch (error) {
    return { opened: false, answer: failureAnswer(error) };
  }
  try {
    const answer = await answerEvent(opened.setup, event);
    await opened.close();
    return { opened: true, answer };
  } catch (error) {
    return { opened: true, answer: failureAnswer(error) };
  }
}
