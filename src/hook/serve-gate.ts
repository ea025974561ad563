import { readGateConfig } from "../gate/config.js";
import { writeNote } from "../io/output.js";
import { openSetup } from "./gate-setup.js";
import { answerEvent } from "./handle.js";
import { meetingPath } from "./meeting-file.js";
import { serveHooks } from "./serve.js";

/**
 * Holds the ledger of a configuration open and answers hooks, until `stopped`. What is under way is
 * answered then, and the ledger closed. Throws a refusal where the gate cannot be opened.
 */
export async function serveGate(
  path: string,
  { wait, outcomeWithin }: { readonly wait: number; readonly outcomeWithin: number },
  stopped: Promise<void>,
): Promise<void> {
  const config = readGateConfig(path);
  const { setup, close } = await openSetup(config, { wait, calls: "many", outcomeWithin });
  try {
    const server = await serveHooks({
      path: meetingPath(config.ledger),
      answer: (event) => answerEvent(setup, event),
    });
    writeNote(`sclaw hook answers for ${config.ledger} on 127.0.0.1:${server.port}, until it is stopped`);
    await stopped;
    await server.close();
  } finally {
    await close();
  }
}
