import { describe, expect, it } from "vitest";
import { compileKernel } from "../../scripts/build-kernel.mjs";
import { passesSelfTest } from "../../src/kernel/self-test.js";
import { builtKernels, moduleOf } from "../support/kernel.js";
import { engine } from "../support/verify.js";
import { basicFaults, withFault } from "./faults.js";

describe("the self-test", { timeout: 600_000 }, () => {
  it("lets the kernels through as they were built, and one compiled without optimization", async () => {
    expect((await builtKernels()).map(({ name }) => name)).toContain("kernel-integer");
    const quick = (await moduleOf("quick", await compileKernel({ field: "integer", quick: true })))!;
    expect(await passesSelfTest(quick, engine.sha3_256)).toBe(true);
  });

  it.each(basicFaults)("finds $name", async (fault) => {
    const wasm = await compileKernel({ field: fault.field, edit: withFault(fault), quick: true });
    const module = await moduleOf("faulty", wasm);
    // Where a platform has no such instructions, there is nothing to find.
    if (module !== undefined) expect(await passesSelfTest(module, engine.sha3_256)).toBe(false);
  });
});
