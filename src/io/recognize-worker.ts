// The program of a thread that recognizes ordinary lines: made by recognize-threads.ts, ended by it.
import { parentPort, workerData } from "node:worker_threads";
import { Kernel, type KernelModule } from "../kernel/kernel.js";
import { KernelRecognizer } from "../kernel/kernel-recognizer.js";
import { giveTrust, type KernelTrust } from "../kernel/trust.js";
import type { Block } from "../ledger/recognizer.js";
import { RecordCursor, recordBytes, recordKinds } from "../ledger/record.js";

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
    wholeLines ? copied(block) : withOthers(block),
  );
  const memory = blocks.flatMap(({ bytes, records }) => [bytes.buffer, records.buffer]);
  parentPort!.postMessage(blocks, memory as ArrayBuffer[]);
});

function copied({ bytes, records, ...rest }: Block): Block {
  return { bytes: bytes.slice(), records: records.slice(), ...rest };
}

/** Only the lines that have to be read whole: the others are their records. */
function withOthers({ bytes, records, ...rest }: Block): Block {
  const copy = records.slice();
  const cursor = new RecordCursor(copy);
  const others: Uint8Array[] = [];
  let length = 0;
  for (cursor.at = 0; cursor.at < copy.length; cursor.at += recordBytes) {
    if (cursor.kind !== recordKinds.other) continue;
    others.push(bytes.subarray(cursor.offset, cursor.offset + cursor.length));
    cursor.offset = length;
    length += cursor.length;
  }
  const gathered = new Uint8Array(length);
  let at = 0;
  for (const line of others) {
    gathered.set(line, at);
    at += line.length;
  }
  return { bytes: gathered, records: copy, ...rest };
}
