// Loaded before a measured program (node --import): writes what the process used, as JSON, to
// the file that SCLAW_BENCH_USAGE names.
import { existsSync, readFileSync, writeFileSync } from "node:fs";

process.once("exit", () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage = {
    peakMb: maxRSS / 1024,
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    mainSeconds: mainThreadSeconds(),
  };
  writeFileSync(process.env.SCLAW_BENCH_USAGE, JSON.stringify(usage));
});

/** CPU seconds of the first thread alone, where Linux tells them, in its ticks of 10 ms. */
function mainThreadSeconds() {
  const path = `/proc/self/task/${process.pid}/stat`;
  if (!existsSync(path)) return Number.NaN;
  const fields = readFileSync(path, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
