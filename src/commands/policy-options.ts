import { existsSync } from "node:fs";
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { readFolderConfig } from "../io/folder-config.js";
import { CannotDo } from "../io/refusal.js";
import { isTime, type Time } from "../json/time.js";

/** The folder of the bundle: the one that was named, else sclaw.json's, else `policy` in this folder. */
export function locatePolicy(given: string | undefined): string {
  const named = given ?? readFolderConfig().policy;
  const found = typeof named === "object" ? named.at(-1) : named;
  if (found !== undefined) return found;
  if (existsSync("policy/bundle.json")) return "policy";
  throw new CannotDo(
    "expected a policy bundle, found none named and no folder policy here",
    "name it with --policy, or make one: sclaw policy init policy",
  );
}

/** The folders of the bundles: those that were named, else sclaw.json's, else `policy` in this folder. */
export function locatePolicies(given: readonly string[] | undefined): readonly string[] {
  if (given !== undefined) return [...new Set(given)];
  const { policy } = readFolderConfig();
  return typeof policy === "object" ? [...new Set(policy)] : [locatePolicy(undefined)];
}

/** An option value that is a time as the format writes it. */
export function timeOption(text: string): Time {
  if (isTime(text)) return text;
  throw new InvalidArgumentError("Expected a time like 2026-06-01T12:00:00.000Z, in UTC.");
}

/** An option that may be given several times. */
export function repeated(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}
