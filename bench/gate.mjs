// node bench/gate.mjs [--calls N] [--rounds N]
// What `sclaw gate mcp` adds to a call: a real client calls the same tool of a real server directly
// and behind the gate, by turns, call by call; beside it, what the disk takes for the two flushes
// that a call's record needs.
import { closeSync, existsSync, fdatasyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { makeGateWorld } from "./parts/gate-world.mjs";
import { cleanEnv, dataFolder, printMachine, printTable, sclaw } from "./parts/run.mjs";

const { values } = parseArgs({
  options: { calls: { type: "string", default: "1000" }, rounds: { type: "string", default: "3" } },
});
const [calls, rounds] = [Number(values.calls), Number(values.rounds)];
const warmUp = 300;

const manifest = createRequire(import.meta.url).resolve(
  "@modelcontextprotocol/server-everything/package.json",
);
const server = [join(dirname(manifest), "dist/index.js"), "stdio"];

printMachine();
for (let round = 1; round <= rounds; round++) {
  const config = await makeGateWorld("gate", "adapter:everything@2.0");
  const direct = await connect(server);
  const gated = await connect([
    sclaw,
    "gate",
    "mcp",
    "--config",
    config.path,
    "--",
    process.execPath,
    ...server,
  ]);
  const times = { direct: [], gated: [], added: [], flushes: [] };
  const disk = openSync(join(dataFolder, "flushes"), "w");
  for (let i = -warmUp; i < calls; i++) {
    const [one, other, flushes] = [await timed(direct, i), await timed(gated, i), flushTwice(disk)];
    if (i < 0) continue;
    times.direct.push(one);
    times.gated.push(other);
    times.added.push(other - one);
    times.flushes.push(flushes);
  }
  closeSync(disk);
  const before = cpuOf(gated);
  const together = { direct: await atOnce(direct), gated: await atOnce(gated) };
  const cpu = ((cpuOf(gated) - before) / calls).toFixed(2);
  await direct.close();
  await gated.close();
  console.log(`round ${round}: ${calls} calls each, after ${warmUp}`);
  printTable([
    ["milliseconds", "p50", "p90", "p99"],
    ...Object.entries(times).map(([name, all]) => [
      name,
      ...[0.5, 0.9, 0.99].map((part) => quantile(all, part)),
    ]),
  ]);
  const { direct: alone, gated: behind } = together;
  console.log(
    `64 at a time: ${alone} calls a second directly, ${behind} behind the gate; ${cpu} ms of CPU in it each\n`,
  );
}

async function connect(args) {
  const client = new Client({ name: "bench", version: "1" }, { capabilities: {} });
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args, env: cleanEnv, stderr: "ignore" }),
  );
  await client.listTools();
  return client;
}

function call(client, i) {
  return client.callTool({ name: "echo", arguments: { message: `message ${i}` } });
}

async function timed(client, i) {
  const start = performance.now();
  await call(client, i);
  return performance.now() - start;
}

/** What the decision and the receipt of one call take at the least: two appends, each flushed. */
function flushTwice(disk) {
  const line = Buffer.alloc(1200, "x");
  const start = performance.now();
  for (let i = 0; i < 2; i++) {
    writeSync(disk, line);
    fdatasyncSync(disk);
  }
  return performance.now() - start;
}

async function atOnce(client) {
  const start = performance.now();
  for (let i = 0; i < calls; i += 64)
    await Promise.all(Array.from({ length: Math.min(64, calls - i) }, (_, j) => call(client, i + j)));
  return Math.round((calls / (performance.now() - start)) * 1000);
}

/** CPU milliseconds of the gate's process so far, all its threads; NaN where the system does not tell. */
function cpuOf({ transport }) {
  const path = `/proc/${transport.pid}/stat`;
  if (!existsSync(path)) return Number.NaN;
  const [user, system] = readFileSync(path, "utf8").split(") ").at(-1).split(" ").slice(11, 13).map(Number);
  return (user + system) * 10;
}

function quantile(all, part) {
  const sorted = all.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * part)].toFixed(2);
}
