import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import { readEvent } from "../../src/hook/event.js";

const claude = {
  session_id: "s-1",
  transcript_path: "/users/dev/t.jsonl",
  cwd: "/projects/app",
  permission_mode: "default",
  hook_event_name: "PreToolUse",
  tool_name: "Bash",
  tool_input: { command: "ls" },
  tool_use_id: "toolu_1",
};
const cursor = {
  conversation_id: "c-1",
  generation_id: "g-1",
  hook_event_name: "preToolUse",
  tool_name: "Shell",
  tool_input: { command: "ls" },
  tool_use_id: "abc",
  cursor_version: "2.0",
  workspace_roots: ["/projects/app"],
};
const gemini = {
  session_id: "s-1",
  transcript_path: "/t",
  cwd: "/projects/app",
  hook_event_name: "BeforeTool",
  timestamp: "2026-06-01T12:00:00Z",
  tool_name: "run_shell_command",
  tool_input: { command: "ls" },
};

const read = (value: unknown) =>
  readEvent(encodeUtf8(typeof value === "string" ? value : JSON.stringify(value)));
const eventOf = (value: unknown) => {
  const result = read(value);
  if (!result.ok) throw new Error(result.reason);
  return result.event;
};
const reasonOf = (value: unknown) => {
  const result = read(value);
  return result.ok ? "read" : result.reason;
};

describe("an event", () => {
  it("of Claude Code and Codex", () => {
    const common = {
      dialect: "claude",
      session: "s-1",
      cwd: "/projects/app",
      tool: "Bash",
      input: { command: "ls" },
      callId: "toolu_1",
    };
    expect(eventOf(claude)).toEqual({ ...common, phase: "before", result: undefined });
    const after = { ...claude, hook_event_name: "PostToolUse", tool_response: { stdout: "a" } };
    expect(eventOf(after)).toEqual({ ...common, phase: "after", result: { stdout: "a" } });
    const failed = { ...claude, hook_event_name: "PostToolUseFailure", error: "no" };
    expect(eventOf(failed)).toEqual({ ...common, phase: "failed", result: "no" });
    const codex = { ...claude, turn_id: "t", model: "m", transcript_path: null };
    expect(eventOf(codex)).toEqual({ ...common, phase: "before", result: undefined });
  });

  it("of Gemini CLI, which tells of a failure in the result", () => {
    expect(eventOf(gemini)).toMatchObject({ dialect: "gemini", phase: "before", callId: undefined });
    const after = { ...gemini, hook_event_name: "AfterTool", tool_response: { llmContent: "a" } };
    expect(eventOf(after)).toMatchObject({ phase: "after", result: { llmContent: "a" } });
    const failed = { ...after, tool_response: { error: { message: "no" } } };
    expect(eventOf(failed)).toMatchObject({ phase: "failed" });
    expect(eventOf({ ...after, tool_response: { error: null } })).toMatchObject({ phase: "after" });
  });

  it("of Cursor, with or without a folder", () => {
    expect(eventOf(cursor)).toMatchObject({ dialect: "cursor", session: "c-1", cwd: undefined });
    const after = { ...cursor, hook_event_name: "postToolUse", tool_output: "{}", cwd: "/a", duration: 1.5 };
    expect(eventOf(after)).toMatchObject({ phase: "after", result: "{}", cwd: "/a" });
    const failed = { ...cursor, hook_event_name: "postToolUseFailure", error_message: "no" };
    expect(eventOf(failed)).toMatchObject({ phase: "failed", result: "no" });
  });

  it("without any result has null for one", () => {
    expect(eventOf({ ...claude, hook_event_name: "PostToolUse" }).result).toBeNull();
  });

  it("with white space around it", () => {
    expect(read(` ${JSON.stringify(claude, null, 2)}\r\n`).ok).toBe(true);
  });
});

