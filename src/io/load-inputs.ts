import { createHash } from "node:crypto";
import { dirname, resolve } from "node:path";
import { builtInControls } from "../controls/built-in.js";
import { decodeCatalogue } from "../controls/catalogue-file.js";
import type { Control } from "../controls/control.js";
import { decodeRegisters, type Registers } from "../controls/registers.js";
import type { PolicyBundle } from "../policy/bundle.js";
import { readFolderConfig } from "./folder-config.js";
import { requireBundle } from "./load-bundle.js";
import { loadColumn } from "./load-column.js";
import { readJsonFile } from "./read-json.js";
import { withReleaseBundle } from "./release-bundle.js";

/** What is tested, and against what, with the papers' words for where it came from. */
export interface LoadedInputs {
  readonly controls: readonly Control[];
  readonly registers: Registers | undefined;
  readonly executions: readonly string[] | undefined;
  /** Policy bundles, for controls that decide again. */
  readonly policies: readonly PolicyBundle[];
  readonly words: readonly (readonly [string, string])[];
}

/**
 * Loads the catalogue of controls, the registers and the policy bundles: those named, else
 * those that sclaw.json names, else the built-in controls and nothing else. The execution log
 * stands beside the registers that name it. Throws a refusal with everything that is wrong with
 * a file.
 */
export function loadInputs(given: {
  readonly controls?: string | undefined;
  readonly registers?: string | undefined;
  readonly policy?: readonly string[] | undefined;
  readonly keys?: string | undefined;
}): LoadedInputs {
  const config = readFolderConfig();
  const words: [string, string][] = [];
  return {
    controls: loadControls(given.controls, config.controls, words),
    ...loadRegisters(given.registers, config.registers, words),
    policies: withReleaseBundle(loadPolicies(given.policy, config.policy, words), given.keys),
    words,
  };
}

type Words = [string, string][];

function loadControls(
  given: string | undefined,
  found: string | undefined,
  words: Words,
): readonly Control[] {
  const path = given ?? found;
  if (path === undefined) return builtInControls;
  const { value, bytes } = readJsonFile(path, "catalogue of controls", decodeCatalogue);
  words.push(["controls", sourceWords(path, bytes, given === undefined)]);
  return value;
}

function loadRegisters(
  given: string | undefined,
  found: string | undefined,
  words: Words,
): Pick<LoadedInputs, "registers" | "executions"> {
  const path = given ?? found;
  if (path === undefined) return { registers: undefined, executions: undefined };
  const { value: registers, bytes } = readJsonFile(path, "file of registers", decodeRegisters);
  words.push(["registers", sourceWords(path, bytes, given === undefined)]);
  if (registers.executions === undefined) return { registers, executions: undefined };
  const logPath = resolve(dirname(path), registers.executions.file);
  const log = loadColumn(logPath, registers.executions.column, "execution log");
  const { file } = registers.executions;
  const repeated = log.ids.length - new Set(log.ids).size;
  // What ran twice under one id would be a second execution that no receipt tells of.
  const again = repeated === 0 ? "" : ` (${repeated} of them with the id of another row)`;
  words.push(["execution log", `${file}, ${log.ids.length} rows${again}, SHA-256 ${log.sha256}`]);
  return { registers, executions: log.ids };
}

function loadPolicies(
  given: readonly string[] | undefined,
  found: string | readonly string[] | undefined,
  words: Words,
): readonly PolicyBundle[] {
  const folders = given ?? (typeof found === "string" ? [found] : (found ?? []));
  return [...new Set(folders)].map((folder) => {
    const bundle = requireBundle(folder, "many");
    const named = given === undefined ? ", named by sclaw.json in this folder" : "";
    words.push(["policy", `${folder}, ${bundle.info.version}, ${bundle.hash}${named}`]);
    return bundle;
  });
}

function sourceWords(path: string, bytes: Uint8Array, foundInFolder: boolean): string {
  const found = foundInFolder ? ", named by sclaw.json in this folder" : "";
  return `${path}, SHA-256 ${sha256(bytes)}${found}`;
}

/** SHA-256 in hex: what sha256sum and certutil print. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
