import { describe, expect, it } from "vitest";
import type { HookEvent } from "../../src/hook/event.js";
import { callDigest, keyOf, proposalOf } from "../../src/hook/proposal.js";
import type { Tenant } from "../../src/receipt/identifiers.js";
import { engine } from "../support/verify.js";

const event: HookEvent = {
  dialect: "claude",
  phase: "before",
  session: "s-1",
  cwd: "/projects/app",
  tool: "Edit",
  input: { file_path: "/projects/app/a.ts", cwd: "/elsewhere" },
  callId: "toolu_1",
  result: undefined,
};
const pointers: { readonly [tool: string]: string } = { Edit: "/file_path", Odd: "/a/b" };
const configured = {
  tenant: "tenant:acme" as Tenant,
  agent: { id: "agent:coder" },
  adapterId: "adapter:claude-code@1",
  resourcePointer: (tool: string) => pointers[tool],
};
const propose = (more: Partial<HookEvent>) => proposalOf({ ...event, ...more }, configured);
const key = (more: Partial<HookEvent>) => {
  const changed = { ...event, ...more };
  return keyOf(changed, proposalOf(changed, configured).intent, engine.sha3_256);
};

describe("a proposal", () => {
  it("has the input whole, beside the folder", () => {
    expect(propose({})).toEqual({
      session: "s-1",
      intent: {
        schema: "sclaw.intent/1",
        tenant: "tenant:acme",
        agent: { id: "agent:coder" },
        adapter_id: "adapter:claude-code@1",
        operation: "Edit",
        resource: "/projects/app/a.ts",
        params: {
          cwd: "/projects/app",
          input: { file_path: "/projects/app/a.ts", cwd: "/elsewhere" },
        },
      },
      ext: {
        identity: "configured",
        outcome: "self-reported",
        hook: { session: "s-1", call: "toolu_1" },
      },
    });
  });

  it("has no folder where the agent names none", () => {
    expect(propose({ cwd: undefined }).intent.params).toEqual({ input: event.input });
  });

  it.each<[string, Partial<HookEvent>]>([
    ["a tool without a pointer", { tool: "Grep" }],
    ["a pointer to nothing", { tool: "Odd" }],
    ["a pointer to what is no text", { tool: "Odd", input: { a: { b: 1 } } }],
  ])("of %s has the tool for its resource", (_what, more) => {
    expect(propose(more).intent.resource).toBe(more.tool);
  });
});

describe("a call's key", () => {
  it("is of its session and the agent's name of it", () => {
    expect(key({ input: {} })).toBe(key({}));
    expect(key({ session: "s-2" })).not.toBe(key({}));
    expect(key({ callId: "toolu_2" })).not.toBe(key({}));
  });

  it("is else of what the call is, wherever the agent works", () => {
    const nameless = { callId: undefined };
    expect(key({ ...nameless, cwd: "/elsewhere" })).toBe(key(nameless));
    expect(key({ ...nameless, tool: "Write" })).not.toBe(key(nameless));
    expect(key({ ...nameless, input: {} })).not.toBe(key(nameless));
    expect(key({ ...nameless, session: "s-2" })).not.toBe(key(nameless));
  });

  it("of one form is none of the other, whatever an agent names its calls", () => {
    const nameless = { callId: undefined };
    const digest = callDigest(propose(nameless).intent, engine.sha3_256);
    for (const callId of [digest, `is ${digest}`]) expect(key({ callId })).not.toBe(key(nameless));
    expect(key({ session: 'a","named b', callId: "c" })).not.toBe(key({ session: "a", callId: 'b","c' }));
  });
});
