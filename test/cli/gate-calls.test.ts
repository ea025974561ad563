import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { formatDigest } from "../../src/bytes/digest.js";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import { engine } from "../../src/io/engine-node.js";
import type { Receipt } from "../../src/receipt/receipt.js";
import {
  calledTools,
  expectGoodLedger,
  type Message,
  mcpWorld,
  type RawSession,
  rawSession,
  reached,
  removeWorlds,
} from "../support/gate-session.js";
import { approve, receiptsOf, type World } from "../support/gate-world.js";

afterAll(removeWorlds);

const decisionIn = (answer: Message) => answer.result._meta["dev.sclaw/decision"];

/** Receipts of calls, without the release of the policy. */
function callsOf(world: World): readonly Receipt[] {
  return receiptsOf(world).filter(({ adapter_id }) => adapter_id !== "adapter:sclaw.policy@1");
}

test("a held call waits at the gate: it runs once, after two people have signed, by the id in its receipt", async () => {
  const world = await mcpWorld();
  const session = rawSession(world);
  const given = { file: "a.txt" };
  const denied = await session.call(1, "erase", given);
  expect(denied.result).toMatchObject({ isError: true, content: [{ type: "text" }] });
  expect(denied.result.content[0].text).toContain("denied (T2_ELEVATED, by M-010): nothing is erased");
  expect(decisionIn(denied)).toMatchObject({ outcome: "denied", decision: "deny", rules: ["M-010"] });
  expect(denied.result.resultType).toBeUndefined();

  const held = await session.call(2, "guarded", given);
  const { request } = decisionIn(held);
  expect(decisionIn(held)).toMatchObject({ outcome: "held", decision: "approval", tier: "T2_ELEVATED" });
  expect(request).toMatchObject({
    required: [{ group: "release-managers", threshold: 2 }],
    counted: [{ threshold: 0 }],
  });
  expect(held.result.content[0].text).toContain(`sclaw approve ${request.id}`);
  approve(world, request.id, "alice");
  const again = await session.call(3, "guarded", given);
  expect(decisionIn(again).request).toMatchObject({ id: request.id, counted: [{ threshold: 1 }] });
  approve(world, request.id, "bob");
  // Other arguments are another request: nobody signed them.
  expect(decisionIn(await session.call(4, "guarded", { file: "b.txt" })).outcome).toBe("held");
  expect(calledTools(world)).toEqual([]);
  const ran = await session.call(5, "guarded", given);
  expect(ran.result.content[0].text).toBe('noted {"file":"a.txt"}');
  // Spent: the same call again is asked for anew.
  expect(decisionIn(await session.call(6, "guarded", given)).request.id).not.toBe(request.id);
  await session.end();
  expect(calledTools(world)).toEqual(["guarded"]);
  const receipt = callsOf(world).find(({ outcome }) => outcome.status === "executed")!;
  expect(receipt).toMatchObject({ approval: { state: "granted" }, ext: { identity: "configured" } });
  const [call] = reached(world).filter(({ method }) => method === "tools/call");
  expect(call.params._meta).toEqual({ "dev.sclaw/correlation_id": receipt.correlation_id });
  const line = session.raw.split("\n").find((text) => text.includes('"id":5'))!;
  expect(receipt.outcome.result_hash).toBe(formatDigest(engine.sha3_256(encodeUtf8(line))));
  expectGoodLedger(world);
});

test("a call that is held open is told of, runs when people have signed, and is withdrawn when it is cancelled", async () => {
  const world = await mcpWorld({ approval: { hold_seconds: 50 } });
  const session = rawSession(world);
  const meta = (token: string) => ({ _meta: { progressToken: token } });
  session.send({
    id: 1,
    method: "tools/call",
    params: { name: "guarded", arguments: { n: 1 }, ...meta("one") },
  });
  const told = (token: string) => () =>
    session.received.find(
      ({ method, params }) => method === "notifications/progress" && params.progressToken === token,
    );
  const progress: Message = await session.until(told("one"), "progress");
  expect(progress.params.message).toMatch(/^request corr_\S+ has 0 of 2 signatures of release-managers$/);
  // Others go on meanwhile.
  expect((await session.call(2, "note")).result.isError).toBeUndefined();
  expect(calledTools(world)).toEqual(["note"]);
  const id = /corr_\S+/.exec(progress.params.message)![0];
  approve(world, id, "alice");
  approve(world, id, "carol");
  expect((await session.answerTo(1)).result.content[0].text).toBe('noted {"n":1}');

  session.send({
    id: 3,
    method: "tools/call",
    params: { name: "guarded", arguments: { n: 2 }, ...meta("two") },
  });
  const second: Message = await session.until(told("two"), "progress");
  session.send({ method: "notifications/cancelled", params: { requestId: 3, reason: "not any more" } });
  const withdrawn = /corr_\S+/.exec(second.params.message)![0];
  await session.until(() => endOf(world, withdrawn) === "expired", "the receipt of the withdrawal");
  approve(world, withdrawn, "alice");
  approve(world, withdrawn, "carol");
  expect((await session.ask(4, "ping")).result).toEqual({});
  await session.end();
  expect(session.received.some(({ id: answered, method }) => answered === 3 && method === undefined)).toBe(
    false,
  );
  expect(calledTools(world)).toEqual(["note", "guarded"]);
  // It was never the server's: nothing is to be cancelled there.
  expect(reached(world).some(({ method }) => method === "notifications/cancelled")).toBe(false);
  expectGoodLedger(world);
});

/** In which state the last receipt of a request is. */
function endOf(world: World, id: string): string | undefined {
  return callsOf(world).findLast(({ correlation_id }) => correlation_id === id)?.approval.state;
}

