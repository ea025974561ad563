import type { DigestText } from "../bytes/digest.js";
import type { JsonObject } from "../json/json.js";
import type { Intent } from "../receipt/intent.js";
import type { Malformed } from "./contract.js";
import { shortened } from "./draft.js";

/** What no catalogue has: names that begin so are the gate's own. */
export const refusedOperation = "sclaw.refused";

/**
 * The intent that stands for something that was none. It holds the digest of what was sent, and is
 * of an operation that no catalogue has: whoever decides it again denies it by `invalid-request`.
 */
export function intentOfMalformed(
  { tenant, agent, adapterId, bytes, reason, about }: Malformed,
  hash: (bytes: Uint8Array) => DigestText,
): Intent {
  const params: JsonObject = {
    bytes: hash(bytes),
    reason: shortened(reason),
    ...(about === undefined ? {} : { about }),
  };
  return {
    schema: "sclaw.intent/1",
    tenant,
    agent,
    adapter_id: adapterId,
    operation: refusedOperation,
    resource: "",
    params,
  };
}
