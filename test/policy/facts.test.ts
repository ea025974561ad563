import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/json/json.js";
import { decodeShape } from "../../src/json/shape.js";
import { catalogueShape, type FactExpression } from "../../src/policy/catalogue.js";
import { deriveFacts } from "../../src/policy/facts.js";
import { normalizePath } from "../../src/policy/path.js";
import type { Intent } from "../../src/receipt/intent.js";

const most = Number.MAX_SAFE_INTEGER;

const intent = (params: JsonObject): Intent =>
  ({
    schema: "sclaw.intent/1",
    tenant: "tenant:acme/prod",
    agent: { id: "agent:a", on_behalf_of: "user:kim" },
    adapter_id: "adapter:x@1",
    operation: "o",
    resource: "bucket/a:b",
    params,
    claims: { risk: "none" },
  }) as unknown as Intent;

const derive = (expression: FactExpression, params: JsonObject) =>
  deriveFacts({ action: "a", tier: "T0_OBSERVE", facts: { f: expression } }, intent(params));

describe("a fact", () => {
  it.each<readonly [string, FactExpression, JsonObject, string | number | boolean | undefined]>([
    ["constant text", { value: "prod" }, {}, "prod"],
    ["constant number", { value: 0 }, {}, 0],
    ["constant boolean", { value: false }, {}, false],
    ["string", { from: "/params/a", type: "string" }, { a: "x" }, "x"],
    ["empty string", { from: "/params/a", type: "string" }, { a: "" }, ""],
    ["string that is missing", { from: "/params/a", type: "string" }, {}, undefined],
    ["string that is a number", { from: "/params/a", type: "string" }, { a: 1 }, undefined],
    ["string that is null", { from: "/params/a", type: "string" }, { a: null }, undefined],
    [
      "of a member that every object inherits",
      { from: "/params/constructor", type: "string" },
      {},
      undefined,
    ],
    ["of __proto__", { from: "/params/__proto__", type: "count" }, {}, undefined],
    ["integer", { from: "/params/a", type: "integer" }, { a: 7 }, 7],
    ["integer 0", { from: "/params/a", type: "integer" }, { a: -0 }, 0],
    ["largest integer", { from: "/params/a", type: "integer" }, { a: most }, most],
    ["integer that is not safe", { from: "/params/a", type: "integer" }, { a: most + 1 }, undefined],
    ["negative integer", { from: "/params/a", type: "integer" }, { a: -1 }, undefined],
    ["fraction", { from: "/params/a", type: "integer" }, { a: 1.5 }, undefined],
    ["integer in a string", { from: "/params/a", type: "integer" }, { a: "7" }, undefined],
    ["boolean", { from: "/params/a", type: "boolean" }, { a: true }, true],
    ["boolean that is a string", { from: "/params/a", type: "boolean" }, { a: "true" }, undefined],
    ["count of an array", { from: "/params/a", type: "count" }, { a: [1, 2, 3] }, 3],
    ["count of nothing", { from: "/params/a", type: "count" }, { a: [] }, 0],
    ["count of an object", { from: "/params/a", type: "count" }, { a: { x: 1, y: 2 } }, 2],
    ["count of a string", { from: "/params/a", type: "count" }, { a: "abc" }, undefined],
    ["path", { from: "/params/a", type: "path" }, { a: "/a/./b//../c/" }, "/a/c"],
    ["path with NUL", { from: "/params/a", type: "path" }, { a: "/a\0b" }, undefined],
    ["path with a backslash", { from: "/params/a", type: "path" }, { a: "\\a" }, undefined],
    ["prefix at a slash", { from: "/resource", type: "prefix" }, {}, "bucket"],
    ["suffix at a slash", { from: "/resource", type: "suffix" }, {}, "a:b"],
    ["prefix at a colon", { from: "/tenant", type: "prefix" }, {}, "tenant"],
    ["suffix at a colon", { from: "/tenant", type: "suffix" }, {}, "acme/prod"],
    ["prefix of what has none", { from: "/params/a", type: "prefix" }, { a: "x" }, "x"],
    ["suffix of what has none", { from: "/params/a", type: "suffix" }, { a: "x" }, undefined],
    ["suffix that is empty", { from: "/params/a", type: "suffix" }, { a: "x:" }, ""],
    ["mapped", { from: "/params/a", type: "string", map: { live: "prod" } }, { a: "live" }, "prod"],
    ["mapped to a number", { from: "/params/a", type: "string", map: { big: 9 } }, { a: "big" }, 9],
    ["not in the map", { from: "/params/a", type: "string", map: { live: "prod" } }, { a: "dev" }, undefined],
    ["inherited by the map", { from: "/params/a", type: "string", map: {} }, { a: "toString" }, undefined],
    ["default for missing", { from: "/params/a", type: "integer", default: 5 }, {}, 5],
    ["default for another type", { from: "/params/a", type: "integer", default: 5 }, { a: "7" }, 5],
    [
      "default for not in the map",
      { from: "/params/a", type: "string", map: { x: 1 }, default: 5 },
      { a: "y" },
      5,
    ],
    ["of an item", { from: "/params/a/1", type: "string" }, { a: ["x", "y"] }, "y"],
    ["of no item", { from: "/params/a/2", type: "string" }, { a: ["x", "y"] }, undefined],
    ["of item 01", { from: "/params/a/01", type: "string" }, { a: ["x", "y"] }, undefined],
    ["of the item behind the last", { from: "/params/a/-", type: "string" }, { a: ["x"] }, undefined],
    ["of a length", { from: "/params/a/length", type: "integer" }, { a: ["x"] }, undefined],
    ["of an escaped name", { from: "/params/a~1b~0c", type: "string" }, { "a/b~c": "x" }, "x"],
    ["of an empty name", { from: "/params/", type: "string" }, { "": "x" }, "x"],
    ["of who it is for", { from: "/agent/on_behalf_of", type: "suffix" }, {}, "kim"],
  ])("%s", (_what, expression, params, expected) => {
    const result = derive(expression, params);
    if (expected === undefined) expect(result).toMatchObject({ ok: false, missing: [{ name: "f" }] });
    else expect(result).toMatchObject({ ok: true, facts: { f: expected } });
  });

  it("says how it came about, in the order of names", () => {
    const result = deriveFacts(
      {
        action: "a",
        tier: "T0_OBSERVE",
        facts: {
          z: { value: 1 },
          a: { from: "/params/a", type: "string" },
          m: { from: "/params/a", type: "string", map: { x: true } },
          d: { from: "/params/none", type: "string", default: "?" },
        },
      },
      intent({ a: "x" }),
    );
    expect(result.ok && result.traces).toEqual([
      { name: "a", from: "/params/a", how: "read", fact: "x" },
      { name: "d", from: "/params/none", how: "default", fact: "?" },
      { name: "m", from: "/params/a", how: "mapped", fact: true },
      { name: "z", from: undefined, how: "constant", fact: 1 },
    ]);
    expect(result.ok && Object.keys(result.facts)).toEqual(["a", "d", "m", "z"]);
  });
});

