import type { JsonObject } from "../json/json.js";

/** Agents whose settings `sclaw hook install` can write. */
export type AgentName = "claude-code" | "codex" | "gemini-cli" | "cursor";

interface AgentFacts {
  /** Where a project's settings are, from its folder. */
  readonly settings: string;
  /** The events of a call: before it, after it, and after it failed, where that is one of its own. */
  readonly events: readonly string[];
  /** What the file has to hold beside its hooks. */
  readonly beside: JsonObject;
  /** One entry of an event's list; `seconds` is how long the agent lets the command run. */
  readonly entry: (command: string, seconds: number) => JsonObject;
  /** What the person who installs should know of its limits. */
  readonly note: string;
}

/** What docs/hook.md says of each, with where it was confirmed. */
export const agents: { readonly [A in AgentName]: AgentFacts } = {
  "claude-code": {
    settings: ".claude/settings.json",
    events: ["PreToolUse", "PostToolUse", "PostToolUseFailure"],
    beside: {},
    entry: (command, seconds) => ({
      matcher: "*",
      hooks: [{ type: "command", command, timeout: seconds, onFailure: "block" }],
    }),
    note: "before Claude Code 2.1.295, which knows onFailure, a hook that runs out of time lets the call through",
  },
  codex: {
    settings: ".codex/hooks.json",
    events: ["PreToolUse", "PostToolUse"],
    beside: {},
    entry: (command, seconds) => ({ hooks: [{ type: "command", command, timeout: seconds }] }),
    note: "Codex lets a call through when its hook runs out of time",
  },
  "gemini-cli": {
    settings: ".gemini/settings.json",
    events: ["BeforeTool", "AfterTool"],
    beside: {},
    // Its timeouts are in milliseconds.
    entry: (command, seconds) => ({
      hooks: [{ type: "command", name: "sclaw", command, timeout: 1000 * seconds }],
    }),
    note: "Gemini CLI does not say that it blocks a call when its hook runs out of time",
  },
  cursor: {
    settings: ".cursor/hooks.json",
    events: ["preToolUse", "postToolUse", "postToolUseFailure"],
    beside: { version: 1 },
    entry: (command, seconds) => ({ command, timeout: seconds, failClosed: true }),
    note: "Cursor also reads Claude Code's settings: install one of the two, or each call is recorded twice",
  },
};

export const agentNames = Object.keys(agents) as readonly AgentName[];
