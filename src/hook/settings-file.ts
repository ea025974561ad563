import { existsSync, mkdirSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { readSmallFile } from "../io/read-file.js";
import { CannotDo, refusalOf } from "../io/refusal.js";
import { writeWholeFile } from "../io/write-file.js";
import { describeJson, isJsonObject, type JsonObject } from "../json/json.js";
import { decodeStrict } from "../json/strict-decoder.js";
import { jsonText } from "../report/json-text.js";

/**
 * Reads an agent's settings; where there are none, they are empty. Throws a refusal for what is
 * no JSON object: what cannot be read whole is not written again.
 */
export function readSettings(path: string): JsonObject {
  if (!existsSync(path)) return {};
  const { value, issues } = decodeStrict(readSmallFile(path, "settings"), { canonical: false });
  const [issue] = issues;
  if (issue !== undefined || value === undefined)
    throw new CannotDo(
      `expected settings as JSON in ${path}, found ${issue?.actual} at byte ${issue?.offset}`,
      "nothing was changed; --print shows what to add by hand",
    );
  if (!isJsonObject(value))
    throw new CannotDo(
      `expected an object in ${path}, found ${describeJson(value)}`,
      "nothing was changed; --print shows what to add by hand",
    );
  return value;
}

/** Writes them back where they were read, through a link if there is one, with the mode that they had. */
export function writeSettings(path: string, settings: JsonObject): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const target = existsSync(path) ? realpathSync(path) : path;
    const mode = existsSync(target) ? statSync(target).mode & 0o777 : 0o644;
    writeWholeFile(target, jsonText(settings), { replace: true, mode });
  } catch (error) {
    throw refusalOf(error, `cannot write the settings ${path}`);
  }
}
