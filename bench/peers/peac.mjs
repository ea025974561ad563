// node bench/peers/peac.mjs RECORDS
// Records of the PEAC protocol, signed and verified by its own @peac/crypto: compact JWS, each
// verified on its own. A second loop also holds the claims against @peac/schema.
import { importFrom, installed, timeLoops } from "../parts/peers.mjs";

const count = Number(process.argv[2] ?? 3000);
const { generateKeypair, signWire02, verify } = await importFrom("peac", "@peac/crypto");
const { parseReceiptClaims } = await importFrom("peac", "@peac/schema");

const { privateKey, publicKey } = await generateKeypair();
const hash = (n) => `sha256:${n.toString(16).padStart(64, "0")}`;
const claims = (n) => ({
  peac_version: "0.2",
  kind: "evidence",
  type: "org.peacprotocol/access-decision",
  iss: "https://gate.acme.example",
  iat: 1_780_000_000 + n,
  jti: `rcpt_${n.toString().padStart(26, "0")}`,
  sub: `https://acme.example/patients/${n % 100_000}`,
  pillars: ["access", "compliance", "purpose"],
  actor: {
    id: "did:web:acme.example:agents:intake",
    proof_type: "did",
    origin: "https://agents.acme.example",
    intent_hash: hash(n),
  },
  policy: { digest: hash(7), uri: "https://acme.example/policies/2026.06", version: "2026.06@v7" },
  representation: { content_hash: hash(n + 1), content_type: "application/json", content_length: 20 + n },
  occurred_at: new Date(1_780_000_000_000 + n * 1000).toISOString(),
  purpose_declared: "reads of a patient's record for an intake",
  extensions: {
    "example.acme/decision": { decision: "allow", rules: ["R-001"], rows: 20 + n, tier: "T1_STANDARD" },
  },
});

const records = [];
for (let n = 0; n < count; n++) records.push(await signWire02(claims(n), privateKey, "gate-1"));
const [header, payload, signature] = records[0].split(".");
const other = Buffer.from(JSON.stringify(claims(1))).toString("base64url");
const tampered = [header, payload === other ? `${payload}A` : other, signature].join(".");

async function verifyAll(of, alsoGood = () => true) {
  let good = 0;
  for (const record of of) {
    const { valid, payload } = await verify(record, publicKey);
    if (valid && alsoGood(payload)) good++;
  }
  return good;
}

await timeLoops(installed("peac"), records, tampered, {
  verify: (of) => verifyAll(of),
  "verify, claims by its schema": (of) => verifyAll(of, (found) => parseReceiptClaims(found).ok),
});
