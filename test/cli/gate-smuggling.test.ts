import { afterAll, describe, expect, test } from "vitest";
import {
  calledTools,
  expectGoodLedger,
  type Message,
  mcpWorld,
  rawSession,
  reached,
  removeWorlds,
} from "../support/gate-session.js";
import { receiptsOf } from "../support/gate-world.js";

afterAll(removeWorlds);

const erase = '"method":"tools/call","params":{"name":"erase"}';

/** What is written, and how it is answered: by an error of that code under that id, or not at all. */
interface Smuggled {
  readonly line: string | Uint8Array;
  readonly code?: number;
  readonly id?: number | string | null;
}

const unreadable = { code: -32700 } as const;
const invalid = { code: -32600 } as const;

/** Ways to have a server run what nobody decided; each line is refused, and leaves one receipt. */
const smuggled: { readonly [name: string]: Smuggled } = {
  "a second method": { line: `{"jsonrpc":"2.0","id":1,"method":"ping",${erase}}`, ...unreadable, id: 1 },
  "a second method, first": {
    line: `{"jsonrpc":"2.0","id":2,${erase},"method":"ping"}`,
    ...unreadable,
    id: 2,
  },
  "a second method in another case": {
    line: '{"jsonrpc":"2.0","id":3,"method":"ping","Method":"tools/call","params":{"name":"erase"}}',
    ...invalid,
    id: 3,
  },
  "a method in another case": {
    line: '{"jsonrpc":"2.0","id":4,"method":"Tools/Call","params":{"name":"erase"}}',
    code: -32601,
    id: 4,
  },
  "a method with a space": {
    line: '{"jsonrpc":"2.0","id":5,"method":"tools/call ","params":{"name":"erase"}}',
    code: -32601,
    id: 5,
  },
  "a method of servers": {
    line: '{"jsonrpc":"2.0","id":6,"method":"sampling/createMessage","params":{}}',
    code: -32601,
    id: 6,
  },
  "a call without id": { line: `{"jsonrpc":"2.0",${erase}}` },
  "a call whose id is null": { line: `{"jsonrpc":"2.0","id":null,${erase}}`, ...invalid, id: null },
  "a call whose id is a fraction": { line: `{"jsonrpc":"2.0","id":1.5,${erase}}`, ...invalid, id: null },
  "a call whose id is too large": {
    line: `{"jsonrpc":"2.0","id":9007199254740993,${erase}}`,
    ...invalid,
    id: null,
  },
  "a call whose id is an object": { line: `{"jsonrpc":"2.0","id":{},${erase}}`, ...invalid, id: null },
  "another JSON-RPC": { line: `{"jsonrpc":"1.0","id":7,${erase}}`, ...invalid, id: 7 },
  "no JSON-RPC": { line: `{"id":8,${erase}}`, ...invalid, id: 8 },
  "a second name": {
    line: '{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"note","name":"erase"}}',
    ...unreadable,
    id: 9,
  },
  "a second name in another case": {
    line: '{"jsonrpc":"2.0","id":10,"method":"tools/call","params":{"name":"note","Name":"erase"}}',
    code: -32602,
    id: 10,
  },
  "arguments that differ in case": {
    line: '{"jsonrpc":"2.0","id":11,"method":"tools/call","params":{"name":"note","arguments":{"path":"/a","Path":"/b"}}}',
    code: -32602,
    id: 11,
  },
  "arguments that fold to one name": {
    line: '{"jsonrpc":"2.0","id":12,"method":"tools/call","params":{"name":"note","arguments":{"task":1,"ta\u017Fk":2}}}',
    code: -32602,
    id: 12,
  },
  "a prototype": {
    line: '{"jsonrpc":"2.0","id":13,"method":"tools/call","params":{"name":"note","__proto__":{"name":"erase"}}}',
    code: -32602,
    id: 13,
  },
  "an unsafe integer": {
    line: '{"jsonrpc":"2.0","id":14,"method":"tools/call","params":{"name":"note","arguments":{"n":12345678901234567890}}}',
    ...invalid,
    id: 14,
  },
  "an unsafe integer in what passes": {
    line: '{"jsonrpc":"2.0","id":15,"method":"resources/list","params":{"cursor":1e300}}',
    ...invalid,
    id: 15,
  },
  "a number that no double holds": {
    line: '{"jsonrpc":"2.0","id":16,"method":"tools/call","params":{"name":"note","arguments":{"n":1e999}}}',
    ...unreadable,
    id: 16,
  },
  "a call behind a carriage return": {
    line: `{"jsonrpc":"2.0","id":17,"method":"ping"}\r{"jsonrpc":"2.0","id":18,${erase}}`,
    ...unreadable,
    id: null,
  },
  "a byte order mark": { line: `\ufeff{"jsonrpc":"2.0","id":19,${erase}}`, ...unreadable, id: 19 },
  "no UTF-8": {
    line: Buffer.concat([
      Buffer.from('{"jsonrpc":"2.0","id":20,"method":"tools/call","params":{"name":"note'),
      Buffer.from([0xff]),
      Buffer.from('"}}'),
    ]),
    ...unreadable,
    id: 20,
  },
  "a lone surrogate": {
    line: '{"jsonrpc":"2.0","id":21,"method":"tools/call","params":{"name":"note","arguments":{"a":"\\ud800"}}}',
    ...unreadable,
    id: 21,
  },
  "a member that is a lone surrogate, twice": {
    line: '{"jsonrpc":"2.0","id":22,"method":"ping","\\ud800":1,"\\ud800":2}',
    ...unreadable,
    id: 22,
  },
  "too many levels": {
    line: `{"jsonrpc":"2.0","id":23,"method":"ping","params":{"a":${"[".repeat(70)}${"]".repeat(70)}}}`,
    ...unreadable,
    id: 23,
  },
  null: { line: "null", ...invalid, id: null },
  "a string": { line: '"tools/call"', ...invalid, id: null },
  "an empty batch": { line: "[]", ...invalid, id: null },
  "no JSON": { line: "tools/call erase", ...unreadable, id: null },
  "an answer with a method": {
    line: `{"jsonrpc":"2.0","id":24,"result":{},${erase}}`,
    ...invalid,
    id: 24,
  },
  "params that are a list": {
    line: '{"jsonrpc":"2.0","id":25,"method":"tools/call","params":["erase"]}',
    ...invalid,
    id: 25,
  },
  "arguments that are a list": {
    line: '{"jsonrpc":"2.0","id":26,"method":"tools/call","params":{"name":"note","arguments":["erase"]}}',
    code: -32602,
    id: 26,
  },
  "a tool named like a method": {
    line: '{"jsonrpc":"2.0","id":27,"method":"tools/call","params":{"name":"resources/read"}}',
    code: -32602,
    id: 27,
  },
  "a tool named like the gate's own": {
    line: '{"jsonrpc":"2.0","id":28,"method":"tools/call","params":{"name":"sclaw.refused"}}',
    code: -32602,
    id: 28,
  },
  "a notification with an id": {
    line: '{"jsonrpc":"2.0","id":29,"method":"notifications/initialized"}',
    ...invalid,
    id: 29,
  },
  "a long name of a method": {
    line: `{"jsonrpc":"2.0","id":30,"method":"${"\u{1f600}".repeat(200)}"}`,
    code: -32601,
    id: 30,
  },
};

