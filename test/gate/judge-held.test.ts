import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { encodeBase64 } from "../../src/bytes/base64.js";
import { judgeHeld } from "../../src/gate/judge-held.js";
import { engine } from "../../src/io/engine-node.js";
import type { Time } from "../../src/json/time.js";
import { keyIdOf } from "../../src/keys/public-key.js";
import { readTrustFile } from "../../src/keys/trust-file.js";
import type { ApprovalSignature } from "../../src/receipt/approval.js";
import type { Receipt } from "../../src/receipt/receipt.js";
import { approvalMessages } from "../../src/receipt/signed-bytes.js";
import { heldRequest } from "../support/held-request.js";
import { later } from "./held-support.js";

/** A group of more people than a receipt has room for. */
const people = Array.from({ length: 70 }, (_, i) => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const bytes = publicKey.export({ format: "der", type: "spki" }).subarray(12);
  return { holder: `user:p${i}`, privateKey, bytes, id: keyIdOf(engine.sha3_256, bytes) };
});

function trust(threshold: number) {
  const value = {
    format: "sclaw.keys/1",
    ledger: "acme.example/agents-test",
    tiers: { T2_ELEVATED: ["release-managers"], T3_SOVEREIGN: [] },
    groups: { "release-managers": { threshold, members: people.map(({ holder }) => ({ holder })) } },
    keys: people.map(({ id, holder, bytes }) => {
      return { id, role: "approver", holder, public_key: encodeBase64(bytes) };
    }),
  };
  const read = readTrustFile(Buffer.from(JSON.stringify(value)), engine);
  if (!read.ok) throw new Error(JSON.stringify(read.reasons));
  return read.trust;
}

const held = heldRequest("corr_x");
const { requested_at: from, expires_at: until } = held.draft.approval;
const messageOf = approvalMessages(
  engine.sha3_256,
  { ...held.draft, ledger: held.ledger } as unknown as Receipt,
  held.draft.approval,
);

function signed(i: number, verdict: "approve" | "reject", at: Time, key?: KeyObject): ApprovalSignature {
  const { holder, id, privateKey } = people[i]!;
  const unsigned = { approver: holder, signer: id, verdict, at };
  return { ...unsigned, sig: encodeBase64(sign(null, messageOf(unsigned), key ?? privateKey)) };
}

const judge = (signatures: readonly ApprovalSignature[], at: Time) =>
  judgeHeld(held, signatures, at, trust(2), engine);

describe("judged as a verifier will", () => {
  test("64 approvals leave room for the rejection that came last", () => {
    const approvals = people.slice(1).map((_, i) => signed(i + 1, "approve", from));
    const all = [...approvals, signed(0, "reject", later(from, 1))];
    const judged = judge(all, later(from, 1));
    expect(judged.state).toBe("rejected");
    expect(judged.counted).toHaveLength(64);
    expect(judged.refused.map(({ reason }) => reason)).toContain("more than 64 signatures");
    expect(judge(approvals, from).state).toBe("granted");
  });

  test.each([
    ["at its first moment", from, "granted"],
    ["at its last moment", until, "granted"],
    ["a thousandth of a second later", later(until, 1 / 60_000), "expired"],
  ])("%s a request with its signatures is %s", (_name, at, state) => {
    expect(judge([signed(0, "approve", from), signed(1, "approve", from)], at).state).toBe(state);
  });

  test("its last moment is still one to sign in, and the next is not", () => {
    const [first, second] = [signed(0, "approve", from), signed(1, "approve", until)];
    expect(judge([first, second], until).state).toBe("granted");
    const late = signed(1, "approve", later(until, 1 / 60_000));
    const judged = judge([first, late], from);
    expect(judged).toMatchObject({ state: "waiting", early: [] });
    expect(judged.refused).toMatchObject([{ signature: late, reason: expect.stringContaining(until) }]);
  });

  test("a forged rejection of a later time holds nothing up", () => {
    const forged = signed(2, "reject", later(from, 5), people[3]!.privateKey);
    const judged = judge([signed(0, "approve", from), signed(1, "approve", from), forged], from);
    expect(judged).toMatchObject({ state: "granted", early: [forged], missing: [] });
  });
});
