import { setFlagsFromString } from "node:v8";
import { wasm as fmaWasm } from "#kernel-fma";
import { wasm as integerWasm } from "#kernel-integer";
import { compileKernel, Kernel, type KernelModule } from "../../src/kernel/kernel.js";
import { KernelRecognizer } from "../../src/kernel/kernel-recognizer.js";
import { giveTrust, kernelTrustOf } from "../../src/kernel/trust.js";
import type { TrustFile } from "../../src/keys/trust-file.js";
import { scopeOf } from "../../src/receipt/signed-bytes.js";
import { engine } from "./verify.js";

// Node 20's V8 waits to be told; later ones do not know the flag and need none.
if (/^v2[01]\./.test(process.version)) setFlagsFromString("--experimental-wasm-relaxed-simd");

export const kernelModules = {
  fma: async () => (await compileKernel("kernel-fma", fmaWasm))!,
  integer: async () => (await compileKernel("kernel-integer", integerWasm))!,
} as const;

/** A kernel of the build that has a trust file, as the command line starts it. */
export async function kernelFor(
  module: KernelModule,
  trust: TrustFile,
  tenant?: string,
): Promise<KernelRecognizer> {
  const kernel = await Kernel.start(module);
  const ownScope = tenant === undefined ? undefined : scopeOf(engine.sha3_256, tenant);
  if (!giveTrust(kernel, kernelTrustOf(trust)!, ownScope))
    throw new Error("the kernel refuses the trust file");
  return new KernelRecognizer(kernel);
}
