import { expect, it } from "vitest";
import { jcs, sha3 } from "../../fixtures/make/bytes.mjs";
import { Ledger } from "../../fixtures/make/ledger.mjs";
import { agreedNames, lineageOf } from "../../src/ledger/lineage.js";
import { engine } from "../support/verify.js";

it("what receipts of a request agree in is hashed and summed over its canonical bytes, as kernels do it", () => {
  const ledger = new Ledger({ label: "lineage" });
  // Engines order names like "10" and "2" as numbers, RFC 8785 as text.
  ledger.hold({
    facts: { "10": 1, "2": "é\n\u2028", ab: true },
    required: ["release-managers", "security-oncall"],
  });
  const receipt = JSON.parse(jcs(ledger.receipts[0]));
  const { approval } = receipt;
  const texts = [
    jcs(receipt.tenant),
    jcs(receipt.agent),
    jcs(receipt.adapter_id),
    jcs(receipt.ir_hash),
    jcs(receipt.policy.hash),
    '{"10":1,"2":"é\\n\u2028","ab":true}',
    jcs(receipt.risk_tier),
    jcs(receipt.correlation_id),
    '[{"group":"release-managers","threshold":2},{"group":"security-oncall","threshold":1}]',
    jcs(approval.requested_at),
    jcs(approval.expires_at),
  ];
  const sumOf = (text: string) => Buffer.from(text).reduce((sum, byte) => (31 * sum + byte) % 2 ** 16, 0);
  const { hash, sums } = lineageOf(receipt, approval, engine.sha3_256);
  expect(Buffer.from(hash).equals(sha3(texts.join("\n")))).toBe(true);
  expect(sums).toEqual(texts.map(sumOf));
  expect(agreedNames).toHaveLength(11);
});
