// Loaded before a measured program (node --import): writes what the process used, as JSON, to
// the file that SCLAW_BENCH_USAGE names.
import { writeFileSync } from "node:fs";

process.once("exit", () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage = { peakMb: maxRSS / 1024, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 };
  writeFileSync(process.env.SCLAW_BENCH_USAGE, JSON.stringify(usage));
});
