// Writes a large ledger export of the format in docs/format.md: fast, in constant memory and
// always the same for the same count. Uses node:crypto alone, so that what is measured by it
// shares no code with what made it. Objects are written with their members in RFC 8785 order
// and hold ASCII and integers only, so that JSON.stringify gives their canonical form.
import { createHash, createPrivateKey, createPublicKey, hash, sign } from "node:crypto";
import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";

const sha3 = (data) => hash("sha3-256", data, "buffer");
const digestText = (bytes) => `sha3-256:${bytes.toString("hex")}`;
const timeText = (ms) => new Date(ms).toISOString();

const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex");

function makeKey(label) {
  const seed = sha3(`sclaw bench key ${label}`);
  const secret = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: "der", type: "pkcs8" });
  const publicKey = Buffer.from(createPublicKey(secret).export({ format: "jwk" }).x, "base64url");
  const id = `ed25519:${sha3(publicKey).toString("hex").slice(0, 32)}`;
  return { id, publicKey, sign: (message) => sign(null, message, secret) };
}

export const ledgerName = "acme.example/agents";
const gate = makeKey("gate");
const people = ["alice", "bob", "carol", "dave"].map((name) => ({
  holder: `user:${name}`,
  key: makeKey(name),
}));

export function trustFile() {
  const entry = ({ id, publicKey }, role, holder) => {
    return { id, role, holder, public_key: publicKey.toString("base64") };
  };
  const members = people.map(({ holder }) => ({ holder }));
  return {
    format: "sclaw.keys/1",
    ledger: ledgerName,
    tiers: { T2_ELEVATED: ["releasers"], T3_SOVEREIGN: ["platform-owners"] },
    groups: {
      releasers: { threshold: 2, members },
      "platform-owners": { threshold: 2, members },
    },
    keys: [
      entry(gate, "ledger", "runtime:gate-1"),
      ...people.map(({ holder, key }) => entry(key, "approver", holder)),
    ],
  };
}

const tenants = [
  {
    tenant: "tenant:health",
    agent: { id: "agent:intake", on_behalf_of: "user:nurse" },
    adapter_id: "adapter:ehr@1.4",
  },
  { tenant: "tenant:pay/prod", agent: { id: "agent:payout" }, adapter_id: "adapter:pay@2.0" },
];
for (const one of tenants) one.scope = sha3(`sclaw.scope/1${one.tenant}`);

const epoch = Date.UTC(2026, 5, 1, 12);
const step = 1000;
const policyHash = digestText(sha3("sclaw bench policy"));

// Of three requests one is held, and granted two places later by two people: four receipts
// with six signatures.
const cycle = ["held", "allowed", "denied or allowed", "granted"];

/** The parts of one request that its intent and all of its receipts share. */
function requestOf(place, kind) {
  const party = tenants[(place >> 2) % tenants.length];
  const held = kind === "held";
  const rows = 20 + (place % 4000);
  const intent = {
    adapter_id: party.adapter_id,
    agent: party.agent,
    operation: held ? "export" : "read",
    params: { rows, ward: place % 37 },
    resource: `patients/${place % 100_000}`,
    schema: "sclaw.intent/1",
    tenant: party.tenant,
  };
  const intentText = JSON.stringify(intent);
  return {
    party,
    held,
    intentText,
    irHash: digestText(sha3(intentText)),
    nonce: createHash("sha256").update(`nonce ${place}`).digest().subarray(0, 16).toString("base64"),
    correlation: `corr_${place}`,
    facts: { bulk: held, rows },
    requestedAt: epoch + place * step,
  };
}

const hour = 3_600_000;
const required = [{ group: "releasers", threshold: 2 }];

function approvalOf(request, kind) {
  if (!request.held) return { state: "not_required" };
  const expires_at = timeText(request.requestedAt + hour);
  const requested_at = timeText(request.requestedAt);
  const signatures = kind === "granted" ? approvalsOf(request, requested_at, expires_at) : [];
  const state = kind === "granted" ? "granted" : "pending";
  return { expires_at, requested_at, required, signatures, state };
}

function approvalsOf(request, requested_at, expires_at) {
  const first = (request.requestedAt / step) % people.length;
  return [0, 1].map((i) => {
    const { holder, key } = people[(first + i) % people.length];
    const at = timeText(request.requestedAt + (i + 1) * 400);
    const statement = {
      adapter_id: request.party.adapter_id,
      approver: holder,
      at,
      expires_at,
      facts: request.facts,
      ir_hash: request.irHash,
      ledger: ledgerName,
      nonce: request.nonce,
      policy_hash: policyHash,
      requested_at,
      required,
      risk_tier: "T2_ELEVATED",
      tenant: request.party.tenant,
      verdict: "approve",
    };
    const message = Buffer.concat([Buffer.from("sclaw.approve/1"), sha3(JSON.stringify(statement))]);
    const sig = key.sign(message).toString("base64");
    return { approver: holder, at, sig, signer: key.id, verdict: "approve" };
  });
}

