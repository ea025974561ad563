// Runs changed kernels over the corpora, for kernel-mutate.mjs, which ends it where one never stops.
import { parentPort, workerData } from "node:worker_threads";

const { module, corpora, expected } = workerData;
const { recordsOfCorpus } = await import(module);

/** The name of the first corpus that a kernel is noticed by; undefined where none notices it. */
async function noticedBy(wasm, accepting) {
  for (const [i, corpus] of corpora.entries()) {
    if (corpus.accepting !== accepting) continue;
    try {
      const records = await recordsOfCorpus(wasm, corpus);
      if (Buffer.compare(records, Buffer.from(expected[i])) !== 0) return corpus.name;
    } catch (error) {
      return `${corpus.name} (${error.message})`;
    }
  }
  return undefined;
}

parentPort.on("message", async ({ wasm, accepting }) =>
  parentPort.postMessage(await noticedBy(wasm, accepting)),
);
