import { describe, expect, it } from "vitest";
import { jcs, sha3 } from "../../fixtures/make/bytes.mjs";
import { approvalStatement, leafOf, scopeOf as scopeByMaker } from "../../fixtures/make/ledger.mjs";
import { engine } from "../../src/io/engine-node.js";
import { approvalMessages, entryLeaf, receiptMessage, scopeOf } from "../../src/receipt/signed-bytes.js";
import { grantedReceipt } from "./sample.js";

const ascii = (text: string) => Buffer.from(text, "latin1");

describe("signed bytes", () => {
  it("of a receipt: the prefix and the digest, 47 bytes", () => {
    const digest = sha3("x");
    const message = receiptMessage(digest);
    expect(Buffer.from(message)).toEqual(Buffer.concat([ascii("sclaw.receipt/1"), digest]));
    expect(message.length).toBe(15 + 32);
  });

  it("of a leaf: 0x00, scope, digest and signature, 129 bytes hashed", () => {
    const [digest, sig] = [sha3("x"), Buffer.alloc(64, 5)];
    const scope = scopeOf(engine.sha3_256, "tenant:ä/prod");
    expect(Buffer.from(scope)).toEqual(sha3("sclaw.scope/1tenant:ä/prod"));
    expect(Buffer.from(scope)).toEqual(scopeByMaker("tenant:ä/prod"));
    const leaf = Buffer.from(entryLeaf(engine.sha3_256, scope, digest, sig));
    expect(leaf).toEqual(sha3(Buffer.concat([Buffer.of(0), scope, digest, sig])));
    expect(leaf).toEqual(leafOf("tenant:ä/prod", digest, sig));
  });

  it("of an approval: the prefix and the hash of the statement with exactly 14 members", () => {
    const receipt = grantedReceipt();
    const signature = receipt.approval.signatures[0];
    const statement = approvalStatement(receipt, signature);
    expect(Object.keys(statement).sort()).toEqual(
      "adapter_id approver at expires_at facts ir_hash ledger nonce policy_hash requested_at required risk_tier tenant verdict".split(
        " ",
      ),
    );
    const message = approvalMessages(engine.sha3_256, receipt, receipt.approval)(signature);
    expect(Buffer.from(message)).toEqual(Buffer.concat([ascii("sclaw.approve/1"), sha3(jcs(statement))]));
  });

  it("of 64 approvals: what they share is serialized once, which the writer can make long", () => {
    const receipt = grantedReceipt();
    const signature = receipt.approval.signatures[0];
    let reads = 0;
    receipt.facts = Object.defineProperty({}, "fact", { enumerable: true, get: () => ++reads });
    const messageOf = approvalMessages(engine.sha3_256, receipt, receipt.approval);
    for (let i = 0; i < 64; i++) messageOf(signature);
    expect(reads).toBe(1);
  });
});
