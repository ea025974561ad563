// node bench/kernel-agree.mjs [--minutes N] [--seed N]
// Holds the kernels against the reference recognizer on entries edited in their values, alone and
// several at once, signed again, and on lines with bytes changed. Exit code 1 where they differ.
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bundled } from "./parts/bundle.mjs";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "5" }, seed: { type: "string", default: "1" } },
});
const module = await bundled("test/kernel/long-runs.ts");
try {
  const { agreeFor } = await import(module);
  const agreed = await agreeFor(Number(values.minutes), Number(values.seed), console.log);
  process.exitCode = agreed ? 0 : 1;
} finally {
  rmSync(fileURLToPath(module));
}
