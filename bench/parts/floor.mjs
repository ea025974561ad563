// node bench/parts/floor.mjs node|noble SIGNATURES [LIMIT]
// Verifies precomputed signatures and does nothing else: the time that no verifier with this
// engine can go below. Prints the number of signatures and the seconds of the loop alone.
import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const [engine, path, limit] = process.argv.slice(2);
const data = readFileSync(path);
const most = limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
const check = await { node: nodeCrypto, noble }[engine]();

let signatures = 0;
const started = performance.now();
for (let at = 0; at < data.length && signatures < most; signatures++) {
  const key = data.subarray(at, at + 32);
  const signature = data.subarray(at + 32, at + 96);
  const end = at + 98 + data.readUInt16BE(at + 96);
  if (!check(signature, data.subarray(at + 98, end), key)) throw new Error("a signature does not verify");
  at = end;
}
console.log(JSON.stringify({ signatures, loopSeconds: (performance.now() - started) / 1000 }));

async function nodeCrypto() {
  const known = new Map();
  const keyObjectOf = (key) => {
    const id = key.readUInt32BE();
    const before = known.get(id);
    if (before !== undefined) return before;
    const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key]);
    const made = createPublicKey({ key: der, format: "der", type: "spki" });
    known.set(id, made);
    return made;
  };
  return (signature, message, key) => verify(null, message, keyObjectOf(key), signature);
}

async function noble() {
  const ed = await import("@noble/ed25519");
  const { sha512 } = await import("@noble/hashes/sha2.js");
  ed.hashes.sha512 = sha512;
  return (signature, message, key) => ed.verify(signature, message, key);
}
