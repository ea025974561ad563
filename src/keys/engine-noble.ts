import { Point } from "@noble/ed25519";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { sha3_256 } from "@noble/hashes/sha3.js";
import { concatBytes, equalBytes } from "../bytes/bytes.js";
import { encodeHex } from "../bytes/hex.js";
import type { Engine } from "./engine.js";
import type { PublicKey } from "./public-key.js";

/**
 * The engine that runs anywhere: JavaScript alone. Not @noble's `verify`, which multiplies
 * by the cofactor in both its modes and so accepts an R with a component of small order.
 */
export const nobleEngine: Engine = { name: "noble", sha3_256, sha256, equationHolds };

const points = new WeakMap<PublicKey, Point>();

function equationHolds(signature: Uint8Array, message: Uint8Array, key: PublicKey): boolean {
  try {
    const r = signature.subarray(0, 32);
    const s = scalar(signature.subarray(32));
    const k = scalar(sha512(concatBytes(r, key.bytes, message)));
    const expected = Point.BASE.multiply(s, false).subtract(pointOf(key).multiply(k, false));
    return equalBytes(expected.toBytes(), r);
  } catch {
    // @noble throws on some malformed input, where another engine says no.
    return false;
  }
}

function pointOf(key: PublicKey): Point {
  const known = points.get(key);
  if (known !== undefined) return known;
  const point = Point.fromBytes(Uint8Array.from(key.bytes));
  points.set(key, point);
  return point;
}

/** A number from bytes, least significant first, reduced: `multiply` takes no other. */
function scalar(bytes: Uint8Array): bigint {
  return BigInt(`0x${encodeHex(Uint8Array.from(bytes).reverse())}`) % Point.CURVE().n;
}
