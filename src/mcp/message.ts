import { describeJson, isJsonObject, type Json, type JsonObject } from "../json/json.js";
import { methodFacts } from "./methods.js";

/** How JSON-RPC names a request; 1 and "1" are two of them. */
export type RequestId = string | number;

export interface Request {
  readonly kind: "request";
  readonly id: RequestId;
  readonly method: string;
  readonly params: JsonObject | undefined;
  /** The whole message, which is what is forwarded. */
  readonly json: JsonObject;
}

export interface Notification {
  readonly kind: "notification";
  readonly method: string;
  readonly params: JsonObject | undefined;
  readonly json: JsonObject;
}

/** The client's answer to a request of the server. */
export interface Response {
  readonly kind: "response";
  readonly id: RequestId;
  readonly json: JsonObject;
}

/** What is not forwarded, why, and how the error is called that answers it. */
export interface Refusable {
  readonly kind: "refusable";
  readonly code: ErrorCode;
  readonly reason: string;
  /** Whose request it seems to be: where the error goes. */
  readonly id?: RequestId | undefined;
  /** It seems to be the answer to a request of the server, which gets an error instead. */
  readonly answers?: RequestId | undefined;
  /** It seems to be a notification, which JSON-RPC does not answer. */
  readonly isSilent?: boolean;
  readonly about: JsonObject;
}

export type ClientMessage = Request | Notification | Response | Refusable;

/** The errors of JSON-RPC 2.0, section 5.1. */
export const errorCodes = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
} as const;

export type ErrorCode = (typeof errorCodes)[keyof typeof errorCodes];

const envelope: ReadonlySet<string> = new Set(["jsonrpc", "id", "method", "params", "result", "error"]);

/** Whether a value names a request: null, fractions and what no double holds exactly do not. */
export function isRequestId(value: Json | undefined): value is RequestId {
  return typeof value === "string" || (typeof value === "number" && Number.isSafeInteger(value));
}

/** One key of an id, for maps. */
export function idKey(id: RequestId): string {
  return typeof id === "number" ? `n${id}` : `s${id}`;
}

/**
 * Reads one decoded JSON-RPC message of a client. Whatever a server could read in another way than
 * it is decided here (a second `Method`, a call without id, an answer with a method) is refusable.
 */
export function readMessage(json: Json): ClientMessage {
  if (!isJsonObject(json))
    return {
      kind: "refusable",
      code: errorCodes.invalidRequest,
      reason: `expected a JSON-RPC message, found ${describeJson(json)}`,
      about: {},
    };
  const { id, method, params } = json;
  const refuse = (reason: string, code: ErrorCode = errorCodes.invalidRequest): Refusable => ({
    kind: "refusable",
    code,
    reason,
    ...address(json),
    about: {
      ...(isShort(method) ? { method } : {}),
      ...(isRequestId(id) && isShort(String(id)) ? { id } : {}),
    },
  });
  const unknown = Object.keys(json).filter((name) => !envelope.has(name));
  if (unknown.length > 0)
    return refuse(`expected the members of JSON-RPC, found ${JSON.stringify(unknown[0]!.slice(0, 80))}`);
  if (json["jsonrpc"] !== "2.0")
    return refuse(`expected "jsonrpc": "2.0", found ${describeJson(json["jsonrpc"])}`);
  if (id !== undefined && !isRequestId(id))
    return refuse(`expected an id that is a string or an integer up to 2^53-1, found ${describeJson(id)}`);
  if (method === undefined) return readResponse(json, refuse);
  if ("result" in json || "error" in json)
    return refuse("expected a request or an answer, found both in one message");
  if (typeof method !== "string") return refuse(`expected a method, found ${describeJson(method)}`);
  const facts = methodFacts(method);
  if (facts === undefined)
    return refuse(
      `expected a method that MCP clients send, found ${describeJson(method)}`,
      errorCodes.methodNotFound,
    );
  if (params !== undefined && !isJsonObject(params))
    return refuse(`expected params that are an object, found ${describeJson(params)}`);
  if (facts.kind === "notification") {
    if (id !== undefined) return refuse(`expected no id beside the notification ${method}, found one`);
    return { kind: "notification", method, params, json };
  }
  if (id === undefined) return refuse(`expected an id beside ${method}, found none: nobody could answer it`);
  return { kind: "request", id, method, params, json };
}

function readResponse(json: JsonObject, refuse: (reason: string) => Refusable): Response | Refusable {
  const { id } = json;
  if (!isRequestId(id))
    return refuse("expected a method, or the id of a request that is answered, found neither");
  if ("params" in json) return refuse("expected an answer without params, found some");
  if ("result" in json === "error" in json)
    return refuse("expected an answer with either a result or an error, found both or none");
  return { kind: "response", id, json };
}

/** What receipts of refusals hold of a message is small. */
function isShort(value: Json | undefined): value is string {
  return typeof value === "string" && value.length <= 200;
}

/** Where the error for a message goes that is refused: to its sender, or to the server that waits. */
function address(json: JsonObject): Pick<Refusable, "id" | "answers" | "isSilent"> {
  const { id } = json;
  if (!isRequestId(id)) return { isSilent: id === undefined && "method" in json };
  const isAnswer = !("method" in json) && ("result" in json || "error" in json);
  return isAnswer ? { answers: id } : { id };
}
