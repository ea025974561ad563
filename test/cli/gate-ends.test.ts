import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import {
  calledTools,
  expectGoodLedger,
  gateArgs,
  logServerOf,
  mcpWorld,
  RawSession,
  rawSession,
  removeWorlds,
} from "../support/gate-session.js";
import { makeWorld, receiptsOf, type World } from "../support/gate-world.js";
import { inFolder, sclaw } from "../support/sclaw.js";

afterAll(removeWorlds);

const outcomes = (world: World) =>
  receiptsOf(world)
    .filter(({ adapter_id }) => adapter_id === "adapter:log@1.0")
    .map(({ outcome: { status, error } }) => [status, error?.code]);

test("a server that dies leaves its open calls unknown, tells the client, and passes its exit code on", async () => {
  const world = await mcpWorld();
  const session = rawSession(world);
  session.send({ id: 1, method: "tools/call", params: { name: "wait" } });
  await session.until(() => calledTools(world).length === 1, "the call at the server");
  session.send({ id: 2, method: "tools/call", params: { name: "die" } });
  expect(await session.ended).toEqual({ code: 7, signal: null });
  for (const id of [1, 2])
    expect((await session.answerTo(id)).error).toMatchObject({
      message: expect.stringContaining("it may have run"),
      data: { "dev.sclaw/decision": { outcome: "unknown", receipt_id: expect.stringMatching(/^rcpt_/) } },
    });
  expect(outcomes(world)).toEqual([
    ["unknown", "server-ended"],
    ["unknown", "server-ended"],
  ]);
  expectGoodLedger(world);
});

test("a client that closes its side gets what it asked for, and the gate ends", async () => {
  const world = await mcpWorld();
  const session = rawSession(world);
  for (let id = 0; id < 20; id++)
    session.send({ id, method: "tools/call", params: { name: "note", arguments: { id } } });
  expect(await session.end()).toEqual({ code: 0, signal: null });
  expect(session.received.map(({ id }) => id)).toEqual([...Array(20).keys()]);
  expect(outcomes(world)).toEqual(Array(20).fill(["executed", undefined]));
  expectGoodLedger(world);
});

test("when an answer is there, its receipt is in the ledger", async () => {
  const world = await mcpWorld();
  const session = rawSession(world);
  for (let id = 1; id <= 20; id++) {
    await session.call(id, id % 2 === 0 ? "erase" : "note");
    expect(outcomes(world)).toHaveLength(id);
  }
  await session.end();
  expectGoodLedger(world);
});

test("a client that closes its side while people are asked leaves the request to them", async () => {
  const world = await mcpWorld({ approval: { hold_seconds: 50 } });
  const session = rawSession(world);
  session.send({ id: 1, method: "tools/call", params: { name: "guarded", _meta: { progressToken: 1 } } });
  await session.until(() => session.received.length > 0, "progress");
  expect(await session.end()).toEqual({ code: 0, signal: null });
  const last = receiptsOf(world).at(-1)!;
  expect(last.approval.state).toBe("pending");
  expect(calledTools(world)).toEqual([]);
  expectGoodLedger(world);
});

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "%s is passed on, and what runs is recorded",
  async (signal) => {
    const world = await mcpWorld();
    const session = rawSession(world);
    session.send({ id: 1, method: "tools/call", params: { name: "wait" } });
    await session.until(() => calledTools(world).length === 1, "the call at the server");
    session.child.kill(signal);
    const numbers = { SIGTERM: 15, SIGINT: 2, SIGHUP: 1 };
    expect(await session.ended).toEqual({ code: 128 + numbers[signal], signal: null });
    expect(outcomes(world)).toEqual([["unknown", "server-ended"]]);
    expectGoodLedger(world);
  },
);

test("a client that reads nothing any more loses answers, not receipts", async () => {
  const world = await mcpWorld();
  const session = rawSession(world);
  await session.ask(0, "ping");
  session.child.stdout.destroy();
  for (let id = 1; id <= 5; id++) session.send({ id, method: "tools/call", params: { name: "note" } });
  await session.end();
  expect(outcomes(world)).toEqual(Array(5).fill(["executed", undefined]));
  expectGoodLedger(world);
});

test("a server that does not end with its input is ended", async () => {
  const world = await mcpWorld();
  const stubborn = ["-e", "setInterval(() => {}, 1000)"];
  const session = new RawSession(gateArgs(world, [process.execPath, ...stubborn]));
  expect(await session.end()).toEqual({ code: 143, signal: null });
});

test("what cannot be started is said, and the ledger is let go", async () => {
  const world = await mcpWorld();
  const session = new RawSession(gateArgs(world, ["no-such-program"]));
  expect((await session.end()).code).toBe(2);
  expect(session.stderr).toContain("sclaw: cannot start the server no-such-program: no such file\n");
  const after = rawSession(world);
  expect((await after.call(1, "note")).result.isError).toBeUndefined();
  await after.end();
  expectGoodLedger(world);
});

test("configurations and ledgers that cannot be used end with 2 before a server runs", async () => {
  const world = await mcpWorld();
  const start = (args: readonly string[]) => sclaw(["gate", "mcp", ...args]);
  const server = ["--", ...logServerOf(world)];
  expect(start(server)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("gate configuration gate.json"),
  });
  expect(start(["--config", world.config.path])).toMatchObject({ status: 2 });
  expect(start(["--config", join(world.folder, "none.json"), ...server])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("no such file"),
  });
  writeFileSync(join(world.folder, "definitions.json"), "{}");
  expect(start(["--config", world.config.path, ...server])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("file of definitions"),
  });
  inFolder((folder) => {
    const unreleased = makeWorld(folder);
    expect(start(["--config", unreleased.config.path, ...server])).toMatchObject({ status: 2 });
  });
  expect(calledTools(world)).toEqual([]);
  rmSync(join(world.folder, "definitions.json"));
});
