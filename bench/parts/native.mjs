// Builds and runs the native yardstick (bench/native), which needs gcc, AVX2 and FMA.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { benchFolder, dataFolder } from "./run.mjs";

const program = join(dataFolder, "native-verify");

/** Builds it for this machine's processor; throws with the compiler's words where that fails. */
export function buildNative() {
  const source = join(benchFolder, "native/verify.c");
  const { status, stderr, error } = spawnSync(
    "gcc",
    ["-O3", "-march=native", "-pthread", "-Wall", "-Wextra", source, "-o", program],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`bench/native could not be built: ${error?.message ?? stderr}`);
}

export function compilerVersion() {
  return spawnSync("gcc", ["--version"], { encoding: "utf8" }).stdout?.split("\n")[0] ?? "no gcc";
}

/** Verifies an export; returns what run.mjs' `measure` does, and what the program printed. */
export function measureNative(ledger, keys, threads) {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(program, [ledger, keys, String(threads)], {
    encoding: "utf8",
  });
  const wallSeconds = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`the native program refuses ${ledger}:\n${stdout}${stderr}`);
  const { cpuSeconds, peakMb, ...found } = JSON.parse(stdout);
  return { wallSeconds, cpuSeconds, peakMb, ...found };
}
