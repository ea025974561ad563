/** What a hook is told of: a call before it runs, one that ran, one that failed. */
export type Phase = "before" | "after" | "failed";

/** Agents whose hooks speak alike are one dialect (docs/hook.md, "Agents"). */
export type Dialect = "claude" | "gemini" | "cursor";

interface DialectFacts {
  readonly events: { readonly [event: string]: Phase };
  /** The member that names the session. */
  readonly session: string;
  /** Members that hold what came of a call, the first that is there. */
  readonly result: readonly string[];
  /** Whether every event names the folder that the agent works in. */
  readonly needsCwd: boolean;
}

export const dialects: { readonly [D in Dialect]: DialectFacts } = {
  /** Claude Code, and Codex, which took its form over. */
  claude: {
    events: { PreToolUse: "before", PostToolUse: "after", PostToolUseFailure: "failed" },
    session: "session_id",
    result: ["tool_response", "error"],
    needsCwd: true,
  },
  gemini: {
    events: { BeforeTool: "before", AfterTool: "after" },
    session: "session_id",
    result: ["tool_response"],
    needsCwd: true,
  },
  cursor: {
    events: { preToolUse: "before", postToolUse: "after", postToolUseFailure: "failed" },
    session: "conversation_id",
    result: ["tool_output", "error_message"],
    needsCwd: false,
  },
};

/** Which agent speaks, told by the event's name; undefined of an event that no call of a tool brings about. */
export function dialectOf(event: string): { readonly dialect: Dialect; readonly phase: Phase } | undefined {
  for (const [dialect, { events }] of Object.entries(dialects))
    if (Object.hasOwn(events, event)) return { dialect: dialect as Dialect, phase: events[event]! };
  return undefined;
}

/** Every event that is understood, for messages. */
export const knownEvents: readonly string[] = Object.values(dialects).flatMap(({ events }) =>
  Object.keys(events),
);
