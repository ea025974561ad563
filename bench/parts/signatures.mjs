// node bench/parts/signatures.mjs LEDGER KEYS OUT
// Reads every signature out of an export, with the message that it signs and its public key,
// as records of fixed form: what the floor verifies without having to read JSON.
//   32 bytes public key | 64 bytes signature | 2 bytes length | message
import { hash } from "node:crypto";
import { closeSync, createReadStream, openSync, readFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";

const [ledger, keysFile, out] = process.argv.slice(2);
const trust = JSON.parse(readFileSync(keysFile, "utf8"));
const keys = new Map(trust.keys.map(({ id, public_key }) => [id, Buffer.from(public_key, "base64")]));
const gate = Buffer.from(trust.keys.find(({ role }) => role === "ledger").public_key, "base64");
const sha3 = (text) => hash("sha3-256", text, "buffer");

const file = openSync(out, "w");
let pending = [];
const add = (key, sig, message) => {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  pending.push(key, sig, length, message);
  if (pending.length > 40_000) flush();
};
const flush = () => {
  writeSync(file, Buffer.concat(pending));
  pending = [];
};

// The exports of this folder are ASCII, in canonical order: JSON.stringify gives their bytes back.
for await (const line of createInterface({ input: createReadStream(ledger) })) {
  const { receipt, sig, checkpoint } = JSON.parse(line);
  if (checkpoint !== undefined) {
    const end = checkpoint.indexOf("\n\n") + 1;
    const blob = Buffer.from(checkpoint.trimEnd().split(" ").at(-1), "base64");
    add(gate, blob.subarray(4), Buffer.from(checkpoint.slice(0, end)));
    continue;
  }
  const message = Buffer.concat([Buffer.from("sclaw.receipt/1"), sha3(JSON.stringify(receipt))]);
  add(keys.get(receipt.signer), Buffer.from(sig, "base64"), message);
  for (const signature of receipt.approval.signatures ?? []) addApproval(receipt, signature);
}
flush();
closeSync(file);

function addApproval(receipt, { approver, at, verdict, signer, sig }) {
  const { expires_at, requested_at, required } = receipt.approval;
  const { adapter_id, facts, ir_hash, ledger: name, nonce, policy, risk_tier, tenant } = receipt;
  const statement = {
    adapter_id,
    approver,
    at,
    expires_at,
    facts,
    ir_hash,
    ledger: name,
    nonce,
    policy_hash: policy.hash,
    requested_at,
    required,
    risk_tier,
    tenant,
    verdict,
  };
  const message = Buffer.concat([Buffer.from("sclaw.approve/1"), sha3(JSON.stringify(statement))]);
  add(keys.get(signer), Buffer.from(sig, "base64"), message);
}
