// The program of a thread that asks the engine: made by decide-threads.ts, ended by it.
import { parentPort, workerData } from "node:worker_threads";
import { engine } from "#engine";
import { encodeUtf8 } from "../bytes/utf8.js";
import type { Json } from "../json/json.js";
import type { Time } from "../json/time.js";
import { readBundle } from "../policy/bundle.js";
import { askEngine, understand } from "../policy/decide.js";
import { type Answers, answersTo } from "../policy/request-class.js";
import { cedarEngine } from "./cedar.js";

/** The bundles, each as the texts of its files: what was read once, so that no thread reads another policy. */
export type WorkerBundles = readonly (readonly (readonly [file: string, text: string])[])[];
/** One batch: for each class the place of its bundle, an intent of it, and its time. As JSON text, which is the fastest way between threads. */
export type WorkerBatch = readonly (readonly [bundle: number, intent: Json, at: Time])[];

const bundles = (workerData as WorkerBundles).map((texts) => {
  const files = new Map(texts.map(([name, text]) => [name, encodeUtf8(text)]));
  const result = readBundle(files, cedarEngine(), engine.sha3_256);
  if (!result.ok) throw new Error("expected a bundle that another thread has read, found problems in it");
  return { bundle: result.bundle, ask: askEngine(result.bundle) };
});

parentPort!.on("message", (text: string) => {
  const answers = (JSON.parse(text) as WorkerBatch).map(([place, intent, at]): Answers => {
    const { bundle, ask } = bundles[place]!;
    const understood = understand(bundle, intent, at);
    if (!understood.ok) throw new Error("expected an intent that another thread has understood");
    return answersTo(bundle, understood.question, ask);
  });
  parentPort!.postMessage(JSON.stringify(answers));
});
