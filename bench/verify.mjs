// node bench/verify.mjs [--receipts N] [--rounds N]
// How near `sclaw verify` comes to its floor: the same signatures by node:crypto and nothing
// else. Both are whole processes on core 0, in turn; see README.md for the method.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeLedger } from "./parts/ledger-writer.mjs";
import { benchFolder, dataFolder, measure, median, printMachine, printTable, sclaw } from "./parts/run.mjs";

const { values } = parseArgs({
  options: {
    receipts: { type: "string", default: "100000" },
    rounds: { type: "string", default: "5" },
  },
});
const receipts = Number(values.receipts);
const rounds = Number(values.rounds);
const nobleSample = 2000;

const ledger = join(dataFolder, `ledger-${receipts}.jsonl`);
const keys = join(dataFolder, "keys.json");
const signatureFile = join(dataFolder, `signatures-${receipts}.bin`);
const floor = join(benchFolder, "parts/floor.mjs");
if (!existsSync(ledger)) writeLedger(receipts, ledger, keys);
measure([join(benchFolder, "parts/signatures.mjs"), ledger, keys, signatureFile], { oneCore: false });

const programs = {
  verify: () => measure([sclaw, "verify", ledger, "--keys", keys]),
  floor: () => measure([floor, "node", signatureFile]),
  noble: () => measure([floor, "noble", signatureFile, String(nobleSample)]),
};
const runs = { verify: [], floor: [], noble: [] };
for (let round = 0; round < rounds; round++) {
  for (const name of Object.keys(programs)) runs[name].push(programs[name]());
}
if (!runs.verify.every(({ stdout }) => stdout.startsWith("VERIFIED (level L0)"))) {
  throw new Error(`expected a ledger that verifies:\n${runs.verify[0].stdout}`);
}
const { signatures } = JSON.parse(runs.floor[0].stdout);
const noblePerSignature =
  median(runs.noble.map(({ stdout }) => JSON.parse(stdout).loopSeconds)) / nobleSample;

const of = (name, what) => median(runs[name].map((run) => run[what]));
const ratios = (what) => runs.verify.map((run, i) => runs.floor[i][what] / run[what]);
const row = (name, cpu, wall, peak) => [
  name,
  Math.round(receipts / cpu),
  Math.round(signatures / cpu),
  cpu.toFixed(2),
  wall === undefined ? "" : wall.toFixed(2),
  (of("floor", "cpuSeconds") / cpu).toFixed(3),
  peak === undefined ? "" : Math.round(peak),
];

printMachine();
console.log(`${receipts} receipts, ${signatures} signatures, ${rounds} rounds in turn, medians, core 0\n`);
printTable([
  ["program", "receipts/s", "signatures/s", "CPU s", "wall s", "of the floor", "peak MB"],
  row("sclaw verify", of("verify", "cpuSeconds"), of("verify", "wallSeconds"), of("verify", "peakMb")),
  row(
    "floor: node:crypto alone",
    of("floor", "cpuSeconds"),
    of("floor", "wallSeconds"),
    of("floor", "peakMb"),
  ),
  row(`@noble/ed25519 alone (${nobleSample}, scaled)`, noblePerSignature * signatures),
]);
const show = (what) =>
  ratios(what)
    .map((ratio) => ratio.toFixed(3))
    .join(" ");
const over = ((of("verify", "cpuSeconds") - of("floor", "cpuSeconds")) / receipts) * 1e6;
console.log(`\nverify / floor in signatures per CPU second, by round: ${show("cpuSeconds")}`);
console.log(`verify / floor in signatures per wall second, by round: ${show("wallSeconds")}`);
console.log(`beyond the signatures: ${over.toFixed(1)} µs a receipt`);
