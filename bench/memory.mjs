// node bench/memory.mjs [--gb N]
// Peak memory of `sclaw verify` on a large export (2 GB), made here and removed afterwards.
// Also of smaller ones, which shows what grows with the export.
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeLedger } from "./parts/ledger-writer.mjs";
import { dataFolder, measure, printMachine, printTable, sclaw } from "./parts/run.mjs";

const { values } = parseArgs({ options: { gb: { type: "string", default: "2" } } });
const bytesWanted = Number(values.gb) * 1e9;
const ledger = join(dataFolder, "memory.jsonl");
const keys = join(dataFolder, "keys.json");
const bytesEach = writeLedger(1000, ledger, keys) / 1000;

const rows = [["export", "receipts", "peak MB", "CPU s"]];
try {
  for (const part of [0.01, 0.1, 1]) {
    const receipts = Math.ceil((part * bytesWanted) / bytesEach);
    console.error(`making ${receipts} receipts …`);
    writeLedger(receipts, ledger, keys);
    const { size } = statSync(ledger);
    console.error(`verifying ${(size / 1e9).toFixed(2)} GB …`);
    const run = measure([sclaw, "verify", ledger, "--keys", keys], { oneCore: false });
    if (!run.stdout.startsWith("VERIFIED (level L0)")) throw new Error(run.stdout);
    rows.push([
      `${(size / 1e9).toFixed(2)} GB`,
      receipts,
      Math.round(run.peakMb),
      Math.round(run.cpuSeconds),
    ]);
  }
} finally {
  rmSync(ledger, { force: true });
}
printMachine();
printTable(rows);