test("what happened at the server is what the receipt says", async () => {
  const world = await mcpWorld({ gated: ["resources/read", "prompts/get"] });
  const session = rawSession(world);
  expect((await session.call(1, "note", { about: { name: "the-resource" } })).result.isError).toBeUndefined();
  expect((await session.call(2, "tool-error")).result.isError).toBe(true);
  expect((await session.call(3, "error")).error).toEqual({ code: -32603, message: "a message" });
  expect((await session.call(4, "task", {}, { task: { ttl: 1000 } })).result.task.taskId).toBe("t1");
  expect((await session.ask(5, "resources/read", { uri: "file:///a" })).result.contents).toHaveLength(1);
  expect((await session.ask(6, "resources/read", { uri: "file:///secret" })).error).toMatchObject({
    code: -32090,
    data: { "dev.sclaw/decision": { outcome: "denied", rules: ["M-011"] } },
  });
  expect(
    (await session.ask(7, "prompts/get", { name: "p", arguments: { a: "b" } })).result.messages,
  ).toHaveLength(1);
  expect((await session.ask(8, "prompts/get", { name: "p", arguments: { a: 1 } })).error.code).toBe(-32602);
  session.send({ id: 9, method: "tools/call", params: { name: "wait" } });
  await session.until(() => calledTools(world).includes("wait"), "the call at the server");
  session.send({ method: "notifications/cancelled", params: { requestId: 9 } });
  expect((await session.answerTo(9)).result.isError).toBe(true);
  await session.end();
  const told = callsOf(world).map(({ outcome: { status, error } }) => [status, error?.code, error?.message]);
  expect(told).toEqual([
    ["executed", undefined, undefined],
    ["failed", "tool-error", undefined],
    ["failed", "json-rpc-error", "-32603"],
    ["unknown", "task", "the server runs it as a task, which is not followed"],
    ["executed", undefined, undefined],
    ["not_executed", undefined, undefined],
    ["executed", undefined, undefined],
    ["not_executed", undefined, undefined],
    ["failed", "tool-error", undefined],
  ]);
  const intents = readFileSync(world.config.ledger, "utf8")
    .split("\n")
    .flatMap((line) => (line.includes('"intent":{') ? [(JSON.parse(line) as Message).intent] : []))
    .filter(({ adapter_id }) => adapter_id === "adapter:log@1.0")
    .map(({ operation, resource, params }) => ({ operation, resource, params }));
  expect(intents.slice(0, 2)).toEqual([
    { operation: "note", resource: "the-resource", params: { about: { name: "the-resource" } } },
    { operation: "tool-error", resource: "tool-error", params: {} },
  ]);
  expect(intents[4]).toEqual({
    operation: "resources/read",
    resource: "file:///a",
    params: { uri: "file:///a" },
  });
  expect(intents[6]).toEqual({
    operation: "prompts/get",
    resource: "p",
    params: { name: "p", arguments: { a: "b" } },
  });
  expectGoodLedger(world);
});

test("resources and prompts pass where nobody asked for their decision, and leave no receipt", async () => {
  const world = await mcpWorld();
  const session = rawSession(world);
  expect((await session.ask(1, "resources/read", { uri: "file:///secret" })).result.contents).toHaveLength(1);
  expect((await session.ask(2, "prompts/get", { name: "p" })).result.messages).toHaveLength(1);
  await session.end();
  expect(callsOf(world)).toEqual([]);
});

test("the server's lines come as they are, in their order, an answer not before its receipt", async () => {
  const world = await mcpWorld();
  const session = rawSession(world);
  // Spaces, members and escapes that no serializer would write.
  const answer = '{ "result" : {"content":[],"x":1.0,"u":"\\u0041"}, "id":7 ,"jsonrpc":"2.0"}';
  const others = ["no JSON at all", '{"jsonrpc":"2.0","method":"notifications/message","params":{}}', ""];
  const raw = `${[others[0], answer, ...others.slice(1)].join("\n")}\n`;
  session.send({ id: 7, method: "tools/call", params: { name: "note", arguments: { raw } } });
  await session.answerTo(7);
  await session.ask(8, "ping");
  await session.end();
  expect(session.raw.startsWith(raw)).toBe(true);
  expectGoodLedger(world);
});

test("an answer to a call that the server never got is not passed on", async () => {
  const world = await mcpWorld({ approval: { hold_seconds: 50 } });
  const session = rawSession(world);
  session.send({ id: 1, method: "tools/call", params: { name: "guarded", _meta: { progressToken: 1 } } });
  await session.until(() => session.received.length > 0, "progress");
  const forged = '{"jsonrpc":"2.0","id":1,"result":{"content":[]}}\n';
  const own = '{"jsonrpc":"2.0","id":2,"result":{"content":[]}}\n';
  session.send({ id: 2, method: "tools/call", params: { name: "note", arguments: { raw: forged + own } } });
  await session.answerTo(2);
  await session.end();
  expect(session.raw).not.toContain(forged);
  expect(session.stderr).toContain("an answer of the server was not passed on");
  expectGoodLedger(world);
});

test("a line that might answer a call to another parser is not passed on, and the call is unknown", async () => {
  const world = await mcpWorld();
  const session: RawSession = rawSession(world);
  const raw = '{"jsonrpc":"2.0","id":1,"result":{"content":[],"x":NaN}}\n';
  session.send({ id: 1, method: "tools/call", params: { name: "note", arguments: { raw } } });
  await session.until(() => session.stderr.includes("is no JSON"), "a note");
  await session.end();
  expect(session.raw).not.toContain("NaN");
  expect(callsOf(world).map(({ outcome }) => outcome.status)).toEqual(["unknown"]);
  expectGoodLedger(world);
});
