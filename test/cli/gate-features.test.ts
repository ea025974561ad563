import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/json/json.js";
import { expectGoodLedger, gateArgs, type Message, mcpWorld, removeWorlds } from "../support/gate-session.js";
import { approve, receiptsOf } from "../support/gate-world.js";
import { type ClientKind, connect, type Peer } from "../support/mcp-peers.js";

afterAll(removeWorlds);

const require = createRequire(import.meta.url);
const mainOf = (manifest: string) => join(dirname(manifest), "dist/index.js");
const everything = [mainOf(require.resolve("@modelcontextprotocol/server-everything/package.json")), "stdio"];
const files = mainOf(require.resolve("@modelcontextprotocol/server-filesystem/package.json"));

/** Runs a suite directly and behind the gate, and holds what they found against each other. */
async function bothWays(
  kind: ClientKind,
  server: readonly string[],
  gate: JsonObject,
  suite: (peer: Peer) => Promise<Message>,
): Promise<Message> {
  const direct = await connect(kind, server);
  const found = await suite(direct).finally(() => direct.close());
  const world = await mcpWorld(gate);
  const gated = await connect(kind, gateArgs(world, [process.execPath, ...server]));
  const behind = await suite(gated).finally(() => gated.close());
  expect(behind).toEqual(found);
  expectGoodLedger(world);
  return { found, receipts: receiptsOf(world).filter(({ adapter_id }) => adapter_id === gate["adapter"]) };
}

/** What a client finds of server-everything. */
async function everythingSuite(peer: Peer): Promise<Message> {
  const { client } = peer;
  await peer.came("notifications/tools/list_changed");
  await peer.came("roots/list");
  const tools = (await client.listTools()).tools.map(({ name }: Message) => name);
  const { resources } = await client.listResources();
  const progress: Message[] = [];
  await peer.call(
    "trigger-long-running-operation",
    { duration: 2, steps: 4 },
    { onprogress: (one) => progress.push(one) },
  );
  const abort = new AbortController();
  const cancelled = peer
    .call(
      "trigger-long-running-operation",
      { duration: 30, steps: 30 },
      { signal: abort.signal, onprogress: () => abort.abort("enough") },
    )
    .then(
      () => "answered",
      () => "aborted",
    );
  const textOf = async (name: string, given?: object) => (await peer.call(name, given)).content[0].text;
  const found = {
    tools,
    echo: await textOf("echo", { message: "\u2028 hi" }),
    sum: await textOf("get-sum", { a: 1.5, b: -2 }),
    structured: (await peer.call("get-structured-content", { location: "Chicago" })).structuredContent,
    image: (await peer.call("get-tiny-image")).content.map(({ type }: Message) => type),
    wrong: (await peer.call("get-sum", { a: "x" })).isError,
    resources: resources.length,
    resource: (await client.readResource({ uri: resources[0].uri })).contents[0].uri,
    templates: (await client.listResourceTemplates()).resourceTemplates.map(({ name }: Message) => name),
    prompts: (await client.listPrompts()).prompts.map(({ name }: Message) => name),
    prompt: (await client.getPrompt({ name: "args-prompt", arguments: { city: "Bonn", state: "NRW" } }))
      .messages,
    completion: (
      await client.complete({
        ref: { type: "ref/prompt", name: "completable-prompt" },
        argument: { name: "department", value: "" },
      })
    ).completion.values,
    // The clients may lose the last one, which comes with the answer.
    progress: progress.slice(0, 3).map(({ progress, total }) => [progress, total]),
    cancelled: await cancelled,
    sampling: (await textOf("trigger-sampling-request", { prompt: "x", maxTokens: 10 })).includes("sampled"),
    elicitation: (await textOf("trigger-elicitation-request", {})).includes("✅"),
    urlElicitation: (
      await peer.call("trigger-url-elicitation", {
        url: "https://example.com/a",
        message: "m",
        elicitationId: "e",
      })
    ).isError,
    roots: (await textOf("get-roots-list", {})).includes("a root"),
  };
  await client.setLoggingLevel("debug");
  await client.subscribeResource({ uri: resources[0].uri });
  await peer.call("toggle-simulated-logging", {});
  await peer.call("toggle-subscriber-updates", {});
  await peer.came("notifications/message");
  await peer.came("notifications/resources/updated");
  await client.unsubscribeResource({ uri: resources[0].uri });
  return found;
}

