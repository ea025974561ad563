import * as schemas from "@modelcontextprotocol/sdk/types.js";
import { describe, expect, test } from "vitest";
import { gateableMethods } from "../../src/gate/config.js";
import { clientMethods, isGated, methodFacts } from "../../src/mcp/methods.js";

interface Option {
  readonly shape: { readonly method: { readonly value: string } };
}

const methodsOf = (union: unknown) =>
  (union as { readonly options: readonly Option[] }).options.map(({ shape }) => shape.method.value);

const known = Object.entries(clientMethods);
const ofKind = (wanted: string) => known.flatMap(([name, { kind }]) => (kind === wanted ? [name] : []));

/** What only the stateless revision has, and its extensions: its package keeps its schemas to itself. */
const stateless = ["server/discover", "subscriptions/listen", "skills/list", "skills/get"];

describe("the methods of clients", () => {
  test("are those of the SDK's schemas, and those of the stateless revision", () => {
    expect(ofKind("request").sort()).toEqual(
      [...methodsOf(schemas.ClientRequestSchema), ...stateless].sort(),
    );
    expect(ofKind("notification").sort()).toEqual(methodsOf(schemas.ClientNotificationSchema).sort());
  });

  test("are gated: tools always, what the configuration may name where it does", () => {
    const configurable = known.flatMap(([name, { treatment }]) =>
      treatment === "by-configuration" ? [name] : [],
    );
    expect(configurable.sort()).toEqual([...gateableMethods].sort());
    expect(isGated("tools/call", [])).toBe(true);
    expect(isGated("resources/read", [])).toBe(false);
    expect(isGated("resources/read", gateableMethods)).toBe(true);
    // What passes is not made gated by a name: it has no form of intent.
    expect(isGated("tools/list", ["tools/list"])).toBe(false);
  });

  test("are exact names, and nothing that every object has", () => {
    for (const name of [
      "Tools/Call",
      "tools/call ",
      "constructor",
      "__proto__",
      "toString",
      "",
      "sampling/createMessage",
    ])
      expect(methodFacts(name)).toBeUndefined();
  });
});
