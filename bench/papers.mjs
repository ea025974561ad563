// node bench/papers.mjs [--receipts N] [--rounds N]
// What `population`, `sample` and `report` cost beside `verify` of the same export, which each
// of them does as well. Whole processes in turn; see README.md for the method.
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeLedger } from "./parts/ledger-writer.mjs";
import { dataFolder, measure, median, printMachine, printTable, sclaw } from "./parts/run.mjs";

const { values } = parseArgs({
  options: {
    receipts: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "1" },
  },
});
const receipts = Number(values.receipts);
const rounds = Number(values.rounds);

const ledger = join(dataFolder, `ledger-${receipts}.jsonl`);
const keys = join(dataFolder, "keys.json");
if (!existsSync(ledger)) writeLedger(receipts, ledger, keys);

const paper = (name) => join(dataFolder, `paper-${name}`);
const seed = ["--seed", "0123456789abcdef0123456789abcdef"];
const commands = {
  verify: ["verify", ledger],
  population: ["population", ledger],
  "sample --n 25": ["sample", ledger, "--n", "25", ...seed, "--out", paper("25.csv")],
  "sample --n 10000 --stratify tier": [
    ...["sample", ledger, "--n", "10000", "--stratify", "tier", ...seed],
    ...["--out", paper("10000.csv")],
  ],
  "report --criteria CC6,CC7": ["report", ledger, "--criteria", "CC6,CC7", "--out", paper("report.md")],
  "report --rows (CSV)": ["report", ledger, "--rows", "--out", paper("rows.csv")],
};
const names = Object.keys(commands);
const runs = Object.fromEntries(names.map((name) => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const name of names) {
    console.error(`round ${round + 1}: ${name} …`);
    for (const written of readdirSync(dataFolder)) {
      if (written.startsWith("paper-")) rmSync(join(dataFolder, written));
    }
    runs[name].push(measure([sclaw, ...commands[name], "--keys", keys]));
  }
}

const of = (name, what) => median(runs[name].map((run) => run[what]));
const ratiosOf = (name) => runs[name].map((run, i) => run.cpuSeconds / runs.verify[i].cpuSeconds);

printMachine();
const megabytes = Math.round(statSync(ledger).size / 1e6);
console.log(`${receipts} receipts, ${megabytes} MB, rounds: ${rounds}, in turn, medians, core 0\n`);
printTable([
  ["command", "CPU s", "wall s", "times verify (CPU)", "peak MB"],
  ...names.map((name) => [
    name,
    of(name, "cpuSeconds").toFixed(1),
    of(name, "wallSeconds").toFixed(1),
    ratiosOf(name)
      .map((ratio) => ratio.toFixed(2))
      .join(" "),
    Math.round(of(name, "peakMb")),
  ]),
]);