describe.each([[[]], [["--any-line-end"]]])("bytes before a server that reads %j", (options) => {
  test("what has two readings is refused, answered and recorded, and nothing of it reaches the server", async () => {
    const world = await mcpWorld({ gated: ["resources/read"] });
    const before = receiptsOf(world).length;
    const session = rawSession(world, ...options);
    const cases = Object.values(smuggled);
    for (const { line } of cases) {
      session.write(line);
      session.write("\n");
    }
    const last = await session.ask("end", "ping");
    expect(last.result).toEqual({});
    for (const [name, { id, code }] of Object.entries(smuggled)) {
      if (typeof id !== "number") continue;
      const answer = await session.answerTo(id);
      expect({ name, code: answer.error?.code }).toEqual({ name, code });
      expect(answer.error.data["dev.sclaw/decision"]).toMatchObject({
        decision: "deny",
        rules: ["invalid-request"],
      });
    }
    const nameless = cases.filter(({ id }) => id === null).map(({ code }) => code);
    const errors = await session.until(() => {
      const found = session.received.filter(({ id, error }) => id === null && error !== undefined);
      return found.length === nameless.length && found;
    }, "an error for each line without an id");
    expect(errors.map(({ error }: Message) => error.code).sort()).toEqual(nameless.sort());
    await session.end();
    expect(reached(world).map(({ id, method }) => [id, method])).toEqual([["end", "ping"]]);
    const receipts = receiptsOf(world).slice(before);
    expect(receipts.map(({ decision }) => decision)).toEqual(cases.map(() => "deny"));
    expectGoodLedger(world);
  });

  test("line separators inside strings stay inside them", async () => {
    const world = await mcpWorld();
    const session = rawSession(world, ...options);
    const inner = `{"jsonrpc":"2.0","id":99,${erase}}`;
    for (const [i, separator] of ["\u2028", "\u2029", "\u0085"].entries()) {
      const text = `${separator}${inner}${separator}`;
      const answer = await session.call(i, "note", { text });
      expect(answer.result.content[0].text).toBe(`noted ${JSON.stringify({ text })}`);
    }
    await session.end();
    expect(calledTools(world)).toEqual(["note", "note", "note"]);
    expectGoodLedger(world);
  });

  test("an escaped method is the method; a batch is unpacked, and each of its calls is decided", async () => {
    const world = await mcpWorld();
    const session = rawSession(world, ...options);
    session.write('{"jsonrpc":"2.0","id":1,"method":"tools\\u002fcall","params":{"name":"erase"}}\r\n');
    expect((await session.answerTo(1)).result).toMatchObject({ isError: true });
    session.write(
      `[{"jsonrpc":"2.0","id":2,"method":"ping"},{"jsonrpc":"2.0","id":3,${erase}},[{"jsonrpc":"2.0","id":4,${erase}}],{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"note"}},{"jsonrpc":"2.0",${erase}}]\n`,
    );
    expect((await session.answerTo(2)).result).toEqual({});
    expect((await session.answerTo(3)).result.content[0].text).toContain("M-010");
    expect((await session.answerTo(5)).result.content[0].text).toBe("noted null");
    await session.until(() => session.received.some(({ id }) => id === null), "an error for the inner batch");
    await session.end();
    expect(calledTools(world)).toEqual(["note"]);
    expectGoodLedger(world);
  });
});

