import serialize from "canonicalize";
import { encodeUtf8 } from "../bytes/utf8.js";
import type { Json } from "./json.js";

/**
 * The RFC 8785 (JCS) text of a value.
 * Takes decoded JSON only; throws a TypeError for what JSON cannot hold (undefined,
 * functions, NaN, lone surrogates), which the serializer would leave out or repair.
 */
export function canonicalize(value: Json): string {
  refuseForeign(value, 0);
  const text = serialize(value);
  if (text === undefined) throw new TypeError("expected a JSON value");
  return text;
}

/** The RFC 8785 bytes of a value: what is hashed and signed. */
export function canonicalBytes(value: Json): Uint8Array {
  return encodeUtf8(canonicalize(value));
}

const maxDepth = 256;

function refuseForeign(value: unknown, depth: number): void {
  if (depth > maxDepth) throw new TypeError(`expected at most ${maxDepth} levels`);
  switch (typeof value) {
    case "string":
    case "boolean":
      return;
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`expected a finite number, found ${value}`);
      return;
    case "object":
      if (value === null) return;
      if (Array.isArray(value)) {
        for (const item of value) refuseForeign(item, depth + 1);
        return;
      }
      if (!isPlain(value)) throw new TypeError("expected a plain object");
      for (const member of Object.values(value)) refuseForeign(member, depth + 1);
      return;
    default:
      throw new TypeError(`expected a JSON value, found ${typeof value}`);
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