describe.each(["sdk 1", "client 2"] as const)("%s", (kind) => {
  test("finds in server-everything behind the gate what it finds directly", async () => {
    const gate = { adapter: "adapter:everything@2.0", gated: ["resources/read", "prompts/get"] };
    const { found, receipts } = await bothWays(kind, everything, gate, everythingSuite);
    expect(found).toMatchObject({
      echo: "Echo: \u2028 hi",
      sum: "The sum of 1.5 and -2 is -0.5.",
      image: ["text", "image", "text"],
      wrong: true,
      progress: [
        [1, 4],
        [2, 4],
        [3, 4],
      ],
      cancelled: "aborted",
      sampling: true,
      elicitation: true,
      roots: true,
    });
    expect(found.tools).toContain("trigger-sampling-request");
    expect(found.completion.length).toBeGreaterThan(1);
    const statuses = receipts.map(({ outcome }: Message) => outcome.status);
    expect(statuses.filter((status: string) => status === "unknown")).toHaveLength(1);
    expect(statuses.filter((status: string) => status === "failed")).toHaveLength(1);
    expect(statuses.filter((status: string) => status === "executed")).toHaveLength(receipts.length - 2);
  });

  test("reads and writes files behind the gate, which holds writing for two people", async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "sclaw-files-")));
    try {
      writeFileSync(join(folder, "a.txt"), "the text\n");
      writeFileSync(join(folder, "secret.txt"), "a secret\n");
      const server = [files, folder];
      const gate = { adapter: "adapter:files@1.0" };
      await bothWays(kind, server, gate, async (peer) => ({
        tools: (await peer.client.listTools()).tools.map(({ name }: Message) => name),
        read: (await peer.call("read_text_file", { path: join(folder, "a.txt") })).content,
        missing: (await peer.call("read_text_file", { path: join(folder, "none.txt") })).isError,
        outside: (await peer.call("read_text_file", { path: "/etc/hostname" })).isError,
        list: (await peer.call("list_directory", { path: folder })).content,
        allowed: (await peer.call("list_allowed_directories", {})).content,
      }));
      const world = await mcpWorld(gate);
      const peer = await connect(kind, gateArgs(world, [process.execPath, ...server]));
      const secret = await peer.call("read_text_file", { path: join(folder, "x/../secret.txt") });
      expect(secret).toMatchObject({ isError: true, content: [{ text: expect.stringContaining("M-011") }] });
      const write = { path: join(folder, "b.txt"), content: "new\n" };
      const held = await peer.call("write_file", write);
      const { request } = held._meta["dev.sclaw/decision"];
      expect(() => readFileSync(write.path)).toThrow();
      approve(world, request.id, "bob");
      approve(world, request.id, "carol");
      expect((await peer.call("write_file", write)).isError).toBeUndefined();
      expect(readFileSync(write.path, "utf8")).toBe("new\n");
      await peer.close();
      expectGoodLedger(world);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** What a client of either generation finds of a server of the stateless one. */
async function modernSuite(peer: Peer): Promise<Message> {
  const { client } = peer;
  const textOf = async (name: string, given: object = {}) => (await peer.call(name, given)).content[0].text;
  const isStateless = client.getNegotiatedProtocolVersion?.() === "2026-07-28";
  const tools = (await client.listTools()).tools.map(({ name }: Message) => name);
  const progress: Message[] = [];
  const next: Promise<unknown>[] = [];
  const onprogress = (one: Message) => {
    progress.push(one);
    next.push(peer.call("next", {}));
  };
  await peer.call("steps", {}, { onprogress });
  await Promise.all(next);
  let changes: Message;
  if (isStateless) changes = await client.listen({ toolsListChanged: true });
  const found = {
    version: client.getNegotiatedProtocolVersion?.(),
    tools,
    sum: await textOf("add", { a: 1, b: 2 }),
    wrong: (await peer.call("add", { a: "x" })).isError,
    progress: progress.map(({ progress, total }) => [progress, total]),
    question: await textOf("question"),
    asked: peer.seen["elicitation/create"],
    resource: (await client.readResource({ uri: "mem://a" })).contents,
    item: (await client.readResource({ uri: "mem://items/7" })).contents,
    templates: (await client.listResourceTemplates()).resourceTemplates.length,
    prompt: (await client.getPrompt({ name: "greet" })).messages,
    grow: await textOf("grow"),
  };
  await peer.came("notifications/tools/list_changed");
  await changes?.close();
  return { ...found, grown: (await client.listTools()).tools.map(({ name }: Message) => name) };
}

const modern = [join(import.meta.dirname, "../mcp/servers/modern-server.mjs")];

test.each(["sdk 1", "client 2", "client 2, stateless"] as const)(
  "%s finds in a server of both generations behind the gate what it finds directly",
  async (kind) => {
    const gate = { adapter: "adapter:modern@1.0", gated: ["resources/read", "prompts/get"] };
    const { found, receipts } = await bothWays(kind, modern, gate, modernSuite);
    expect(found).toMatchObject({ sum: "3", wrong: true, question: "hello Bob", asked: 1, grow: "one more" });
    expect(found.progress).toHaveLength(3);
    expect(found.grown).toContain("grown");
    // The stateless revision asks by a result, and the call comes again with the answer: two receipts.
    const questions = receipts.filter(({ ext }: Message) => ext.inputs !== undefined);
    expect(questions).toHaveLength(kind === "client 2, stateless" ? 1 : 0);
  },
);

test("a refusal is a complete result to a stateless client", async () => {
  const world = await mcpWorld({ adapter: "adapter:modern@1.0" });
  const peer = await connect("client 2, stateless", gateArgs(world, [process.execPath, ...modern]));
  const denied = await peer.call("gone", {});
  expect(denied).toMatchObject({ isError: true, _meta: { "dev.sclaw/decision": { rules: ["M-010"] } } });
  expect((await peer.call("guarded", {}))._meta["dev.sclaw/decision"]).toMatchObject({ outcome: "held" });
  await peer.close();
  expectGoodLedger(world);
});
