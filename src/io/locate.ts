import { existsSync } from "node:fs";
import { type FolderConfig, readFolderConfig } from "./folder-config.js";
import { CannotDo } from "./refusal.js";

/** Who named a file: the person in this command or its environment, or the folder itself. */
export type NamedBy = "option" | "environment" | "sclaw.json" | "folder";

/** A file to be read, and who said so. */
export interface Located {
  readonly path: string;
  readonly namedBy: NamedBy;
}

/** What the files of one command are, as given and as found in the folder. */
export interface Locations {
  readonly ledgers: readonly string[];
  readonly keys: Located | undefined;
  readonly since: Located | undefined;
}

/** Whether somebody other than the reader may have named the file: a folder can be delivered whole. */
export function isFoundInFolder(located: Located): boolean {
  switch (located.namedBy) {
    case "option":
    case "environment":
      return false;
    case "sclaw.json":
    case "folder":
      return true;
  }
}

/**
 * Finds what a command works on: what it names, else `SCLAW_KEYS`, `sclaw.json`,
 * `ledger.jsonl` and `keys.json` in this folder. Keys are never taken from an export.
 * Throws a refusal where there is no ledger.
 */
export function locate(given: GivenFiles & { readonly ledgers: readonly string[] }): Locations {
  const config = readFolderConfig();
  return { ledgers: locateLedgers(given.ledgers, config), ...locateKeysAndSince(given, config) };
}

/** The same without a ledger. */
export function locateKeysAndSince(
  given: GivenFiles,
  config = readFolderConfig(),
): Omit<Locations, "ledgers"> {
  return { keys: locateKeys(given.keys, config), since: locateSince(given.since, config) };
}

interface GivenFiles {
  readonly keys?: string | undefined;
  readonly since?: string | undefined;
}

function locateLedgers(given: readonly string[], config: FolderConfig): readonly string[] {
  if (given.length > 0) return given;
  if (typeof config.ledger === "string") return [config.ledger];
  if (config.ledger !== undefined) return config.ledger;
  if (existsSync("ledger.jsonl")) return ["ledger.jsonl"];
  throw new CannotDo(
    "expected a ledger export, found none named and no ledger.jsonl in this folder",
    "name the file, for example: sclaw verify export.jsonl --keys keys.json",
  );
}

/** The trust file to use, where one was named or found. */
export function locateKeys(
  given: string | undefined,
  config: FolderConfig = readFolderConfig(),
): Located | undefined {
  if (given !== undefined) return { path: given, namedBy: "option" };
  const { SCLAW_KEYS: fromEnvironment } = process.env;
  if (fromEnvironment !== undefined && fromEnvironment !== "")
    return { path: fromEnvironment, namedBy: "environment" };
  if (config.keys !== undefined) return { path: config.keys, namedBy: "sclaw.json" };
  return existsSync("keys.json") ? { path: "keys.json", namedBy: "folder" } : undefined;
}

function locateSince(given: string | undefined, config: FolderConfig): Located | undefined {
  if (given !== undefined) return { path: given, namedBy: "option" };
  return config.since === undefined ? undefined : { path: config.since, namedBy: "sclaw.json" };
}
