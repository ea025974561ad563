import { isJsonObject, type Json, type JsonObject } from "../json/json.js";
import { type AgentName, agents } from "./agents.js";

/** Of a settings file, what it would become. */
export type Installed =
  | { readonly ok: true; readonly settings: JsonObject; readonly changes: readonly string[] }
  | { readonly ok: false; readonly pointer: string; readonly expected: string };

/** By this an entry is known as ours, whatever else of its command changed. */
const mark = "sclaw hook could not run: the call is blocked";

/**
 * The command of an entry. Where it ends otherwise than it should (it is not there, it was killed),
 * the shell says so and ends with 2: agents go on after any other code, and some after a 2 without
 * a message.
 */
export function hookCommand(program: string, config: string): string {
  return `${program} hook --config ${shellQuoted(config)} || { [ $? = 2 ] || echo '${mark}' >&2; exit 2; }`;
}

/** A text as one word of a POSIX shell. */
function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * Adds an agent's entries to its settings, in place of older ones of ours. All else stays as it
 * is and where it is. Settings of another form than the agent's own are refused.
 */
export function install(settings: JsonObject, agent: AgentName, command: string, seconds: number): Installed {
  const { events, entry, beside } = agents[agent];
  const hooks = settings["hooks"] ?? {};
  if (!isJsonObject(hooks)) return { ok: false, pointer: "/hooks", expected: "an object" };
  const changes: string[] = [];
  const lists: [string, Json][] = [];
  for (const event of events) {
    const list = Object.hasOwn(hooks, event) ? hooks[event] : [];
    if (!Array.isArray(list)) return { ok: false, pointer: `/hooks/${event}`, expected: "an array" };
    const { items, change } = placed(list as readonly Json[], entry(command, seconds));
    lists.push([event, items]);
    if (change !== undefined) changes.push(`${event}: ${change}`);
  }
  const missing = Object.entries(beside).filter(([name]) => !Object.hasOwn(settings, name));
  changes.push(...missing.map(([name, value]) => `${name}: ${JSON.stringify(value)} added`));
  return {
    ok: true,
    settings: {
      ...Object.fromEntries(missing),
      ...settings,
      hooks: { ...hooks, ...Object.fromEntries(lists) },
    },
    changes,
  };
}

/** One entry of ours in a list: at the place of the first that is there, else at the end. */
function placed(
  list: readonly Json[],
  entry: JsonObject,
): { readonly items: readonly Json[]; readonly change: string | undefined } {
  const ours = list.filter(isOurs);
  if (ours.length === 0) return { items: [...list, entry], change: "added" };
  if (ours.length === 1 && JSON.stringify(ours[0]) === JSON.stringify(entry))
    return { items: list, change: undefined };
  const first = list.findIndex(isOurs);
  const items = list.flatMap((item, i) => (i === first ? [entry] : isOurs(item) ? [] : [item]));
  return { items, change: "replaced" };
}

/** Whether an entry runs our command and nothing else. */
function isOurs(item: Json): boolean {
  if (!isJsonObject(item)) return false;
  const inner = item["hooks"];
  if (!Array.isArray(inner)) return runsUs(item);
  return inner.length === 1 && runsUs(inner[0]);
}

function runsUs(item: Json | undefined): boolean {
  const command = isJsonObject(item) ? item["command"] : undefined;
  return typeof command === "string" && command.includes(mark);
}
