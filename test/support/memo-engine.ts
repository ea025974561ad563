import { concatBytes } from "../../src/bytes/bytes.js";
import type { Engine } from "../../src/keys/engine.js";
import { engine } from "./verify.js";

/**
 * The Node engine, asked once for each signature, message and key: tests that verify one
 * ledger a hundred thousand times, each time with one byte changed, ask for the same again and again.
 */
export function memoEngine(): Engine {
  const known = new Map<string, boolean>();
  return {
    ...engine,
    equationHolds(signature, message, key) {
      const name = Buffer.from(concatBytes(signature, key.bytes, message)).toString("latin1");
      const before = known.get(name);
      if (before !== undefined) return before;
      const holds = engine.equationHolds(signature, message, key);
      known.set(name, holds);
      return holds;
    },
  };
}
