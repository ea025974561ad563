import { isJsonObject, type Json, type JsonArray, type JsonObject } from "../json/json.js";
import { limits as jsonLimits } from "../json/limits.js";
import { decodeStrict } from "../json/strict-decoder.js";
import { unsafeInteger } from "../policy/decide.js";
import { type ClientMessage, errorCodes, isRequestId, type Refusable, readMessage } from "./message.js";

/** Limits that hold before any work is done on a message. */
export const limits = {
  /** Bytes of one line, either way. */
  lineBytes: 16 * 1024 * 1024,
  /** Messages of one batch: each that is refused leaves a receipt. */
  batch: 1000,
} as const;

/**
 * The messages of one line of the client, each by itself: a batch is unpacked, so that no call
 * rides inside. What ordinary parsers repair in silence (duplicate members, broken Unicode, a
 * number that no double holds) makes a line refusable, since it might be read in two ways.
 * Returns nothing for an empty line. Takes the bytes without the LF; never throws.
 */
export function readLine(bytes: Uint8Array): readonly ClientMessage[] {
  if (bytes.every(isSpace)) return [];
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    return [unreadable("expected a JSON-RPC message, found a byte order mark before it", bytes)];
  const { value, issues } = decodeStrict(bytes, { canonical: false, maxDepth: jsonLimits.depth });
  const [issue] = issues;
  if (value === undefined || issue !== undefined) {
    const place = issue === undefined ? "" : `byte ${issue.offset}: `;
    const found = issue === undefined ? "another text" : issue.actual;
    return [unreadable(`${place}expected ${issue?.expected ?? "JSON"}, found ${found}`, bytes)];
  }
  if (!Array.isArray(value)) return [readOne(value)];
  const batch = value as JsonArray;
  if (batch.length === 0 || batch.length > limits.batch)
    return [
      {
        kind: "refusable",
        code: errorCodes.invalidRequest,
        reason: `expected a batch of 1 to ${limits.batch} messages, found ${batch.length}`,
        about: {},
      },
    ];
  return batch.map(readOne);
}

function readOne(json: Json): ClientMessage {
  const message = readMessage(json);
  if (message.kind === "refusable") return message;
  const unsafe = unsafeInteger(json, "");
  if (unsafe === undefined) return message;
  return {
    kind: "refusable",
    code: errorCodes.invalidRequest,
    reason: `expected integers up to 2^53-1, which all readers read alike, found a larger one at ${unsafe}`,
    ...(message.kind === "request" ? { id: message.id } : {}),
    ...(message.kind === "response" ? { answers: message.id } : {}),
    about: message.kind === "response" ? { id: message.id } : { method: message.method },
  };
}

/**
 * A line without one reading. Its sender knows which request it meant, so the answer goes to the id
 * that a plain parser finds, where it finds one; nothing else is taken from there.
 */
function unreadable(reason: string, bytes: Uint8Array): Refusable {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // Not even that: the error has no id.
  }
  const seen = isJsonObject(json as Json) ? (json as JsonObject) : {};
  const { id } = seen;
  const base = { kind: "refusable", code: errorCodes.parse, reason, about: {} } as const;
  if (!isRequestId(id)) return base;
  return Object.hasOwn(seen, "method") ? { ...base, id } : { ...base, answers: id };
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}
