// The program of a thread that recognizes ordinary lines: made by recognize-threads.ts, ended by it.
import { parentPort, workerData } from "node:worker_threads";
import { Kernel, type KernelModule } from "../kernel/kernel.js";
import { KernelRecognizer } from "../kernel/kernel-recognizer.js";
import { withoutOrdinaryLines } from "../kernel/part.js";
import { giveTrust, type KernelTrust } from "../kernel/trust.js";
import type { Block } from "../ledger/recognizer.js";

/** What a thread is started with. */
export interface RecognizeWork {
  readonly module: KernelModule;
  readonly trust: KernelTrust;
  readonly ownScope: Uint8Array | undefined;
  /** Whether the lines of records are wanted back, too: by who observes each entry. */
  readonly wholeLines: boolean;
}

const { module, trust, ownScope, wholeLines } = workerData as RecognizeWork;
const kernel = await Kernel.start(module);
if (!giveTrust(kernel, trust, ownScope)) throw new Error("expected a trust that another kernel has taken");
const recognizer = new KernelRecognizer(kernel, Math.random);

parentPort!.on("message", (lines: Uint8Array) => {
  const blocks = [...recognizer.recognize(lines)].map((block) =>
    wholeLines ? copied(block) : withoutOrdinaryLines(block),
  );
  const memory = blocks.flatMap(({ bytes, records }) => [bytes.buffer, records.buffer]);
  parentPort!.postMessage(blocks, memory as ArrayBuffer[]);
});

function copied({ bytes, records, ...rest }: Block): Block {
  return { bytes: bytes.slice(), records: records.slice(), ...rest };
}
