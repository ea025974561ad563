import { encodeUtf8 } from "../bytes/utf8.js";
import type { JsonObject } from "../json/json.js";

/**
 * One message as a line: written again from what was decided, so that this is what runs. U+0085,
 * U+2028 and U+2029 are escaped, since some servers' readers split lines there: the rest of a
 * string would be read as a message of its own that nobody decided.
 */
export function writeLine(message: JsonObject): Uint8Array {
  const text = JSON.stringify(message).replace(
    /[\u0085\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return encodeUtf8(`${text}\n`);
}
