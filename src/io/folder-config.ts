import { existsSync } from "node:fs";
import { decodeShape, list, object, type Shape, type ShapeIssue } from "../json/shape.js";
import { decodeStrict } from "../json/strict-decoder.js";
import { someText } from "../receipt/identifiers.js";
import { readSmallFile } from "./read-file.js";
import { CannotDo } from "./refusal.js";

/** `sclaw.json` in the present folder: where things are, so that short commands work. */
export interface FolderConfig {
  readonly ledger?: string | readonly string[];
  readonly keys?: string;
  readonly since?: string;
  /** A catalogue of controls. */
  readonly controls?: string;
  /** Registers of agents, adapters, tenants, policies, and an execution log. */
  readonly registers?: string;
  /** Folders of policy bundles; the last is the one in force. */
  readonly policy?: string | readonly string[];
}

const file = "sclaw.json";

const paths: Shape<string | readonly string[]> = (value, pointer, issues) => {
  if (Array.isArray(value)) list(someText, { least: 1 })(value, pointer, issues);
  else someText(value, pointer, issues);
};

const shape = object<FolderConfig>(
  {
    ledger: paths,
    keys: someText,
    since: someText,
    controls: someText,
    registers: someText,
    policy: paths,
  },
  ["ledger", "keys", "since", "controls", "registers", "policy"],
);

/**
 * Reads `sclaw.json` of the present folder, where there is one.
 * Throws a refusal that lists everything that is wrong with it.
 */
export function readFolderConfig(): FolderConfig {
  if (!existsSync(file)) return {};
  const { value, issues } = decodeStrict(readSmallFile(file, "configuration"), { canonical: false });
  if (value === undefined || issues.length > 0) {
    throw new CannotDo(
      `${file} is not valid JSON: ${issues.map((issue) => `byte ${issue.offset}: expected ${issue.expected}, found ${issue.actual}`).join("; ")}`,
    );
  }
  const shaped = decodeShape(shape, value);
  if (shaped.ok) return shaped.value;
  throw new CannotDo(`${file} cannot be used: ${listReasons(shaped.issues)}`);
}

/** Every reason on a line of its own. */
export function listReasons(issues: readonly ShapeIssue[]): string {
  return issues
    .map((issue) => `${issue.pointer || "the whole"}: expected ${issue.expected}, found ${issue.actual}`)
    .join("; ");
}
