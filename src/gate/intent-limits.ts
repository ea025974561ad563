import { encodeUtf8 } from "../bytes/utf8.js";
import { canonicalize } from "../json/canonical.js";
import type { Json } from "../json/json.js";
import { decodeStrict } from "../json/strict-decoder.js";
import type { Intent } from "../receipt/intent.js";

/**
 * Bytes of an intent's canonical form, at most. A line of the ledger has 1,048,576: the rest is for
 * its receipt, whose facts may repeat texts of the intent.
 */
export const mostIntentBytes = 400_000;
/** Levels, the intent being the first: its line is one more. */
const mostLevels = 63;

/** An intent's canonical text, or why it cannot stand in a ledger. Never throws. */
export function canonicalIntent(
  intent: Intent,
):
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: string; readonly bytes: Uint8Array } {
  let text: string;
  try {
    text = canonicalize(intent as unknown as Json);
  } catch (error) {
    return { ok: false, reason: `expected JSON, found ${(error as Error).message}`, bytes: new Uint8Array() };
  }
  const bytes = encodeUtf8(text);
  const refuse = (reason: string) => ({ ok: false, reason, bytes }) as const;
  if (bytes.length > mostIntentBytes)
    return refuse(`expected an intent of at most ${mostIntentBytes} bytes, found ${bytes.length}`);
  const [issue] = decodeStrict(bytes, { maxDepth: mostLevels }).issues;
  if (issue !== undefined) return refuse(`expected ${issue.expected}, found ${issue.actual} (${issue.code})`);
  return { ok: true, text };
}
