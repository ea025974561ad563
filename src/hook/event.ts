import { describeJson, isJsonObject, type Json, type JsonObject } from "../json/json.js";
import { limits } from "../json/limits.js";
import { decodeStrict } from "../json/strict-decoder.js";
import { type Dialect, dialectOf, dialects, knownEvents, type Phase } from "./dialect.js";

/** One call of a tool, as the agent's hook tells of it. */
export interface HookEvent {
  readonly dialect: Dialect;
  readonly phase: Phase;
  readonly session: string;
  /** The folder that the agent works in, where the event names it: what relative paths start from. */
  readonly cwd: string | undefined;
  readonly tool: string;
  readonly input: JsonObject;
  /** The agent's own name of this one call, where it has names. */
  readonly callId: string | undefined;
  /** What the agent says came of it; undefined before it ran. */
  readonly result: Json | undefined;
}

export type ReadEvent =
  | { readonly ok: true; readonly event: HookEvent }
  /** What cannot be read in one way only: why, and what can be told of it. */
  | { readonly ok: false; readonly reason: string; readonly about: JsonObject };

/** Bytes of one event: results of tools are in it, and images as text. */
export const eventBytes = 16 * 1024 * 1024;

const longest = { name: 256, folder: 4096 };

/**
 * Reads an event as an agent writes it on standard input. Members that nothing here reads are
 * left alone, as agents add to them; what is read has to be as it is expected, and no member may
 * stand twice, so that agent and gate cannot understand one text in two ways.
 */
export function readEvent(bytes: Uint8Array): ReadEvent {
  const { value, issues } = decodeStrict(bytes, { canonical: false, maxDepth: limits.depth });
  const [issue] = issues;
  if (value === undefined || issue !== undefined)
    return refuse(
      `expected an event as JSON, found ${issue === undefined ? "none" : `${issue.actual} at byte ${issue.offset} (${issue.code})`}`,
    );
  if (!isJsonObject(value)) return refuse(`expected an event as a JSON object, found ${describeJson(value)}`);
  const name = value["hook_event_name"];
  const known = typeof name === "string" ? dialectOf(name) : undefined;
  if (known === undefined)
    return refuse(`hook_event_name: expected one of ${knownEvents.join(", ")}, found ${describeJson(name)}`);
  return readMembers(value, name as string, known);
}

function readMembers(
  value: JsonObject,
  name: string,
  { dialect, phase }: { readonly dialect: Dialect; readonly phase: Phase },
): ReadEvent {
  const { session: sessionMember, needsCwd } = dialects[dialect];
  const problems: string[] = [];
  const text = (member: string, most: number, needed: boolean): string | undefined => {
    const found = value[member];
    if (typeof found === "string" && found !== "" && found.length <= most) return found;
    if (found !== undefined || needed)
      problems.push(`${member}: expected a text of at most ${most} characters, found ${describeJson(found)}`);
    return undefined;
  };
  const session = text(sessionMember, longest.name, true);
  const tool = text("tool_name", longest.name, true);
  const cwd = text("cwd", longest.folder, needsCwd);
  const callId = text("tool_use_id", longest.name, false);
  const input = value["tool_input"];
  if (!isJsonObject(input)) problems.push(`tool_input: expected an object, found ${describeJson(input)}`);
  const result = phase === "before" ? undefined : resultOf(value, dialect);
  if (problems.length > 0)
    return {
      ok: false,
      reason: problems.join("; "),
      about: { event: name, ...(tool === undefined ? {} : { tool }) },
    };
  return {
    ok: true,
    event: {
      dialect,
      phase: dialect === "gemini" && saysError(result) ? "failed" : phase,
      session: session!,
      cwd,
      tool: tool!,
      input: input as JsonObject,
      callId,
      result,
    },
  };
}

function refuse(reason: string): ReadEvent {
  return { ok: false, reason, about: {} };
}

function resultOf(value: JsonObject, dialect: Dialect): Json {
  for (const member of dialects[dialect].result) if (Object.hasOwn(value, member)) return value[member]!;
  return null;
}

/** Gemini CLI has one event for both: what failed holds an error. */
function saysError(result: Json | undefined): boolean {
  return isJsonObject(result) && Object.hasOwn(result, "error") && result["error"] !== null;
}
