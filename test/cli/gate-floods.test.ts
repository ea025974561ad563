import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import {
  calledTools,
  expectGoodLedger,
  gateArgs,
  mcpWorld,
  RawSession,
  rawSession,
  removeWorlds,
} from "../support/gate-session.js";
import { receiptsOf } from "../support/gate-world.js";

afterAll(removeWorlds);

const mebibyte = 1024 * 1024;

/** The most memory that a process had, in bytes, where the system tells it. */
function peakOf({ child }: RawSession): number {
  const path = `/proc/${child.pid}/status`;
  if (!existsSync(path)) return 0;
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(path, "utf8"))?.[1]) * 1024;
}

/** What Node, Cedar and a few copies of the longest line may take. */
const bounded = 400 * mebibyte;

test("a line that is too long is refused without being kept, and the next one is read", async () => {
  const world = await mcpWorld();
  const session = rawSession(world);
  const piece = Buffer.alloc(mebibyte, "x");
  for (let i = 0; i < 600; i++)
    if (!session.child.stdin.write(piece))
      await new Promise((resolve) => session.child.stdin.once("drain", resolve));
  session.write("\n");
  expect((await session.ask(1, "ping")).result).toEqual({});
  const error = await session.until(() => session.received.find(({ id }) => id === null), "an error");
  expect(error.error).toMatchObject({
    code: -32600,
    message: expect.stringContaining(`found ${600 * mebibyte}`),
  });
  expect(peakOf(session)).toBeLessThan(bounded);
  // As long as it may be, and more than a ledger's line holds.
  const text = "y".repeat(2 * mebibyte);
  const large = await session.call(2, "note", { text });
  expect(large.result.content[0].text).toContain("invalid-request");
  expect((await session.ask(3, "ping", { _meta: { text: text.repeat(7) } })).result).toEqual({});
  await session.end();
  expect(calledTools(world)).toEqual([]);
  expectGoodLedger(world);
});

test("a server's line that is too long ends the session, and what ran is unknown", async () => {
  const world = await mcpWorld();
  const server = `process.stdin.once("data", () => process.stdout.write("x".repeat(${17 * mebibyte}) + "\\n"))`;
  const session = new RawSession(gateArgs(world, [process.execPath, "-e", server]));
  session.send({ id: 1, method: "tools/call", params: { name: "note" } });
  expect((await session.ended).code).toBe(2);
  expect(session.stderr).toContain(`expected lines of at most ${16 * mebibyte} bytes from the server`);
  expect(receiptsOf(world).at(-1)?.outcome.status).toBe("unknown");
  expectGoodLedger(world);
});

test("a client that does not read makes the server wait, and misses nothing", async () => {
  const world = await mcpWorld();
  const lines = 3000;
  const server = `
    let i = 0;
    const write = () => {
      while (i < ${lines}) {
        const line = JSON.stringify({ jsonrpc: "2.0", method: "notifications/message", params: { i: i++, pad: "x".repeat(100000) } });
        if (!process.stdout.write(line + "\\n")) return process.stdout.once("drain", write);
      }
      process.stdin.destroy();
    };
    process.stdin.on("data", () => {}); write();`;
  const session = new RawSession(gateArgs(world, [process.execPath, "-e", server]));
  await session.until(() => session.received.length > 0, "a line");
  session.child.stdout.pause();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(peakOf(session)).toBeLessThan(bounded);
  session.child.stdout.resume();
  await session.until(() => session.received.length === lines, "all lines");
  expect(session.received.map(({ params }) => params.i)).toEqual([...Array(lines).keys()]);
  await session.end();
});

test("a server that does not read makes the client wait", async () => {
  const world = await mcpWorld();
  const session = new RawSession(
    gateArgs(world, [process.execPath, "-e", "console.log('started'); setInterval(() => {}, 1000)"]),
  );
  const line = `${JSON.stringify({ jsonrpc: "2.0", method: "notifications/progress", params: { pad: "x".repeat(100_000) } })}\n`;
  await session.until(() => session.received.length > 0, "the server's first line");
  for (let i = 0; i < 2000; i++) session.write(line);
  await new Promise((resolve) => setTimeout(resolve, 4000));
  expect(session.child.stdin.writableLength).toBeGreaterThan(150 * mebibyte);
  expect(peakOf(session)).toBeLessThan(bounded);
  session.child.kill("SIGTERM");
  await session.ended;
});

test("many calls at once are all answered, each once", async () => {
  const world = await mcpWorld();
  const session = rawSession(world);
  const ids = [...Array(500).keys()];
  session.write(
    ids
      .map(
        (id) =>
          `${JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name: id % 3 === 0 ? "erase" : "note", arguments: { id } } })}\n`,
      )
      .join(""),
  );
  await session.until(() => session.received.length === ids.length, "all answers");
  await session.end();
  expect(session.received.map(({ id }) => id).sort((a, b) => a - b)).toEqual(ids);
  expect(calledTools(world)).toHaveLength(ids.filter((id) => id % 3 !== 0).length);
  expectGoodLedger(world);
});

test("a ledger that cannot be written ends the session: nothing is passed on that is not recorded", async () => {
  const world = await mcpWorld();
  const session = rawSession(world);
  await session.call(1, "note");
  // Another hand in the file: the writer finds it before it writes.
  appendFileSync(world.config.ledger, "{}\n");
  session.send({ id: 2, method: "tools/call", params: { name: "note" } });
  expect((await session.ended).code).toBe(2);
  expect(session.received.some(({ id }) => id === 2)).toBe(false);
  expect(session.stderr).toMatch(/^sclaw: /m);
});
