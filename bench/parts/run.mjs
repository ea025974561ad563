// Starts measured processes, and summarises and prints what they took.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const benchFolder = fileURLToPath(new URL("..", import.meta.url));
export const root = join(benchFolder, "..");
export const dataFolder = join(benchFolder, ".data");
export const sclaw = join(root, "bin/sclaw.js");
mkdirSync(dataFolder, { recursive: true });

/** Without what makes Node read certificates or options at its start. */
export const cleanEnv = { ...process.env };
for (const name of ["NODE_EXTRA_CA_CERTS", "NODE_OPTIONS", "SCLAW_KEYS", "SCLAW_DEBUG"])
  delete cleanEnv[name];

/**
 * Runs `node …args` to its end, with `input` on standard input and all its threads on core 0
 * where `oneCore` is asked for (taskset). Returns wall and CPU seconds, peak memory and its
 * output. Throws where the exit code is none of `statuses`.
 */
export function measure(args, { oneCore = true, statuses = [0], input = "" } = {}) {
  const usageFile = join(dataFolder, `usage-${process.pid}.json`);
  const node = [process.execPath, "--import", join(benchFolder, "parts/usage.mjs"), ...args];
  const [command, ...rest] = oneCore ? ["taskset", "-c", "0", ...node] : node;
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(command, rest, {
    cwd: root,
    env: { ...cleanEnv, SCLAW_BENCH_USAGE: usageFile },
    input,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const wallSeconds = (performance.now() - started) / 1000;
  if (!statuses.includes(status))
    throw new Error(`exit code ${status}: node ${args.join(" ")}\n${stdout}${stderr}`);
  const usage = JSON.parse(readFileSync(usageFile, "utf8"));
  rmSync(usageFile);
  return { wallSeconds, ...usage, stdout };
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Prints rows of text in columns, the first row as the heading; numbers stand to the right. */
export function printTable(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => String(row[i]).length)));
  for (const row of rows) {
    console.log(
      row
        .map((cell, i) => (i === 0 ? String(cell).padEnd(widths[i]) : String(cell).padStart(widths[i])))
        .join("  "),
    );
  }
}

export function printMachine() {
  const { arch, platform, version } = process;
  console.log(`${cpus()[0]?.model ?? "?"}, ${cpus().length} cores, ${platform} ${arch}, Node ${version}\n`);
}
