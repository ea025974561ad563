import { createPublicKey, hash, type KeyObject, verify } from "node:crypto";
import { concatBytes } from "../bytes/bytes.js";
import type { HashFunction } from "../bytes/digest.js";
import { ed25519SpkiPrefix } from "../keys/der.js";
import type { Engine } from "../keys/engine.js";
import type { PublicKey } from "../keys/public-key.js";

/** What `#engine` means in Node: OpenSSL, whose arithmetic has no cofactor. */
export const engine: Engine = {
  name: "node:crypto",
  sha3_256: oneShot("sha3-256"),
  sha256: oneShot("sha256"),
  equationHolds,
};

const keyObjects = new WeakMap<PublicKey, KeyObject>();

function equationHolds(signature: Uint8Array, message: Uint8Array, key: PublicKey): boolean {
  try {
    return verify(null, message, keyObjectOf(key), signature);
  } catch {
    return false;
  }
}

function keyObjectOf(key: PublicKey): KeyObject {
  const known = keyObjects.get(key);
  if (known !== undefined) return known;
  const der = Buffer.from(concatBytes(ed25519SpkiPrefix, key.bytes));
  const made = createPublicKey({ key: der, format: "der", type: "spki" });
  keyObjects.set(key, made);
  return made;
}

/**
 * A hash over 32-byte digests. Asking for a Latin-1 string and reading its characters is
 * the fastest way to bytes on Node 20.20: 65 bytes of SHA3-256 take 0.9 µs, against 1.3 µs
 * as "buffer", 1.9 µs with createHash and 6.4 µs in JavaScript (1500 bytes: 4.3, 4.7, 5.4
 * and 67 µs).
 */
function oneShot(algorithm: string): HashFunction {
  return (data) => {
    const text = hash(algorithm, data, "binary");
    const digest = new Uint8Array(32);
    for (let i = 0; i < 32; i++) digest[i] = text.charCodeAt(i);
    return digest;
  };
}
