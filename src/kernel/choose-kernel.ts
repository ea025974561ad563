import type { Engine } from "../keys/engine.js";
import type { TrustFile } from "../keys/trust-file.js";
import type { Tenant } from "../receipt/identifiers.js";
import { scopeOf } from "../receipt/signed-bytes.js";
import { compileKernel } from "./kernel.js";
import { passesSelfTest } from "./self-test.js";
import type { KernelWork } from "./staged-recognizer.js";
import { kernelTrustOf } from "./trust.js";

const kernels = {
  "kernel-fma": () => import("#kernel-fma"),
  "kernel-integer": () => import("#kernel-integer"),
} as const;
export type KernelName = keyof typeof kernels;

/** The kernels, fastest first. */
export const kernelNames = Object.keys(kernels) as readonly KernelName[];

/**
 * What the first kernel of a list is started with that this platform knows and that passes its
 * self-test here. Returns undefined where there is none, or where the trust file is too large for one
 * (more than 512 keys).
 */
export async function firstKernel(
  names: readonly KernelName[],
  engine: Engine,
  trust: TrustFile,
  tenant: Tenant | undefined,
): Promise<KernelWork | undefined> {
  const kernelTrust = kernelTrustOf(trust);
  if (kernelTrust === undefined) return undefined;
  for (const name of names) {
    const { wasm } = await kernels[name]();
    const module = await compileKernel(name, wasm);
    if (module === undefined || !(await passesSelfTest(module, engine.sha3_256, kernelTrust.keys.length)))
      continue;
    const ownScope = tenant === undefined ? undefined : scopeOf(engine.sha3_256, tenant);
    return { module, trust: kernelTrust, ownScope };
  }
  return undefined;
}
