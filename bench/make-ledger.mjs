// node bench/make-ledger.mjs N OUT [--keys FILE]
// Makes a ledger export of N receipts, the same each time, and its trust file (by default
// keys.json beside it). See parts/ledger-writer.mjs for what is in it.
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { writeLedger } from "./parts/ledger-writer.mjs";

const { positionals, values } = parseArgs({ allowPositionals: true, options: { keys: { type: "string" } } });
const [countText, out] = positionals;
const count = Number(countText);
if (out === undefined || !Number.isSafeInteger(count) || count < 1) {
  console.error("usage: node bench/make-ledger.mjs N OUT [--keys FILE]");
  process.exit(2);
}
const keys = values.keys ?? join(dirname(out), "keys.json");
mkdirSync(dirname(out), { recursive: true });
const started = performance.now();
const bytes = writeLedger(count, out, keys);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(
  `${out}: ${count} receipts, ${bytes} bytes (${Math.round(bytes / count)} a receipt), ${seconds} s`,
);
console.log(`${keys}: its trust file`);
