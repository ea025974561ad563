import { describeJson, isJsonObject, type Json, type JsonObject } from "../json/json.js";
import type { Request } from "./message.js";
import type { GatedMethod } from "./methods.js";

/** What a gated request asks for, before anything is known of who asks. */
export interface Call {
  readonly method: GatedMethod;
  readonly operation: string;
  readonly params: JsonObject;
  /** The resource where the catalogue has no pointer for it. */
  readonly resource: string;
  /** What else the server is given with it, which the intent does not hold: bound by its digest. */
  readonly inputs: JsonObject | undefined;
  readonly progressToken: string | number | undefined;
  /** The server answers with a task and runs it later. */
  readonly isTask: boolean;
  /** Of the stateless revision, whose results name their type. */
  readonly isStateless: boolean;
}

export type ReadCall =
  | { readonly ok: true; readonly call: Call }
  | { readonly ok: false; readonly reason: string };

/** Members of params that every gated request may have: the retry of the stateless revision's input requests. */
const common = ["_meta", "inputResponses", "requestState"];

const members: { readonly [M in GatedMethod]: readonly string[] } = {
  "tools/call": ["name", "arguments", "task", ...common],
  "resources/read": ["uri", ...common],
  "prompts/get": ["name", "arguments", ...common],
};

/** Tools that would be taken for another operation: of the gate's own, or a method that can be gated. */
function isReserved(tool: string): boolean {
  return tool.startsWith("sclaw.") || Object.hasOwn(members, tool);
}

const versionKey = "io.modelcontextprotocol/protocolVersion";

/**
 * Reads a gated request in the one way that its intent states. What the intent would not show and
 * a server might read is refused: an unknown member of params ("Name" beside "name", which some
 * parsers take for the same), arguments whose names differ in case only.
 */
export function readCall(request: Request, method: GatedMethod): ReadCall {
  const params = request.params ?? {};
  const unknown = Object.keys(params).find((name) => !members[method].includes(name));
  if (unknown !== undefined)
    return refused(`expected no such member of the params of ${method}, found ${describeJson(unknown)}`);
  const meta = params["_meta"];
  if (meta !== undefined && !isJsonObject(meta))
    return refused(`expected _meta to be an object, found ${describeJson(meta)}`);
  const asked = readAsked(method, params);
  if (typeof asked === "string") return refused(asked);
  const { inputResponses, requestState, task } = params;
  const token = meta?.["progressToken"];
  const inputs = {
    ...(inputResponses === undefined ? {} : { inputResponses }),
    ...(requestState === undefined ? {} : { requestState }),
  };
  return {
    ok: true,
    call: {
      method,
      ...asked,
      inputs: Object.keys(inputs).length === 0 ? undefined : inputs,
      progressToken: typeof token === "string" || typeof token === "number" ? token : undefined,
      isTask: task !== undefined,
      isStateless: typeof meta?.[versionKey] === "string",
    },
  };
}

type Asked = Pick<Call, "operation" | "params" | "resource">;

/** Operation, parameters and resource by method, or what is wrong. */
function readAsked(method: GatedMethod, params: JsonObject): Asked | string {
  const { name, uri, arguments: given } = params;
  if (given !== undefined && !isJsonObject(given))
    return `expected arguments that are an object, found ${describeJson(given)}`;
  const twin = sameButCase(given ?? {});
  if (twin !== undefined)
    return `expected arguments whose names differ in more than case, found ${twin.map(describeJson).join(" and ")}`;
  if (method === "resources/read") {
    if (typeof uri !== "string") return `expected the uri of a resource, found ${describeJson(uri)}`;
    return { operation: method, params: { uri }, resource: uri };
  }
  if (typeof name !== "string") return `expected the name of what is asked for, found ${describeJson(name)}`;
  if (method === "prompts/get") {
    const other = Object.values(given ?? {}).find((value) => typeof value !== "string");
    if (other !== undefined)
      return `expected arguments of a prompt that are strings, found ${describeJson(other)}`;
    return { operation: method, params: { name, arguments: given ?? {} }, resource: name };
  }
  if (isReserved(name)) return `expected another name of a tool: ${describeJson(name)} is reserved`;
  return { operation: name, params: given ?? {}, resource: name };
}

/** Two names that some parsers take for one; full case folding is not needed for names of parameters. */
function sameButCase(value: JsonObject): readonly [string, string] | undefined {
  const seen = new Map<string, string>();
  for (const name of Object.keys(value)) {
    const folded = name.toUpperCase().toLowerCase();
    const before = seen.get(folded);
    if (before !== undefined) return [before, name];
    seen.set(folded, name);
  }
  return undefined;
}

/** The value that an RFC 6901 pointer names in a call's arguments, where it is a string. */
export function textAt(root: JsonObject, pointer: string): string | undefined {
  let value: Json | undefined = root;
  for (const part of pointer.split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as JsonObject)[name];
  }
  return typeof value === "string" ? value : undefined;
}

function refused(reason: string): ReadCall {
  return { ok: false, reason };
}
