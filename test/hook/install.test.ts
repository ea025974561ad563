import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { type AgentName, agentNames, agents } from "../../src/hook/agents.js";
import { hookCommand, install } from "../../src/hook/install.js";
import type { JsonObject } from "../../src/json/json.js";

const command = hookCommand("sclaw", "/users/dev/gate/gate.json");
const installed = (settings: JsonObject, agent: AgentName = "claude-code", with_ = command) => {
  const result = install(settings, agent, with_, 60);
  if (!result.ok) throw new Error(result.expected);
  return result;
};

describe("install", () => {
  it("writes Claude Code's entries for every tool, which block on failure", () => {
    const entry = [{ matcher: "*", hooks: [{ type: "command", command, timeout: 60, onFailure: "block" }] }];
    expect(installed({}).settings).toEqual({
      hooks: { PreToolUse: entry, PostToolUse: entry, PostToolUseFailure: entry },
    });
  });

  it("writes those of other agents in their own form", () => {
    expect(installed({}, "codex").settings).toEqual({
      hooks: {
        PreToolUse: [{ hooks: [{ type: "command", command, timeout: 60 }] }],
        PostToolUse: [{ hooks: [{ type: "command", command, timeout: 60 }] }],
      },
    });
    expect(installed({}, "gemini-cli").settings).toEqual({
      hooks: {
        BeforeTool: [{ hooks: [{ type: "command", name: "sclaw", command, timeout: 60_000 }] }],
        AfterTool: [{ hooks: [{ type: "command", name: "sclaw", command, timeout: 60_000 }] }],
      },
    });
    const entry = [{ command, timeout: 60, failClosed: true }];
    expect(installed({}, "cursor").settings).toEqual({
      version: 1,
      hooks: { preToolUse: entry, postToolUse: entry, postToolUseFailure: entry },
    });
  });

  it("keeps what is there, and where it is", () => {
    const other = { matcher: "Bash", hooks: [{ type: "command", command: "echo" }] };
    const settings = { model: "m", hooks: { Stop: [other], PreToolUse: [other] }, env: { A: "1" } };
    const { settings: written } = installed(settings);
    expect(Object.keys(written)).toEqual(["model", "hooks", "env"]);
    expect(written).toMatchObject({ model: "m", env: { A: "1" }, hooks: { Stop: [other] } });
    expect((written["hooks"] as JsonObject)["PreToolUse"]).toMatchObject([other, { matcher: "*" }]);
  });

  it.each(agentNames)("done twice for %s changes nothing", (agent) => {
    const first = installed({}, agent);
    expect(first.changes.length).toBeGreaterThanOrEqual(agents[agent].events.length);
    const second = installed(first.settings, agent);
    expect(second.changes).toEqual([]);
    expect(second.settings).toEqual(first.settings);
  });

  it.each(agentNames)("replaces older entries of ours for %s, and only those", (agent) => {
    const older = installed({}, agent, hookCommand("sclaw", "/elsewhere/gate.json")).settings;
    const { events } = agents[agent];
    const other = { command: "echo", hooks: [{ type: "command", command: "echo" }] };
    const hooks = older["hooks"] as { readonly [event: string]: readonly JsonObject[] };
    const twice = Object.fromEntries(
      events.map((event) => [event, [...hooks[event]!, other, ...hooks[event]!]]),
    );
    const { settings, changes } = installed({ ...older, hooks: twice }, agent);
    expect(changes).toEqual(events.map((event) => `${event}: replaced`));
    for (const event of events)
      expect((settings["hooks"] as JsonObject)[event]).toEqual([
        ...((installed({}, agent).settings["hooks"] as JsonObject)[event] as readonly JsonObject[]),
        other,
      ]);
  });

  it("leaves an entry alone that runs more than ours", () => {
    const mixed = {
      matcher: "*",
      hooks: [
        { type: "command", command },
        { type: "command", command: "echo" },
      ],
    };
    const { settings } = installed({ hooks: { PreToolUse: [mixed] } });
    expect((settings["hooks"] as JsonObject)["PreToolUse"]).toHaveLength(2);
  });

  it.each<[JsonObject, string]>([
    [{ hooks: [] }, "/hooks"],
    [{ hooks: "a" }, "/hooks"],
    [{ hooks: { PostToolUse: {} } }, "/hooks/PostToolUse"],
  ])("refuses settings of another form: %j", (settings, pointer) => {
    expect(install(settings, "claude-code", command, 60)).toMatchObject({ ok: false, pointer });
  });
});

describe("the command", () => {
  const run = (program: string, config = "/a b/it's.json") =>
    spawnSync("sh", ["-c", hookCommand(program, config)], { encoding: "utf8" });

  it("hands over the configuration's path as one word", () => {
    const { status, stdout } = run("printf '[%s]'");
    expect({ status, stdout }).toEqual({ status: 0, stdout: "[hook][--config][/a b/it's.json]" });
  });

  it.each([
    ["is not there", "/nowhere/sclaw", /could not run: the call is blocked/],
    ["ends with 1", "sh -c 'exit 1'", /could not run: the call is blocked/],
    ["ends with 3", "sh -c 'exit 3'", /could not run: the call is blocked/],
    ["is killed", "sh -c 'kill -9 $$'", /could not run: the call is blocked/],
    ["blocks", "sh -c 'echo mine >&2; exit 2'", /^mine\n$/],
  ])("ends with 2 and a message where it %s", (_what, program, stderr) => {
    const result = run(program);
    expect(result.status).toBe(2);
    expect(result.stderr).toMatch(stderr);
  });
});
