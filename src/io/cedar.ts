import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import type { CedarEngine } from "../policy/engine.js";

/** How many decisions the process will make: a few are made sooner than code is optimized for many. */
export type Calls = "few" | "many";

let loaded: CedarEngine | undefined;

/**
 * Cedar for Node, compiled once. Its module is a file of 4 MB that most commands never need.
 *
 * V8 is told two things before it sees the module. Not to inline its calls into JavaScript:
 * Node 20 ends with "Fatal error, unreachable code" when it takes such code back, which some
 * 100,000 decisions bring about (bench/decide.mjs). And for a few calls, to leave out the
 * optimizing compiler, which would take longer than they do.
 */
export function cedarEngine(calls: Calls = "many"): CedarEngine {
  if (loaded !== undefined) return loaded;
  setFlagsFromString("--no-turbo-inline-js-wasm-calls");
  if (calls === "few") setFlagsFromString("--liftoff-only");
  loaded = createRequire(import.meta.url)("@cedar-policy/cedar-wasm/nodejs") as CedarEngine;
  return loaded;
}
