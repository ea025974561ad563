import { describeJson, isJsonObject, type Json, type JsonObject } from "../json/json.js";
import { isRequestId, type RequestId } from "./message.js";

/** One answer of the server, as much of it as the gate looks at. */
export interface ServerAnswer {
  readonly id: RequestId;
  /** The code of a JSON-RPC error. */
  readonly errorCode: string | undefined;
  readonly result: JsonObject | undefined;
}

export type ServerLine =
  | { readonly kind: "answers"; readonly answers: readonly ServerAnswer[] }
  /** Requests, notifications, and what no parser takes for a message. */
  | { readonly kind: "other" }
  /** It might be an answer to another parser than this one (NaN, a lone surrogate's bytes). */
  | { readonly kind: "unreadable" };

/**
 * Which answers a line of the server holds. It is read as its clients read it, leniently: the bytes
 * are passed on as they are, and only what they answer matters.
 */
export function readServerLine(bytes: Uint8Array): ServerLine {
  const text = new TextDecoder().decode(bytes);
  let json: Json;
  try {
    json = JSON.parse(text) as Json;
  } catch {
    return { kind: /^\s*[[{]/.test(text) ? "unreadable" : "other" };
  }
  const items: readonly Json[] = Array.isArray(json) ? json : [json];
  const answers = items.flatMap((item) => readAnswer(item) ?? []);
  return answers.length === 0 ? { kind: "other" } : { kind: "answers", answers };
}

function readAnswer(json: Json): ServerAnswer | undefined {
  if (!isJsonObject(json)) return undefined;
  const { id, result, error } = json;
  // A method beside a result is no reason to take it for less: some client might not look at it.
  if (!isRequestId(id) || (result === undefined && error === undefined)) return undefined;
  const code = isJsonObject(error) ? error["code"] : undefined;
  return {
    id,
    errorCode: error === undefined ? undefined : describeJson(code),
    result: isJsonObject(result) ? result : undefined,
  };
}
