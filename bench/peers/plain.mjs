// node bench/peers/plain.mjs RECORDS
// A verifier as one writes it first, in place of a peer that cannot be installed: a line is
// parsed, its proof taken off, the rest canonicalized (`canonicalize`, RFC 8785) and verified
// by node:crypto with a PEM key.
import { generateKeyPairSync, sign, verify } from "node:crypto";
import canonicalize from "canonicalize";
import { ledgerLines } from "../parts/ledger-writer.mjs";
import { timeLoops } from "../parts/peers.mjs";

const count = Number(process.argv[2] ?? 3000);
const { privateKey, publicKey } = generateKeyPairSync("ed25519", {
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

const records = [];
for (const line of ledgerLines(count)) {
  const { intent, receipt } = JSON.parse(line);
  if (receipt === undefined) continue;
  const record = { intent, receipt };
  const value = sign(null, Buffer.from(canonicalize(record)), privateKey).toString("base64url");
  records.push(JSON.stringify({ ...record, proof: { type: "Ed25519Signature2020", value } }));
}
const tampered = records[0].replace("patients/0", "patients/1");

function isGood(line) {
  const { proof, ...record } = JSON.parse(line);
  return verify(null, Buffer.from(canonicalize(record)), publicKey, Buffer.from(proof.value, "base64url"));
}

await timeLoops("canonicalize and node:crypto, PEM key", records, tampered, {
  verify: (of) => of.filter(isGood).length,
});
