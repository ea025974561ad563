// node bench/speed.mjs [--receipts N] [--small N] [--records N] [--rounds N] [--threads N]
// node bench/speed.mjs --scale [--largest N] [--rounds N]
// How fast the whole `sclaw verify` is beside its yardsticks: a native program that does the
// same job, node:crypto alone, our own verifier without its kernel, and the verifiers of others
// (install those first: node bench/peers/install.mjs). See README.md for the method.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeLedger } from "./parts/ledger-writer.mjs";
import { buildNative, compilerVersion, measureNative } from "./parts/native.mjs";
import { installed, peers } from "./parts/peers.mjs";
import {
  benchFolder,
  dataFolder,
  measure,
  median,
  printMachine,
  printTable,
  root,
  sclaw,
} from "./parts/run.mjs";

const { values } = parseArgs({
  options: {
    receipts: { type: "string", default: "200000" }, // what the whole verify and the native program read
    small: { type: "string", default: "20000" }, // what the slow ones read; they count as rates
    records: { type: "string", default: "3000" }, // of each peer
    rounds: { type: "string", default: "5" },
    threads: { type: "string", default: "2" }, // of the native program
    scale: { type: "boolean", default: false },
    largest: { type: "string", default: "1000000" }, // of the ledgers of --scale; 10,000,000 are 15 GB
  },
});
const numbers = ["receipts", "small", "records", "rounds", "threads", "largest"];
const [receipts, small, records, rounds, threads, largest] = numbers.map((name) => {
  const number = Number(values[name]);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name} ${values[name]}`);
  return number;
});

const keys = join(dataFolder, "keys.json");
const ledgerOf = (count) => {
  const path = join(dataFolder, `ledger-${count}.jsonl`);
  if (!existsSync(path)) writeLedger(count, path, keys);
  return path;
};

/** The whole command, with all the cores that it takes. */
function wholeVerify(count, options = []) {
  const args = [sclaw, "verify", ledgerOf(count), "--keys", keys, "--format", "json", ...options];
  const run = measure(args, { oneCore: false });
  const verdict = JSON.parse(run.stdout);
  if (verdict.integrity !== "verified" || verdict.disclosed !== count)
    throw new Error(`expected a ledger that verifies:\n${run.stdout}`);
  return { ...run, root: verdict.root, receipts: count };
}

if (values.scale) scale();
else compare();

function compare() {
  buildNative();
  const signatureFile = join(dataFolder, `signatures-${small}.bin`);
  measure([join(benchFolder, "parts/signatures.mjs"), ledgerOf(small), keys, signatureFile], {
    oneCore: false,
  });
  const whole = measureNative(ledgerOf(receipts), keys, threads);
  const part = measureNative(ledgerOf(small), keys, threads);

  const programs = new Map();
  programs.set("sclaw verify", () => ({ ...wholeVerify(receipts), signatures: whole.signatures }));
  programs.set(`native, ${threads} threads`, () => measureNative(ledgerOf(receipts), keys, threads));
  programs.set("floor: node:crypto alone, one core", () => {
    const run = measure([join(benchFolder, "parts/floor.mjs"), "node", signatureFile]);
    return { ...run, receipts: small, signatures: JSON.parse(run.stdout).signatures };
  });
  const help = measure([sclaw, "verify", "--help"], { oneCore: false }).stdout;
  if (help.includes("--engine")) {
    programs.set("sclaw verify --engine node", () => {
      return { ...wholeVerify(small, ["--engine", "node"]), signatures: part.signatures };
    });
  }
  const present = Object.keys(peers).filter((peer) => installed(peer) !== undefined);
  if (present.length < Object.keys(peers).length) present.push("plain");
  for (const peer of present) programs.set(peer, () => runPeer(peer));

  const runs = new Map();
  const loads = [loadavg()[0]];
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of programs) {
      for (const result of [run()].flat()) {
        const row = result.name ?? name;
        runs.set(row, [...(runs.get(row) ?? []), result]);
      }
    }
    loads.push(loadavg()[0]);
  }
  const ours = runs.get("sclaw verify");
  if (ours.some((run) => run.root !== whole.root)) throw new Error("the native program finds another root");

  printHead(loads);
  console.log(
    `${receipts} receipts, ${whole.signatures} signatures; ${small} and ${records} for the slow ones; ` +
      `${rounds} rounds in turn, medians\n`,
  );
  const rate = (run, seconds) => run.signatures / run[seconds];
  const ratios = (of, seconds) => ours.map((run, i) => rate(run, seconds) / rate(of[i], seconds));
  const span = (numbers) =>
    [median(numbers), Math.min(...numbers), Math.max(...numbers)].map((number) => number.toPrecision(3));
  const rows = [...runs].map(([name, of]) => {
    const wall = median(of.map((run) => run.wallSeconds));
    const [times, lowest, highest] = span(ratios(of, "wallSeconds"));
    return [
      name,
      Math.round(of[0].receipts / wall),
      Math.round(of[0].signatures / wall),
      `${times} (${lowest} to ${highest})`,
      span(ratios(of, "cpuSeconds"))[0],
      wall.toFixed(2),
      median(of.map((run) => run.cpuSeconds)).toFixed(2),
      of[0].peakMb === undefined ? "" : Math.round(median(of.map((run) => run.peakMb))),
    ];
  });
  printTable([
    ["program", "receipts/s", "signatures/s", "verify is times it", "by CPU", "wall s", "CPU s", "peak MB"],
    ...rows,
  ]);
}

/** One row a loop: its own time, without starting and without making the records. */
function runPeer(peer) {
  const { stdout } = measure([join(benchFolder, "peers", `${peer}.mjs`), String(records)], {
    oneCore: false,
  });
  const { program, records: count, bytes, loops } = JSON.parse(stdout);
  const size = Math.round(bytes / count);
  return loops.map(({ name, seconds, cpuSeconds }) => ({
    name: `${program}: ${name} (${size} B)`,
    receipts: count,
    signatures: count,
    wallSeconds: seconds,
    cpuSeconds,
  }));
}

/** Is the time in proportion to the receipts, and the memory not? */
function scale() {
  const sizes = [10_000, 100_000, 1_000_000, 10_000_000].filter((size) => size <= largest);
  for (const size of sizes) ledgerOf(size);
  const runs = sizes.map(() => []);
  const loads = [loadavg()[0]];
  for (let round = 0; round < rounds; round++) {
    for (const [i, size] of sizes.entries()) runs[i].push(wholeVerify(size));
    loads.push(loadavg()[0]);
  }
  printHead(loads);
  console.log(`${rounds} rounds in turn, medians; by round: µs of wall time a receipt\n`);
  printTable([
    ["receipts", "wall s", "receipts/s", "CPU µs a receipt", "peak MB", "by round"],
    ...sizes.map((size, i) => {
      const wall = median(runs[i].map((run) => run.wallSeconds));
      const cpu = median(runs[i].map((run) => run.cpuSeconds));
      return [
        size,
        wall.toFixed(2),
        Math.round(size / wall),
        ((cpu / size) * 1e6).toFixed(1),
        Math.round(median(runs[i].map((run) => run.peakMb))),
        runs[i].map((run) => ((run.wallSeconds / size) * 1e6).toFixed(1)).join(" "),
      ];
    }),
  ]);
}

function printHead(loads) {
  printMachine();
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const git = (...args) => spawnSync("git", args, { cwd: root, encoding: "utf8" }).stdout?.trim() ?? "";
  const changed = git("status", "--porcelain") === "" ? "" : " and changes";
  const found = Object.keys(peers).map((peer) => installed(peer) ?? `${peer} not installed`);
  console.log(`sclaw ${version} at ${git("rev-parse", "--short", "HEAD")}${changed}, ${compilerVersion()}`);
  console.log(`${new Date().toISOString()}, ${found.join(", ")}`);
  console.log(`load before and after each round: ${loads.map((load) => load.toFixed(1)).join(" ")}\n`);
}
