import { encodeUtf8 } from "../bytes/utf8.js";
import type { Json } from "./json.js";

/** More levels than any line has; deeper values would end the call stack. */
const maxDepth = 256;

/**
 * The RFC 8785 (JCS) text of a value: members sorted by UTF-16 code units (3.2.3), numbers
 * and strings as ECMAScript writes them (3.2.2), no white space.
 * Takes decoded JSON only; throws a TypeError for what JSON cannot hold (undefined,
 * functions, NaN, lone surrogates, objects of a class), where serializers for programs leave
 * out or repair.
 */
export function canonicalize(value: Json): string {
  return serialize(value, 0);
}

/** The RFC 8785 bytes of a value: what is hashed and signed. */
export function canonicalBytes(value: Json): Uint8Array {
  return encodeUtf8(canonicalize(value));
}

function serialize(value: unknown, depth: number): string {
  switch (typeof value) {
    case "string":
      if (!value.isWellFormed()) throw new TypeError("expected Unicode text, found a lone surrogate");
      return JSON.stringify(value);
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`expected a finite number, found ${value}`);
      return String(value);
    case "boolean":
      return String(value);
    case "object":
      if (value === null) return "null";
      if (depth >= maxDepth) throw new TypeError(`expected at most ${maxDepth} levels`);
      return Array.isArray(value) ? serializeArray(value, depth) : serializeObject(value, depth);
    default:
      throw new TypeError(`expected a JSON value, found ${typeof value}`);
  }
}

function serializeArray(items: readonly unknown[], depth: number): string {
  let text = "[";
  for (let i = 0; i < items.length; i++) text += (i === 0 ? "" : ",") + serialize(items[i], depth + 1);
  return `${text}]`;
}

function serializeObject(value: object, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError("expected a plain object");
  const members = value as { readonly [name: string]: unknown };
  let text = "{";
  // Without an order of its own, sort() compares UTF-16 code units, as RFC 8785 does.
  for (const name of Object.keys(value).sort()) {
    text += `${(text === "{" ? "" : ",") + serialize(name, depth)}:${serialize(members[name], depth + 1)}`;
  }
  return `${text}}`;
}