test("an id that is open is not used twice: neither of a call that runs, nor of one that was cancelled", async () => {
  const world = await mcpWorld();
  const session = rawSession(world);
  session.send({ id: 1, method: "tools/call", params: { name: "mute" } });
  await session.until(() => calledTools(world).length === 1, "the call at the server");
  session.send({ id: 1, method: "tools/call", params: { name: "note" } });
  session.send({ id: 1, method: "ping" });
  await session.until(() => session.received.filter(({ id }) => id === null).length === 2, "two errors");
  session.send({ method: "notifications/cancelled", params: { requestId: 1 } });
  session.send({ id: 1, method: "ping" });
  await session.until(() => session.received.filter(({ id }) => id === null).length === 3, "a third error");
  // 1 and "1" are two ids.
  expect((await session.ask("1", "ping")).result).toEqual({});
  await session.end();
  expect(calledTools(world)).toEqual(["mute"]);
  expectGoodLedger(world);
});

test("a client's answer that cannot be passed on is an error for the server that waits", async () => {
  const world = await mcpWorld();
  const session = rawSession(world);
  session.write('{"jsonrpc":"2.0","id":5,"result":{"n":12345678901234567890}}\n');
  session.write('{"jsonrpc":"2.0","id":6,"result":{},"result":{}}\n');
  session.write('{"jsonrpc":"2.0","id":7,"result":{}}\n');
  session.write('{"jsonrpc":"2.0","id":8,"error":{"code":1,"message":"no"}}\n');
  await session.until(() => reached(world).length === 4, "four answers at the server");
  await session.end();
  const byId = new Map(reached(world).map((message) => [message.id, message]));
  expect(byId.get(5).error.code).toBe(-32603);
  expect(byId.get(6).error.code).toBe(-32603);
  expect(byId.get(7)).toEqual({ jsonrpc: "2.0", id: 7, result: {} });
  expect(byId.get(8).error.code).toBe(1);
  expectGoodLedger(world);
});
