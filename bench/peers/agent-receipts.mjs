// node bench/peers/agent-receipts.mjs RECORDS
// A chain of Agent Receipts, made and verified by their own TypeScript SDK: receipt by receipt,
// and as a chain (which also compares sequence and hashes). Lines of JSON are parsed first, as
// ours are.
import { importFrom, installed, timeLoops } from "../parts/peers.mjs";

const count = Number(process.argv[2] ?? 3000);
const sdk = await importFrom("agent-receipts", "@obsigna/sdk-ts/receipt");

const keys = sdk.generateKeyPair();
const records = [];
let previous = null;
for (let n = 0; n < count; n++) {
  const unsigned = sdk.createReceipt({
    issuer: {
      id: "did:agent:intake",
      type: "AIAgent",
      name: "Intake",
      operator: { id: "did:org:acme", name: "Acme Health" },
      session_id: `session_${n >> 4}`,
    },
    principal: { id: "did:user:nurse", type: "HumanPrincipal" },
    action: {
      type: "filesystem.file.read",
      tool_name: "ehr.read",
      risk_level: "low",
      target: { system: "ehr.acme.example", resource: `patients/${n % 100_000}` },
      parameters_hash: sdk.sha256(`parameters ${n}`),
    },
    intent: {
      prompt_preview: "read the patient's record for an intake, own tenant",
      reasoning_hash: sdk.sha256(`reasoning ${n}`),
    },
    outcome: { status: "success", reversible: false, response_hash: sdk.sha256(`response ${n}`) },
    authorization: { scopes: ["patients:read"], granted_at: "2026-06-01T12:00:00.000Z" },
    chain: { sequence: n + 1, previous_receipt_hash: previous, chain_id: "chain_bench" },
  });
  const receipt = sdk.signReceipt(unsigned, keys.privateKey, "did:agent:intake#key-1");
  previous = sdk.hashReceipt(receipt);
  records.push(JSON.stringify(receipt));
}
const tampered = records[0].replace("patients/0", "patients/1");

await timeLoops(installed("agent-receipts"), records, tampered, {
  verifyReceipt: (of) => of.filter((line) => sdk.verifyReceipt(JSON.parse(line), keys.publicKey)).length,
  verifyChain: (of) => {
    const { valid } = sdk.verifyChain(
      of.map((line) => JSON.parse(line)),
      keys.publicKey,
    );
    return valid ? of.length : 0;
  },
});
