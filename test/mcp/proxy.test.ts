import { PassThrough } from "node:stream";
import { afterAll, expect, test } from "vitest";
import { engine } from "../../src/io/engine-node.js";
import { sessionParts } from "../../src/mcp/open-session.js";
import { proxy } from "../../src/mcp/proxy.js";
import { ServerProcess } from "../../src/mcp/server-process.js";
import {
  calledTools,
  expectGoodLedger,
  logServerOf,
  mcpWorld,
  reached,
  removeWorlds,
} from "../support/gate-session.js";
import { openWorld, receiptsOf } from "../support/gate-world.js";

afterAll(removeWorlds);

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

test("a cancelled call that nobody answers is unknown when its time is over", async () => {
  const world = await mcpWorld();
  const opened = await openWorld(world);
  const [command, ...args] = logServerOf(world);
  const server = await ServerProcess.start(command!, args);
  const [input, output] = [new PassThrough(), new PassThrough()];
  const parts = { ...sessionParts(world.config, opened, engine.sha3_256), cancelledFor: 100 };
  const ending = proxy({ ...parts, server, input, output, note: () => {} });
  const send = (message: object) => input.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  send({ id: 1, method: "tools/call", params: { name: "mute" } });
  await until(() => calledTools(world).length === 1);
  send({ method: "notifications/cancelled", params: { requestId: 1 } });
  await until(() => receiptsOf(world).at(-1)?.outcome.status === "unknown");
  expect(receiptsOf(world).at(-1)?.outcome.error?.code).toBe("cancelled");
  expect(reached(world).at(-1)).toMatchObject({ method: "notifications/cancelled" });
  input.end();
  expect((await ending).code).toBe(0);
  await opened.gate.close();
  expect(output.read().toString()).not.toContain('"id":1');
  expectGoodLedger(world);
});
