import { createHash } from "node:crypto";
import { dirname, resolve } from "node:path";
import { builtInControls } from "../controls/built-in.js";
import { decodeCatalogue } from "../controls/catalogue-file.js";
import type { Control } from "../controls/control.js";
import { decodeRegisters, type Registers } from "../controls/registers.js";
import { readFolderConfig } from "./folder-config.js";
import { loadColumn } from "./load-column.js";
import { readJsonFile } from "./read-json.js";

/** What is tested, and against what, with the papers' words for where it came from. */
export interface LoadedInputs {
  readonly controls: readonly Control[];
  readonly registers: Registers | undefined;
  readonly executions: readonly string[] | undefined;
  readonly words: readonly (readonly [string, string])[];
}

/**
 * Loads the catalogue of controls and the registers: those named, else those that sclaw.json
 * names, else the built-in controls and no register. The execution log stands beside the
 * registers that name it. Throws a refusal with everything that is wrong with a file.
 */
export function loadInputs(given: {
  readonly controls?: string | undefined;
  readonly registers?: string | undefined;
}): LoadedInputs {
  const config = readFolderConfig();
  const controlsPath = given.controls ?? config.controls;
  const registersPath = given.registers ?? config.registers;
  const words: [string, string][] = [];
  let controls = builtInControls;
  if (controlsPath !== undefined) {
    const read = readJsonFile(controlsPath, "catalogue of controls", decodeCatalogue);
    controls = read.value;
    words.push(["controls", sourceWords(controlsPath, read.bytes, given.controls === undefined)]);
  }
  if (registersPath === undefined) return { controls, registers: undefined, executions: undefined, words };
  const { value: registers, bytes } = readJsonFile(registersPath, "file of registers", decodeRegisters);
  words.push(["registers", sourceWords(registersPath, bytes, given.registers === undefined)]);
  if (registers.executions === undefined) return { controls, registers, executions: undefined, words };
  const logPath = resolve(dirname(registersPath), registers.executions.file);
  const log = loadColumn(logPath, registers.executions.column, "execution log");
  words.push([
    "execution log",
    `${registers.executions.file}, ${log.ids.length} rows, SHA-256 ${log.sha256}`,
  ]);
  return { controls, registers, executions: log.ids, words };
}

function sourceWords(path: string, bytes: Uint8Array, foundInFolder: boolean): string {
  const found = foundInFolder ? ", named by sclaw.json in this folder" : "";
  return `${path}, SHA-256 ${sha256(bytes)}${found}`;
}

/** SHA-256 in hex: what sha256sum and certutil print. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
