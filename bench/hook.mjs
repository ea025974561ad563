// node bench/hook.mjs [--rounds N]
// What a coding agent waits for its hook: cold, and with a server, beside `node -e 0`.
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { makeHookWorld, receiptsIn } from "./parts/hook-world.mjs";
import { cleanEnv, measure, median, printMachine, printTable, root, sclaw } from "./parts/run.mjs";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "20" } } });
const rounds = Number(values.rounds);
const [cold, served] = ["hook-cold", "hook-served"].map(makeHookWorld);

const event = (command) =>
  JSON.stringify({
    session_id: "bench",
    cwd: "/projects/app",
    hook_event_name: "PreToolUse",
    tool_name: "Bash",
    tool_input: { command },
  });
const hook = (config) => [sclaw, "hook", "--config", config];
const programs = {
  "node -e 0": { args: ["-e", "0"], input: "" },
  "sclaw hook, denied": { args: hook(cold), input: event("sudo ls") },
  "sclaw hook, allowed": { args: hook(cold), input: event("ls") },
  "with a server, denied": { args: hook(served), input: event("sudo ls") },
  "with a server, allowed": { args: hook(served), input: event("ls") },
};

const server = spawn(process.execPath, [sclaw, "hook", "--serve", "--config", served], {
  cwd: root,
  env: cleanEnv,
  stdio: ["ignore", "ignore", "pipe"],
});
await new Promise((resolve) => server.stderr.once("data", resolve));

const runs = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const [name, { args, input }] of Object.entries(programs)) {
    const run = measure(args, { oneCore: false, input });
    runs[name].push(run);
    if (name.endsWith("denied") !== run.stdout.includes("deny")) throw new Error(`another answer: ${name}`);
  }
}
server.kill("SIGTERM");
await new Promise((resolve) => server.once("close", resolve));

printMachine();
console.log(`${rounds} rounds in turn, medians; ${receiptsIn(cold)} receipts in the ledger at the end\n`);
const milliseconds = (name, what) => 1000 * median(runs[name].map((run) => run[what]));
const ratio = (name, what) => (milliseconds(name, what) / milliseconds("node -e 0", what)).toFixed(2);
printTable([
  ["program", "CPU x node -e 0", "CPU ms", "wall x node -e 0", "wall ms"],
  ...Object.keys(programs).map((name) => [
    name,
    ratio(name, "cpuSeconds"),
    milliseconds(name, "cpuSeconds").toFixed(0),
    ratio(name, "wallSeconds"),
    milliseconds(name, "wallSeconds").toFixed(0),
  ]),
]);