function outcomeOf(executed, decided) {
  if (!executed) return { status: "not_executed" };
  return {
    completed_at: timeText(decided + 300),
    result_hash: digestText(sha3(`result ${decided}`)),
    started_at: timeText(decided + 100),
    status: "executed",
  };
}

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

function base32(number, digits) {
  let text = "";
  for (let rest = number; text.length < digits; rest = Math.floor(rest / 32)) {
    text = crockford[rest % 32] + text;
  }
  return text;
}

/** Adds leaves one by one and knows the root (RFC 6962); holds one hash a level. */
class Tree {
  size = 0;
  #subtrees = [];

  append(leaf) {
    this.size++;
    let node = leaf;
    for (let width = this.size; width % 2 === 0; width /= 2) node = nodeOf(this.#subtrees.pop(), node);
    this.#subtrees.push(node);
  }

  root() {
    if (this.size === 0) return sha3("");
    return this.#subtrees.reduceRight((right, left) => nodeOf(left, right));
  }
}

const nodeOf = (left, right) => sha3(Buffer.concat([Buffer.of(1), left, right]));

function noteOf(tree) {
  const text = `${ledgerName}\n${tree.size}\n${tree.root().toString("base64")}\n`;
  const keyHash = createHash("sha256")
    .update(`${ledgerName}\n`)
    .update(Buffer.of(1))
    .update(gate.publicKey)
    .digest()
    .subarray(0, 4);
  const blob = Buffer.concat([keyHash, gate.sign(Buffer.from(text))]).toString("base64");
  return `${text}\n— ${ledgerName} ${blob}\n`;
}

/** Yields the lines of an export of `count` receipts, a checkpoint after every 1,000 and at the end. */
export function* ledgerLines(count) {
  const tree = new Tree();
  let previous = Buffer.alloc(32);
  let heldRequest;
  for (let place = 0; place < count; place++) {
    const kind = cycle[place % cycle.length];
    const request = kind === "granted" ? heldRequest : requestOf(place, kind);
    if (kind === "held") heldRequest = request;
    const decided = epoch + place * step;
    const denied = kind === "denied or allowed" && place % 3 === 0;
    const executed = kind !== "held" && !denied;
    const { party } = request;
    const receipt = {
      adapter_id: party.adapter_id,
      agent: party.agent,
      approval: approvalOf(request, kind),
      correlation_id: request.correlation,
      decided_at: timeText(decided),
      decision: denied ? "deny" : request.held ? "approval" : "allow",
      facts: request.facts,
      ir_hash: request.irHash,
      issued_at: timeText(decided + 500),
      ledger: ledgerName,
      nonce: request.nonce,
      outcome: outcomeOf(executed, decided),
      policy: { hash: policyHash, version: "2026.06@v7" },
      prev: digestText(previous),
      rationale: { rules: ["R-001"], summary: "own tenant" },
      receipt_id: `rcpt_${base32(decided + 500, 10)}${base32(place, 16)}`,
      risk_tier: request.held ? "T2_ELEVATED" : "T1_STANDARD",
      schema: "sclaw.receipt/1",
      seq: place,
      signer: gate.id,
      tenant: party.tenant,
    };
    const text = JSON.stringify(receipt);
    const digest = sha3(text);
    const sig = gate.sign(Buffer.concat([Buffer.from("sclaw.receipt/1"), digest]));
    previous = sha3(Buffer.concat([Buffer.of(0), party.scope, digest, sig]));
    tree.append(previous);
    yield `{"intent":${request.intentText},"receipt":${text},"sig":"${sig.toString("base64")}"}\n`;
    if (tree.size % 1000 === 0 || tree.size === count)
      yield `${JSON.stringify({ checkpoint: noteOf(tree) })}\n`;
  }
}

/**
 * Writes an export of `count` receipts and its trust file. Returns the export's bytes;
 * `onProgress` is called with the bytes written so far, some megabytes apart.
 */
export function writeLedger(count, out, keysOut, onProgress = () => {}) {
  writeFileSync(keysOut, `${JSON.stringify(trustFile(), null, 2)}\n`);
  const file = openSync(out, "w");
  const flushAt = 4 * 1024 * 1024;
  let bytes = 0;
  let pending = [];
  let pendingLength = 0;
  const flush = () => {
    const data = Buffer.from(pending.join(""));
    for (let at = 0; at < data.length; ) at += writeSync(file, data, at);
    bytes += data.length;
    pending = [];
    pendingLength = 0;
    onProgress(bytes);
  };
  for (const line of ledgerLines(count)) {
    pending.push(line);
    pendingLength += line.length;
    if (pendingLength >= flushAt) flush();
  }
  flush();
  closeSync(file);
  return bytes;
}