it.each([
  ["/", "/"],
  ["//", "/"],
  ["/..", "/"],
  ["/../../etc", "/etc"],
  ["/a/b/../../../c", "/c"],
  [".", "."],
  ["./a", "a"],
  ["a/..", "."],
  ["a/../..", ".."],
  ["../../a", "../../a"],
  ["a/./b/", "a/b"],
  ["/...", "/..."],
  ["/a/..b", "/a/..b"],
  ["/%2e%2e/a", "/%2e%2e/a"],
  ["é/ü", "é/ü"],
  ["", undefined],
])("the path %j is %j", (text, expected) => {
  expect(normalizePath(text)).toBe(expected);
});

describe("a catalogue is refused", () => {
  const withFact = (name: string, fact: unknown) => ({
    format: "sclaw.catalogue/1",
    adapters: {
      "adapter:x@1": { operations: { o: { action: "a", tier: "T0_OBSERVE", facts: { [name]: fact } } } },
    },
  });
  const issuesOf = (value: unknown) => {
    const shaped = decodeShape(catalogueShape, value as never);
    return shaped.ok ? [] : shaped.issues.map(({ pointer }) => pointer.split("/").slice(5).join("/"));
  };
  it.each<readonly [string, string, unknown, string]>([
    ["where a fact reads the claims", "f", { from: "/claims/risk", type: "string" }, "facts/f/from"],
    ["where a fact reads all claims", "f", { from: "/claims", type: "count" }, "facts/f/from"],
    ["where a fact counts the whole intent", "f", { from: "", type: "count" }, "facts/f/from"],
    ["where a pointer is none", "f", { from: "params", type: "string" }, "facts/f/from"],
    ["where a pointer has a lone tilde", "f", { from: "/a~2", type: "string" }, "facts/f/from"],
    ["where a type is unknown", "f", { from: "/params/a", type: "number" }, "facts/f/type"],
    ["where an integer is mapped", "f", { from: "/params/a", type: "integer", map: {} }, "facts/f/map"],
    ["where a literal is null", "f", { value: null }, "facts/f/value"],
    ["where a literal is negative", "f", { value: -1 }, "facts/f/value"],
    ["where a literal is not safe", "f", { value: most + 1 }, "facts/f/value"],
    ["where a constant is read as well", "f", { value: 1, from: "/params/a" }, "facts/f/from"],
    ["where a name is one of Cedar's escapes", "__entity", { value: 1 }, "facts/__entity"],
    ["where a name is no identifier", "a-b", { value: 1 }, "facts/a-b"],
    ["where a name begins with a digit", "1a", { value: 1 }, "facts/1a"],
  ])("%s", (_what, name, fact, pointer) => {
    expect(issuesOf(withFact(name, fact))).toEqual([pointer]);
  });

  it("but not where all is right", () => {
    expect(issuesOf(withFact("f", { from: "/claims2/a", type: "string" }))).toEqual([]);
  });
});