describe("what is refused", () => {
  const { tool_name: _tool, ...unnamed } = claude;
  const { session_id: _session, ...sessionless } = claude;
  const { cwd: _cwd, ...homeless } = claude;
  it.each<[string, unknown, RegExp]>([
    ["nothing", "", /expected an event as JSON/],
    ["no JSON", "{", /encoding\.not-json/],
    ["no object", "[]", /expected an event as a JSON object, found an array of 0/],
    ["two texts", `${JSON.stringify(claude)}${JSON.stringify(claude)}`, /encoding\.not-json/],
    ["a member twice", `{"tool_name":"Read",${JSON.stringify(claude).slice(1)}`, /encoding\.duplicate-key/],
    [
      "a member of the input twice",
      JSON.stringify(claude).replace('{"command":"ls"}', '{"command":"ls","command":"rm"}'),
      /encoding\.duplicate-key/,
    ],
    ["a lone surrogate", JSON.stringify(claude).replace('"ls"', '"\\ud800"'), /encoding\.invalid-unicode/],
    [
      "many levels",
      JSON.stringify(claude).replace('"ls"', `${"[".repeat(70)}${"]".repeat(70)}`),
      /encoding\.too-deep/,
    ],
    ["no event", { ...claude, hook_event_name: undefined }, /hook_event_name: expected one of PreToolUse/],
    ["another event", { ...claude, hook_event_name: "Stop" }, /found "Stop"/],
    ["an event's name of an object", { ...claude, hook_event_name: "constructor" }, /found "constructor"/],
    ["an event that is no text", { ...claude, hook_event_name: 1 }, /found 1/],
    ["no tool", unnamed, /tool_name: expected a text/],
    ["an empty tool", { ...claude, tool_name: "" }, /tool_name/],
    ["a long tool", { ...claude, tool_name: "a".repeat(257) }, /tool_name/],
    ["no session", sessionless, /session_id/],
    ["a session that is null", { ...claude, session_id: null }, /session_id/],
    ["no folder", homeless, /cwd: expected a text of at most 4096/],
    ["a folder that is a number", { ...claude, cwd: 1 }, /cwd/],
    ["a call's name that is a number", { ...claude, tool_use_id: 1 }, /tool_use_id/],
    ["no input", { ...claude, tool_input: undefined }, /tool_input: expected an object, found nothing/],
    ["an input that is a text", { ...claude, tool_input: "ls" }, /tool_input/],
    ["an input that is a list", { ...claude, tool_input: ["ls"] }, /tool_input/],
    ["an input that is null", { ...claude, tool_input: null }, /tool_input/],
    [
      "Cursor's event with the other's session",
      { ...cursor, conversation_id: undefined, session_id: "s" },
      /conversation_id/,
    ],
  ])("%s", (_what, value, reason) => {
    expect(reasonOf(value)).toMatch(reason);
  });

  it("says all that is wrong, and which tool it was", () => {
    const result = read({ ...claude, cwd: 1, tool_use_id: 2 });
    expect(result).toMatchObject({ ok: false, about: { event: "PreToolUse", tool: "Bash" } });
    expect(reasonOf({ ...claude, cwd: 1, tool_use_id: 2 })).toMatch(/cwd: .*; tool_use_id: /);
  });

  it("bytes that are no text", () => {
    const bytes = encodeUtf8(JSON.stringify(claude));
    bytes[5] = 0xff;
    expect(readEvent(bytes)).toMatchObject({ ok: false });
  });

  it("whatever it is, nothing is thrown", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        readEvent(encodeUtf8(text.replaceAll(/[\ud800-\udfff]/g, "")));
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(readEvent(bytes).ok).toBe(false);
      }),
    );
  });

  it("every prefix of a good one", () => {
    const bytes = encodeUtf8(JSON.stringify(claude));
    for (let end = 0; end < bytes.length; end++) expect(readEvent(bytes.subarray(0, end)).ok).toBe(false);
  });
});
