import { availableParallelism } from "node:os";
import { setFlagsFromString } from "node:v8";
import { engine as nodeEngine } from "#engine";
import { firstKernel, kernelNames } from "../kernel/choose-kernel.js";
import { kernelPays } from "../kernel/kernel-pays.js";
import { type KernelWork, StagedRecognizer } from "../kernel/staged-recognizer.js";
import type { Engine } from "../keys/engine.js";
import { nobleEngine } from "../keys/engine-noble.js";
import type { TrustFile } from "../keys/trust-file.js";
import type { Tenant } from "../receipt/identifiers.js";
import type { EngineName } from "./engine-names.js";
import type { Noting } from "./noter.js";
import { RecognizeThreads } from "./recognize-threads.js";
import type { ThreadTask } from "./recognize-worker.js";
import { CannotDo } from "./refusal.js";

/** What is asked of the engine: which one, and how many threads; no answer depends on either. */
export interface EngineRequest {
  readonly engine: EngineName;
  /**
   * Threads that recognize lines; undefined for one a core, at most 8, where a ledger is worth them. With
   * fewer than two, this thread does it all; where something is noted, with 0.
   */
  readonly jobs: number | undefined;
  readonly trust: TrustFile;
  readonly tenant: Tenant | undefined;
  /** Whether each entry is observed, for which its line is needed. */
  readonly observed: boolean;
  /** Whether a kernel is wanted from the first line on, whatever it costs to start. */
  readonly atOnce?: boolean;
  /** What threads note of entries, where they are observed for that. */
  readonly noting?: NotingAsked | undefined;
}

/** What threads are to note of entries. */
export interface NotingAsked extends Omit<Noting, "threads"> {
  /** Whether it turns out that threads are worth their start for it, of a ledger that a kernel recognizes. */
  readonly isMuch: () => boolean;
}

/** An engine that was chosen, and what recognizes ordinary lines for it, where something does. */
export interface ChosenEngine {
  readonly engine: Engine;
  readonly recognizer: StagedRecognizer | undefined;
  /** What computed, once it is over, in words. */
  readonly described: () => string;
}

/** A ledger of fewer bytes is verified before threads have started. */
const threadsPay = 6 * 1024 * 1024;

/**
 * Chooses what verifies a ledger. `node` and `noble` go line by line; a kernel recognizes the
 * ordinary lines, and leaves all others to `node`.
 */
export function chooseEngine(request: EngineRequest): ChosenEngine {
  const { engine: name, jobs, observed, noting, atOnce = false } = request;
  if (name === "node" || name === "noble") {
    const engine = name === "node" ? nodeEngine : nobleEngine;
    return { engine, recognizer: undefined, described: () => `${name}, one thread` };
  }
  if (!observed) keepNurserySmall();
  let chosen = "node, one thread";
  const prepare = async () => {
    const work = await prepareKernel(request);
    if (work !== undefined) chosen = work.module.name;
    return work;
  };
  const threads = jobs ?? Math.min(8, availableParallelism());
  const recognizer = new StagedRecognizer(prepare, {
    kernelFrom: name === "auto" && jobs === undefined && !atOnce ? kernelPays : 0,
    helpersFrom: jobs === undefined ? threadsPay : 0,
    isMuch: noting?.isMuch,
    // One thread would only take turns with this one, unless this one has other work.
    startHelpers:
      threads > (noting === undefined ? 1 : 0)
        ? (work) => new RecognizeThreads(work, taskOf(request, threads), threads)
        : undefined,
    sample: Math.random,
  });
  return {
    engine: nodeEngine,
    recognizer,
    described: () => `${chosen}${recognizer.helpers > 0 ? `, ${recognizer.helpers} threads` : ""}`,
  };
}

function taskOf({ observed, noting }: EngineRequest, threads: number): ThreadTask {
  if (noting === undefined) return { wholeLines: observed };
  // A function cannot go to a thread.
  const { isMuch: _here, ...noted } = noting;
  return { wholeLines: true, noting: { ...noted, threads } };
}

/**
 * What threads send is dead as soon as the pass has gone over it, and its memory is free once the
 * young objects that refer to it are collected. A nursery that grows puts that off, for 30 MB and no time.
 */
function keepNurserySmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}

async function prepareKernel({
  engine: name,
  trust,
  tenant,
}: EngineRequest): Promise<KernelWork | undefined> {
  // Node 20's V8 has relaxed SIMD and waits to be told to use it; later ones do not know the flag.
  if (/^v2[01]\./.test(process.version)) setFlagsFromString("--experimental-wasm-relaxed-simd");
  const asked = kernelNames.filter((known) => name === "auto" || name === known);
  const work = await firstKernel(asked, nodeEngine, trust, tenant);
  if (work === undefined && name !== "auto")
    throw new CannotDo(
      `expected that ${name} runs here and knows all keys, found that it fails its self-test, or more than 512 keys`,
      "take --engine auto, or SCLAW_ENGINE=auto where there is no --engine",
    );
  return work;
}
