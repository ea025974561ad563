import { createHash, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { engine as node } from "../../src/io/engine-node.js";
import { nobleEngine } from "../../src/keys/engine-noble.js";
import { type PublicKey, readPublicKey } from "../../src/keys/public-key.js";

export const engines = [node, nobleEngine] as const;

export const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** A private key from a label: tests have no randomness. */
export function privateKeyOf(label: string): KeyObject {
  const seed = createHash("sha256").update(`sclaw test ${label}`).digest();
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}

export function publicBytesOf(label: string): Uint8Array {
  const der = createPublicKey(privateKeyOf(label)).export({ format: "der", type: "spki" });
  return new Uint8Array(der.subarray(-32));
}

export function publicKeyOf(label: string): PublicKey {
  const read = readPublicKey(node.sha3_256, publicBytesOf(label));
  if (!read.ok) throw new Error(read.actual);
  return read.key;
}
