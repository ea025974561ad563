// node bench/kernel-faults.mjs [--every N]
// Puts faults into the kernel one by one, a wrong bit in each long constant among them, and reports
// those that its self-test does not find.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compileKernel } from "../scripts/build-kernel.mjs";
import { bundled } from "./parts/bundle.mjs";
import { root } from "./parts/run.mjs";

const { values } = parseArgs({ options: { every: { type: "string", default: "1" } } });
const module = await bundled("test/kernel/long-runs.ts");
process.once("exit", () => rmSync(fileURLToPath(module), { force: true }));
const { allFaults, findsFault, withFault } = await import(module);
const faults = allFaults((file) => readFileSync(join(root, "kernel", file), "utf8")).filter(
  (_, i) => i % Number(values.every) === 0,
);
let found = 0;
for (const [i, fault] of faults.entries()) {
  if (i > 0 && i % 25 === 0) console.log(`${i} of ${faults.length}, ${found} found`);
  let wasm;
  try {
    wasm = await compileKernel({ field: fault.field, edit: withFault(fault), quick: true });
  } catch (error) {
    console.log(`not compiled: ${fault.name}: ${error.message.split("\n")[0]}`);
    continue;
  }
  if (await findsFault(wasm)) found++;
  else console.log(`not found: ${fault.name}`);
}
console.log(`${found} of ${faults.length} faults found by the self-test`);
