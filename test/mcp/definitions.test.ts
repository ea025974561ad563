import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { DigestText } from "../../src/bytes/digest.js";
import { engine } from "../../src/io/engine-node.js";
import type { JsonObject } from "../../src/json/json.js";
import { Definitions, definitionDigest } from "../../src/mcp/definitions.js";
import { PinFile } from "../../src/mcp/pin-file.js";
import { inFolder } from "../support/sclaw.js";

const sha3 = engine.sha3_256;
const tool = (name: string, description = "does it"): JsonObject => ({ name, description });
const digestOf = (value: JsonObject) => definitionDigest(value, sha3)!;

function inSession<T>(
  work: (session: (inPolicy?: (tool: string) => DigestText | undefined) => Definitions, path: string) => T,
): T {
  return inFolder((folder) => {
    const path = join(folder, "definitions.json");
    return work(
      (inPolicy = () => undefined) =>
        new Definitions({ pins: new PinFile(path, "adapter:a@1"), sha3, inPolicy }),
      path,
    );
  });
}

describe("definitions of tools", () => {
  test("are known by the digest of their RFC 8785 form", () => {
    expect(digestOf({ name: "a", b: 1 })).toBe(digestOf({ b: 1.0, name: "a" }));
    expect(digestOf(tool("a"))).not.toBe(digestOf(tool("a", "does it ")));
    // printf '{"description":"does it","name":"a"}' | openssl dgst -sha3-256
    expect(digestOf(tool("a"))).toBe(
      `sha3-256:${Buffer.from(sha3(Buffer.from('{"description":"does it","name":"a"}'))).toString("hex")}`,
    );
    expect(definitionDigest({ name: "a", description: "\ud800" }, sha3)).toBeUndefined();
  });

  test("the first that is seen is pinned, over sessions; another one is refused until somebody acts", () => {
    inSession((session, path) => {
      const first = session();
      // A tool that was not listed may be called: nobody was told anything new.
      expect(first.problem("a")).toBeUndefined();
      first.take([tool("a"), tool("b")]);
      expect(first.problem("a")).toBeUndefined();
      first.take([tool("b", "changed")]);
      expect(first.problem("a")).toBeUndefined();
      expect(first.problem("b")).toEqual({
        reason: `expected the definition ${digestOf(tool("b"))}, pinned in ${path}, found ${digestOf(tool("b", "changed"))}: the tool changed`,
        about: { tool: "b", pinned: digestOf(tool("b")), definition: digestOf(tool("b", "changed")) },
      });
      const second = session();
      second.take([tool("a", "changed")]);
      expect(second.problem("a")?.about).toMatchObject({ tool: "a" });
      // The operator writes the new digest into the file, and it counts at once.
      const pins = readFileSync(path, "utf8");
      writeFileSync(path, pins.replace(digestOf(tool("a")), digestOf(tool("a", "changed"))));
      expect(second.problem("a")).toBeUndefined();
      // Or takes the pin away: what is listed now is the first again.
      second.take([tool("b", "third")]);
      writeFileSync(path, readFileSync(path, "utf8").replace(/,\s+"b": "[^"]+"/, ""));
      expect(second.problem("b")).toBeUndefined();
      expect(readFileSync(path, "utf8")).toContain(digestOf(tool("b", "third")));
    });
  });

  test("two tools of one name are not both the first", () => {
    inSession((session) => {
      const definitions = session();
      definitions.take([tool("a"), tool("a", "another")]);
      expect(definitions.problem("a")?.about).toMatchObject({ pinned: digestOf(tool("a")) });
      definitions.take([tool("a")]);
      expect(definitions.problem("a")).toBeUndefined();
    });
  });

  test("what the policy names counts, is not pinned beside it, and has to be seen first", () => {
    inSession((session, path) => {
      const definitions = session((name) => (name === "a" ? digestOf(tool("a")) : undefined));
      expect(definitions.problem("a")?.reason).toContain("list the tools first");
      definitions.take([tool("a", "changed"), tool("b")]);
      expect(definitions.problem("a")?.reason).toContain("which the policy names");
      definitions.take([tool("a")]);
      expect(definitions.problem("a")).toBeUndefined();
      expect(JSON.parse(readFileSync(path, "utf8")).adapters).toEqual({
        "adapter:a@1": { b: digestOf(tool("b")) },
      });
    });
  });

  test("one without a digest is never called; what is no tool is not looked at", () => {
    inSession((session) => {
      const definitions = session();
      definitions.take([{ name: "a", description: "\ud800" }, 3, null, { name: 4 }]);
      expect(definitions.problem("a")?.reason).toContain("a definition with a digest");
      definitions.take(undefined);
      definitions.take({ tools: [] });
    });
  });

  test("pins of several adapters share a file; one that is none is refused", () => {
    inFolder((folder) => {
      const path = join(folder, "definitions.json");
      const one = new PinFile(path, "adapter:a@1");
      const other = new PinFile(path, "adapter:b@1");
      one.add(new Map([["a", digestOf(tool("a"))]]));
      other.add(new Map([["constructor", digestOf(tool("b"))]]));
      one.add(new Map([["a", digestOf(tool("b"))]]));
      expect(new PinFile(path, "adapter:a@1").get("a")).toBe(digestOf(tool("a")));
      expect(new PinFile(path, "adapter:b@1").get("constructor")).toBe(digestOf(tool("b")));
      expect(new PinFile(path, "constructor").get("a")).toBeUndefined();
      writeFileSync(path, '{"format":"sclaw.definitions/1","adapters":{"adapter:a@1":{"a":"md5:0"}}}');
      expect(() => new PinFile(path, "adapter:a@1")).toThrow(/definitions.*cannot be used/);
    });
  });
});
