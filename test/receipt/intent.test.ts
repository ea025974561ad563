import { describe, expect, it } from "vitest";
import type { Loose } from "../../fixtures/make/loose.mjs";
import { standard } from "../../fixtures/make/story.mjs";
import { decodeShape } from "../../src/json/shape.js";
import { intent as shape } from "../../src/receipt/intent.js";
import { replaced } from "./sample.js";

function issues(value: Loose): string[] {
  const shaped = decodeShape(shape, value);
  return shaped.ok ? [] : shaped.issues.map((issue) => issue.pointer.slice(1));
}

const sample = { ...standard().lines[2].intent, claims: { risk: "none" } };

describe("the intent's shape", () => {
  it("accepts every intent of the story", () => {
    for (const line of standard().lines)
      if (line.intent !== undefined) expect(issues(line.intent)).toEqual([]);
  });

  it.each(Object.keys(sample))("without %s", (name) => {
    expect(issues(replaced(sample, name, undefined))).toEqual(name === "claims" ? [] : [name]);
  });

  it("with an unknown member", () => {
    expect(issues({ ...sample, zzz: 1 })).toEqual(["zzz"]);
    expect(issues(replaced(sample, "agent/zzz", 1))).toEqual(["agent/zzz"]);
  });

  it.each([
    ["schema", ["sclaw.intent/2", 1, null]],
    ["tenant", ["acme", "tenant:", "tenant:a/b/c", null]],
    [
      "agent",
      [
        "agent:a",
        null,
        {},
        { id: "bot" },
        { id: "agent:a", on_behalf_of: "alice" },
        { id: "agent:a", on_behalf_of: null },
      ],
    ],
    ["adapter_id", ["adapter:a", 1, null]],
    ["operation", [1, null, {}]],
    ["resource", [1, null, []]],
    ["params", [null, [], "x", 1]],
    ["claims", [null, [], "x", 1]],
  ])("%s of another form", (name, values) => {
    for (const value of values) expect(issues(replaced(sample, name, value)).length).toBeGreaterThan(0);
  });

  it("holds any number in params and claims", () => {
    const numbers = { a: -1.5, b: 1e300, c: [0.1, { d: -0 }] };
    expect(issues({ ...sample, params: numbers, claims: numbers })).toEqual([]);
  });
});
