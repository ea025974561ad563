import type { Refused } from "../gate/contract.js";
import type { JsonObject } from "../json/json.js";
import { refusedError } from "./answers.js";
import type { Refusable } from "./message.js";
import type { Wiring } from "./wiring.js";
import { writeLine } from "./write-line.js";

/** What receipts of this transport say of who asked. */
export const identity = { identity: "configured" } as const;

/** Records the refusal of a message that is no intent. */
export function recordRefusal(
  { gate, caller }: Wiring,
  bytes: Uint8Array,
  reason: string,
  about: JsonObject,
): Promise<Refused> {
  return gate.refuse({ ...caller, bytes, reason: recordable(reason), about, ext: identity });
}

/** A reason quotes what was sent: cut, and without what a ledger's line may not hold (RFC 7493 section 2.1). */
function recordable(reason: string): string {
  const noncharacter = /[\p{Surrogate}\p{Noncharacter_Code_Point}]/gu;
  return (reason.length > 500 ? `${reason.slice(0, 500)}…` : reason).replace(noncharacter, "\ufffd");
}

/**
 * Refuses a message: a receipt first, then the error to whoever waits. The client's answer that
 * cannot be passed on becomes an error for the server, which would wait for ever.
 */
export async function refuseMessage(wiring: Wiring, bytes: Uint8Array, message: Refusable): Promise<void> {
  const { client, server, open } = wiring;
  const refused = await recordRefusal(wiring, bytes, message.reason, message.about);
  if (message.answers !== undefined) {
    const error = { code: -32603, message: `sclaw: the client's answer was refused: ${message.reason}` };
    server.write(writeLine({ jsonrpc: "2.0", id: message.answers, error }));
    return;
  }
  if (message.isSilent === true) return;
  // An error under the id of another request that is open would end that one at the client.
  const id = message.id === undefined || open.has(message.id) ? null : message.id;
  client.say(writeLine(refusedError(id, refused, message.code)));
}
