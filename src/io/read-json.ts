import type { Json } from "../json/json.js";
import type { Shaped } from "../json/shape.js";
import { decodeStrict } from "../json/strict-decoder.js";
import { listReasons } from "./folder-config.js";
import { readSmallFile } from "./read-file.js";
import { CannotDo } from "./refusal.js";

/** A file that people write, read whole, with its bytes for its digest. */
export interface ReadJson<T> {
  readonly value: T;
  readonly bytes: Uint8Array;
}

/**
 * Reads a JSON file that people write; `what` names it in errors ("catalogue of controls").
 * Throws a refusal with everything that is wrong with it.
 */
export function readJsonFile<T>(path: string, what: string, decode: (value: Json) => Shaped<T>): ReadJson<T> {
  const bytes = readSmallFile(path, what);
  const { value, issues } = decodeStrict(bytes, { canonical: false });
  if (value === undefined || issues.length > 0) {
    const reasons = issues.map(
      (issue) => `byte ${issue.offset}: expected ${issue.expected}, found ${issue.actual}`,
    );
    throw new CannotDo(`the ${what} ${path} is not valid JSON: ${reasons.join("; ")}`);
  }
  const shaped = decode(value);
  if (shaped.ok) return { value: shaped.value, bytes };
  throw new CannotDo(
    `the ${what} ${path} cannot be used: ${listReasons(shaped.issues)}`,
    "nothing in it is used until all of it is right",
  );
}
