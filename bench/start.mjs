// node bench/start.mjs [--rounds N]
// What starting costs: `sclaw --help`, and `sclaw verify` of 25 receipts, beside `node -e 0`.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeLedger } from "./parts/ledger-writer.mjs";
import { cleanEnv, dataFolder, median, printMachine, printTable, root, sclaw } from "./parts/run.mjs";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "40" } } });
const rounds = Number(values.rounds);
const ledger = join(dataFolder, "ledger-25.jsonl");
const keys = join(dataFolder, "keys.json");
writeLedger(25, ledger, keys);

const programs = {
  "node -e 0": ["-e", "0"],
  "sclaw --help": [sclaw, "--help"],
  "sclaw verify, 25 receipts": [sclaw, "verify", ledger, "--keys", keys],
};
const times = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const [name, args] of Object.entries(programs)) {
    const started = performance.now();
    const { status } = spawnSync(process.execPath, args, { cwd: root, env: cleanEnv });
    times[name].push(performance.now() - started);
    if (status !== 0) throw new Error(`exit code ${status}: ${name}`);
  }
}

const base = median(times["node -e 0"]);
printMachine();
console.log(`${rounds} rounds in turn, medians of wall time\n`);
printTable([
  ["program", "x node -e 0", "ms", "fastest ms"],
  ...Object.entries(times).map(([name, all]) => {
    const ms = median(all);
    return [name, (ms / base).toFixed(2), ms.toFixed(1), Math.min(...all).toFixed(1)];
  }),
]);
