import { availableParallelism } from "node:os";
import { setFlagsFromString } from "node:v8";
import { engine as nodeEngine } from "#engine";
import { compileKernel, type KernelModule } from "../kernel/kernel.js";
import { passesSelfTest } from "../kernel/self-test.js";
import { kernelTrustOf } from "../kernel/trust.js";
import type { Engine } from "../keys/engine.js";
import { nobleEngine } from "../keys/engine-noble.js";
import type { TrustFile } from "../keys/trust-file.js";
import type { Tenant } from "../receipt/identifiers.js";
import { scopeOf } from "../receipt/signed-bytes.js";
import type { EngineName } from "./engine-names.js";
import type { RecognizeWork } from "./recognize-worker.js";
import { StagedRecognizer } from "./recognizer.js";
import { CannotDo } from "./refusal.js";

const kernels = {
  "kernel-fma": () => import("#kernel-fma"),
  "kernel-integer": () => import("#kernel-integer"),
} as const;
type KernelName = keyof typeof kernels;

/** What is asked of the engine: which one, and how many threads; no answer depends on either. */
export interface EngineRequest {
  readonly engine: EngineName;
  /** Threads that recognize lines; undefined for one a core, at most 8, where a ledger is worth them. */
  readonly jobs: number | undefined;
  readonly trust: TrustFile;
  readonly tenant: Tenant | undefined;
  /** Whether each entry is observed, for which its line is needed. */
  readonly observed: boolean;
  /** Whether a kernel is wanted from the first line on, whatever it costs to start. */
  readonly atOnce?: boolean;
}

/** An engine that was chosen, and what recognizes ordinary lines for it, where something does. */
export interface ChosenEngine {
  readonly engine: Engine;
  readonly recognizer: StagedRecognizer | undefined;
  /** What computed, once it is over, in words. */
  readonly described: () => string;
}

/** A ledger of fewer bytes is verified before a kernel has started. */
const kernelPays = 512 * 1024;
/** And one of fewer before threads have. */
const threadsPay = 6 * 1024 * 1024;

/**
 * Chooses what verifies a ledger. `node` and `noble` go line by line; a kernel recognizes the
 * ordinary lines, and leaves all others to `node`.
 */
export function chooseEngine(request: EngineRequest): ChosenEngine {
  const { engine: name, jobs } = request;
  if (name === "node" || name === "noble") {
    const engine = name === "node" ? nodeEngine : nobleEngine;
    return { engine, recognizer: undefined, described: () => `${name}, one thread` };
  }
  let chosen = "node, one thread";
  const threads = jobs ?? Math.min(8, availableParallelism());
  const prepare = async () => {
    const work = await prepareKernel(request, name === "auto" ? undefined : name);
    if (work !== undefined) chosen = work.module.name;
    return work;
  };
  const recognizer = new StagedRecognizer(prepare, {
    kernelFrom: name === "auto" && jobs === undefined && request.atOnce !== true ? kernelPays : 0,
    threadsFrom: jobs === undefined ? threadsPay : 0,
    threads,
  });
  return {
    engine: nodeEngine,
    recognizer,
    described: () => `${chosen}${recognizer.threads > 1 ? `, ${recognizer.threads} threads` : ""}`,
  };
}

async function prepareKernel(
  { trust, tenant, observed }: EngineRequest,
  forced: KernelName | undefined,
): Promise<RecognizeWork | undefined> {
  const kernelTrust = kernelTrustOf(trust);
  if (kernelTrust === undefined) {
    if (forced === undefined) return undefined;
    throw new CannotDo(
      "expected a trust file of at most 512 keys for a kernel, found a larger one",
      "take --engine node",
    );
  }
  const module = await firstThatWorks(
    forced === undefined ? (Object.keys(kernels) as KernelName[]) : [forced],
  );
  if (module === undefined) {
    if (forced === undefined) return undefined;
    throw new CannotDo(
      `expected a platform that ${forced} runs on, found one where it does not pass its self-test`,
      "take --engine auto",
    );
  }
  const ownScope = tenant === undefined ? undefined : scopeOf(nodeEngine.sha3_256, tenant);
  return { module, trust: kernelTrust, ownScope, wholeLines: observed };
}

async function firstThatWorks(names: readonly KernelName[]): Promise<KernelModule | undefined> {
  for (const name of names) {
    if (name === "kernel-fma" && /^v2[01]\./.test(process.version)) {
      // Node 20's V8 has these instructions and waits to be told to use them.
      setFlagsFromString("--experimental-wasm-relaxed-simd");
    }
    const { wasm } = await kernels[name]();
    const module = await compileKernel(name, wasm);
    if (module !== undefined && (await passesSelfTest(module, nodeEngine.sha3_256))) return module;
  }
  return undefined;
}
