import { createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { decodeBase64, encodeBase64 } from "../../src/bytes/base64.js";
import { readHeld } from "../../src/gate/held-request.js";
import { judgeHeld } from "../../src/gate/judge-held.js";
import { lookAtRequest } from "../../src/gate/look-at-request.js";
import { PendingFolder } from "../../src/gate/pending-folder.js";
import { mayPersonSign, signRequest } from "../../src/gate/sign-request.js";
import { signatureFile } from "../../src/gate/signature-files.js";
import { engine } from "../../src/io/engine-node.js";
import type { Time } from "../../src/json/time.js";
import { keyIdOf } from "../../src/keys/public-key.js";
import { readTrustFile } from "../../src/keys/trust-file.js";
import type { ApprovalSignature } from "../../src/receipt/approval.js";
import { inFolder } from "../support/sclaw.js";
import { withApproval } from "./support/make-approval.mjs";
import { blockOf, docsPath } from "./support/pages.js";

const page = readFileSync(docsPath("approvals.md"), "utf8");
const signature = JSON.parse(blockOf(page, "signature.json")) as ApprovalSignature;
const values = new Map(
  blockOf(page, "signing")
    .trimEnd()
    .split("\n")
    .map((line) => line.split(/ = (.*)/s).slice(0, 2) as [string, string]),
);

function held() {
  const read = readHeld(Buffer.from(blockOf(page, "request.json")));
  if (!read.ok) throw new Error(JSON.stringify(read.reasons));
  return read.held;
}

function trust() {
  const read = readTrustFile(
    Buffer.from(
      JSON.stringify({
        format: "sclaw.keys/1",
        ledger: held().ledger,
        tiers: { T2_ELEVATED: ["release-managers"], T3_SOVEREIGN: [] },
        groups: { "release-managers": { threshold: 2, members: [{ holder: signature.approver }] } },
        keys: [
          {
            id: signature.signer,
            role: "approver",
            holder: signature.approver,
            public_key: values.get("public key"),
          },
        ],
      }),
    ),
    engine,
  );
  if (!read.ok) throw new Error(JSON.stringify(read.reasons));
  return read.trust;
}

it("is what its script makes, which shares no code with ours", () => {
  expect(withApproval(page)).toBe(page);
  expect(signatureFile(signature)).toMatch(/^[0-9a-f]{32}-approve\.json$/);
});

it("counts for the gate", () => {
  const { counted, refused } = judgeHeld(held(), [signature], signature.at, trust(), engine);
  expect({ counted, refused }).toEqual({ counted: [signature], refused: [] });
});

it("is what approve signs of it then, byte for byte", () => {
  inFolder((folder) => {
    const pending = new PendingFolder(folder);
    const { correlation_id: id } = held().draft;
    pending.publish(id, held());
    const found = lookAtRequest(pending, id, "2026-06-01T12:04:00.000Z" as Time, trust(), engine);
    expect(found.problems).toEqual([]);
    const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, 2)]);
    const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    const publicKey = decodeBase64(values.get("public key")!)!;
    const signed: string[] = [];
    const key = {
      keyId: keyIdOf(engine.sha3_256, publicKey),
      publicKey,
      sign: (message: Uint8Array) => {
        signed.push(Buffer.from(message).toString("hex"));
        return sign(null, message, privateKey);
      },
    };
    const attempt = { found, key, as: undefined, verdict: "approve", trust: trust(), engine } as const;
    expect(mayPersonSign(attempt)).toEqual({ ok: true, approver: signature.approver });
    expect(signRequest(attempt, signature.approver)).toEqual({ ok: true, signature });
    expect(signed).toEqual([values.get("signed message")]);
    expect(values.get("key id")).toBe(signature.signer);
    expect(values.get("sig")).toBe(encodeBase64(decodeBase64(signature.sig)!));
    pending.sign(id, signature);
    const looked = lookAtRequest(pending, id, signature.at, trust(), engine);
    expect(looked.standing!.met).toEqual([{ group: "release-managers", threshold: 1 }]);
  });
});
