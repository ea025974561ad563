import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { engine } from "#engine";
import { type BundleResult, type PolicyBundle, readBundle } from "../policy/bundle.js";
import type { PolicyFiles } from "../policy/files.js";
import { type Calls, cedarEngine } from "./cedar.js";
import { readSmallFile } from "./read-file.js";
import { CannotDo, refusalOf } from "./refusal.js";

/**
 * The files of a bundle's folder. Files whose names begin with a dot are nobody's (.DS_Store).
 * Throws a refusal where the folder cannot be read.
 */
export function readBundleFiles(folder: string): PolicyFiles {
  const what = `policy bundle ${folder}`;
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    const names = entries.map(({ name }) => name).filter((name) => !name.startsWith("."));
    return new Map(
      names.map((name) => [name, readSmallFile(join(folder, name), `${what}: ${basename(name)}`)]),
    );
  } catch (error) {
    throw refusalOf(error, `cannot read the ${what}`);
  }
}

/** Reads and prepares the bundle in a folder; says everything that is wrong with it. */
export function loadBundle(folder: string, calls: Calls): BundleResult {
  return readBundle(readBundleFiles(folder), cedarEngine(calls), engine.sha3_256);
}

/** The bundle in a folder, which has to be right. Throws a refusal that says how to see all that is wrong. */
export function requireBundle(folder: string, calls: Calls): PolicyBundle {
  const result = loadBundle(folder, calls);
  if (result.ok) return result.bundle;
  const [first] = result.problems;
  const { file = "", line, column, expected, actual } = first!;
  const place = [file, line, column].filter((part) => part !== undefined).join(":");
  const more = result.problems.length > 1 ? ` (and ${result.problems.length - 1} more)` : "";
  throw new CannotDo(
    `the policy bundle ${folder} cannot be used: ${place}: expected ${expected}, found ${actual}${more}`,
    `sclaw policy check ${folder} says all that is wrong`,
  );
}
