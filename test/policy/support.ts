import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cedarEngine } from "../../src/io/cedar.js";
import { engine } from "../../src/io/engine-node.js";
import { type BundleResult, type PolicyBundle, readBundle } from "../../src/policy/bundle.js";
import type { Case } from "../../src/policy/case.js";
import { root } from "../support/sclaw.js";

export const cedar = cedarEngine();
/** The same with all of its functions, as a stock engine that is asked directly. */
export const cedarModule = cedar as typeof import("@cedar-policy/cedar-wasm/nodejs");

/** The files of a bundle under fixtures/policies, or of the starter. */
export function filesOf(name: string): Map<string, Uint8Array> {
  const folder = name === "starter" ? join(root, "starter") : join(root, "fixtures/policies", name);
  return new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file))]));
}

export function read(files: ReadonlyMap<string, Uint8Array>): BundleResult {
  return readBundle(files, cedar, engine.sha3_256);
}

export function bundleOf(files: ReadonlyMap<string, Uint8Array>): PolicyBundle {
  const result = read(files);
  if (!result.ok) throw new Error(JSON.stringify(result.problems, undefined, 1));
  return result.bundle;
}

/** The files of a bundle with the text of one of them edited; `from` has to be in it. */
export function edited(
  files: ReadonlyMap<string, Uint8Array>,
  name: string,
  from: string,
  to: string,
): Map<string, Uint8Array> {
  const text = Buffer.from(files.get(name)!).toString();
  if (!text.includes(from)) throw new Error(`expected in ${name}: ${from}`);
  return new Map([...files, [name, Buffer.from(text.replace(from, to))]]);
}

export function caseOf(bundle: PolicyBundle, name: string): Case {
  return bundle.cases.find((one) => one.name === name)!;
}
