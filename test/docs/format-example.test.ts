import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import canonicalize from "canonicalize";
import { describe, expect, it } from "vitest";
import { engine } from "../../src/io/engine-node.js";
import { readTrustFile } from "../../src/keys/trust-file.js";
import { verifyWith } from "../../src/ledger/verify.js";
import { withExample } from "./support/make-example.mjs";
import { blockOf, docsPath } from "./support/pages.js";

// Recomputed from the page with node:crypto and canonicalize alone: neither src/ nor the
// script that made the page has a part in it.
const page = readFileSync(docsPath("format.md"), "utf8");
const trust = JSON.parse(blockOf(page, "keys.json"));
const ledgerText = blockOf(page, "ledger.jsonl");
const lines = ledgerText
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line));
const values = new Map(
  blockOf(page, "values")
    .trimEnd()
    .split("\n")
    .map((line): [string, string] => {
      const at = line.indexOf(" = ");
      return [line.slice(0, at), line.slice(at + 3)];
    }),
);
const asked = new Set<string>();

/** The value that the page prints under a name. */
function printed(name: string): string {
  const value = values.get(name);
  if (value === undefined) throw new Error(`expected a value "${name}" in the page, found none`);
  asked.add(name);
  return value;
}

const H = (...parts: (Buffer | string)[]) => hashOf("sha3-256", parts);
const hashOf = (algorithm: string, parts: (Buffer | string)[]) => {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const written = (hash: Buffer) => `sha3-256:${hash.toString("hex")}`;
const hex = (text: string) => Buffer.from(text, "hex");
const base64 = (text: string) => Buffer.from(text, "base64");
const jcs = (value: unknown) => canonicalize(value) as string;

function privateKey(seed: Buffer): KeyObject {
  const der = Buffer.concat([hex("302e020100300506032b657004220420"), seed]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}

function publicKey(bytes: Buffer): KeyObject {
  const der = Buffer.concat([hex("302a300506032b6570032100"), bytes]);
  return createPublicKey({ key: der, format: "der", type: "spki" });
}

function testSignature(message: Buffer, sig: string, bytes: Buffer, seed: Buffer): void {
  expect(verify(null, message, publicKey(bytes), base64(sig))).toBe(true);
  expect(sign(null, message, privateKey(seed)).toString("base64")).toBe(sig);
}

const keyOf = (role: string) => {
  const name = `${role} key`;
  return { bytes: hex(printed(`${name}: public key`)), seed: hex(printed(`${name}: seed (private)`)) };
};

describe("the worked example of docs/format.md", () => {
  it("is what its script makes", () => {
    expect(withExample(page)).toBe(page);
  });

  it.each(["ledger", "approver"])("has the %s key's id and public key", (role) => {
    const { bytes, seed } = keyOf(role);
    const spki = createPublicKey(privateKey(seed)).export({ format: "der", type: "spki" });
    expect(spki.subarray(-32)).toEqual(bytes);
    expect(H(bytes).toString("hex")).toBe(printed(`${role} key: H(public key)`));
    const id = `ed25519:${H(bytes).toString("hex").slice(0, 32)}`;
    expect(id).toBe(printed(`${role} key: id`));
    const inFile = trust.keys.find((key: { role: string }) => key.role === role);
    expect(inFile.id).toBe(id);
    expect(base64(inFile.public_key)).toEqual(bytes);
  });

  it("has the trust file's fingerprint", () => {
    expect(written(H(jcs(trust)))).toBe(printed("trust file: fingerprint"));
  });

  it("has canonical lines, each ended by LF", () => {
    expect(lines.map((line) => `${jcs(line)}\n`).join("")).toBe(ledgerText);
    expect(lines.map((line) => Object.keys(line))).toEqual([
      ["intent", "receipt", "sig"],
      ["intent", "receipt", "sig"],
      ["checkpoint"],
    ]);
  });

  it("has the intent's hash", () => {
    for (const { intent, receipt } of lines.slice(0, 2)) {
      expect(jcs(intent)).toBe(printed("intent: canonical bytes"));
      expect(written(H(jcs(intent)))).toBe(printed("intent: ir_hash"));
      expect(receipt.ir_hash).toBe(printed("intent: ir_hash"));
    }
  });

  it.each([0, 1])("has receipt %i's digest, message, signature, scope and leaf", (i) => {
    const { receipt, sig } = lines[i];
    const name = `receipt ${i}`;
    expect(jcs(receipt)).toBe(printed(`${name}: canonical bytes`));
    const digest = H(jcs(receipt));
    expect(digest.toString("hex")).toBe(printed(`${name}: digest`));
    const message = Buffer.concat([Buffer.from("sclaw.receipt/1"), digest]);
    expect(message).toHaveLength(47);
    expect(message.toString("hex")).toBe(printed(`${name}: signed message`));
    expect(sig).toBe(printed(`${name}: sig`));
    const { bytes, seed } = keyOf("ledger");
    testSignature(message, sig, bytes, seed);
    expect(receipt.signer).toBe(printed("ledger key: id"));
    const scope = H("sclaw.scope/1", receipt.tenant);
    expect(written(scope)).toBe(printed("scope of the tenant"));
    const leaf = H(Buffer.of(0), scope, digest, base64(sig));
    expect(leaf.toString("hex")).toBe(printed(`${name}: leaf`));
    expect(receipt.seq).toBe(i);
    const prev = i === 0 ? "0".repeat(64) : printed("receipt 0: leaf");
    expect(receipt.prev).toBe(`sha3-256:${prev}`);
  });

  it("has the approver's statement and signature", () => {
    const { receipt } = lines[1];
    const { adapter_id, facts, ir_hash, ledger, nonce, risk_tier, tenant, policy, approval } = receipt;
    const { expires_at, required, requested_at } = approval;
    const { approver, at, verdict, sig, signer } = approval.signatures[0];
    const statement = jcs({
      ...{ adapter_id, approver, at, expires_at, facts, ir_hash, ledger, nonce, policy_hash: policy.hash },
      ...{ required, requested_at, risk_tier, tenant, verdict },
    });
    expect(statement).toBe(printed("approval: statement"));
    expect(H(statement).toString("hex")).toBe(printed("approval: H(statement)"));
    const message = Buffer.concat([Buffer.from("sclaw.approve/1"), H(statement)]);
    expect(message.toString("hex")).toBe(printed("approval: signed message"));
    expect(sig).toBe(printed("approval: sig"));
    expect(signer).toBe(printed("approver key: id"));
    const { bytes, seed } = keyOf("approver");
    testSignature(message, sig, bytes, seed);
  });

  it("has the roots and the checkpoint", () => {
    const [first, second] = [hex(printed("receipt 0: leaf")), hex(printed("receipt 1: leaf"))];
    expect(written(first)).toBe(printed("root of size 1"));
    const root = H(Buffer.of(1), first, second);
    expect(written(root)).toBe(printed("root of size 2"));

    const text = `${trust.ledger}\n2\n${root.toString("base64")}\n`;
    expect(text).toBe(JSON.parse(printed("checkpoint: text")));
    const { bytes, seed } = keyOf("ledger");
    const keyHash = hashOf("sha256", [trust.ledger, Buffer.of(0x0a, 0x01), bytes]).subarray(0, 4);
    expect(keyHash.toString("hex")).toBe(printed("checkpoint: key hash"));
    const sig = printed("checkpoint: signature");
    testSignature(Buffer.from(text), sig, bytes, seed);
    const blob = Buffer.concat([keyHash, base64(sig)]).toString("base64");
    const note = `${text}\n\u2014 ${trust.ledger} ${blob}\n`;
    expect(note).toBe(JSON.parse(printed("checkpoint: note")));
    expect(lines[2]).toEqual({ checkpoint: note });
  });

  it("prints no value that was not recomputed", () => {
    expect([...values.keys()].filter((name) => !asked.has(name))).toEqual([]);
  });

  it("verifies with the library", async () => {
    const read = readTrustFile(Buffer.from(blockOf(page, "keys.json")), engine);
    if (!read.ok) throw new Error(JSON.stringify(read.reasons));
    const bytes = Buffer.from(ledgerText);
    const verdict = await verifyWith(engine, [{ name: "ledger.jsonl", bytes }], { trust: read.trust });
    expect(verdict).toMatchObject({
      integrity: "verified",
      findings: [],
      deviations: 0,
      level: "L0",
      size: 2,
    });
    expect(verdict.root).toBe(printed("root of size 2"));
    expect(verdict.keysFingerprint).toBe(printed("trust file: fingerprint"));
  });
});
