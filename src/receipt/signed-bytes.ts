import { concatBytes } from "../bytes/bytes.js";
import type { HashFunction } from "../bytes/digest.js";
import { encodeUtf8 } from "../bytes/utf8.js";
import { canonicalize } from "../json/canonical.js";
import type { Json } from "../json/json.js";
import type { ApprovalRequest, ApprovalSignature } from "./approval.js";
import type { Receipt } from "./receipt.js";

const receiptPrefix = encodeUtf8("sclaw.receipt/1");
const approvalPrefix = encodeUtf8("sclaw.approve/1");
const scopePrefix = encodeUtf8("sclaw.scope/1");
const leafPrefix = Uint8Array.of(0x00);

/** What the ledger key signs: `"sclaw.receipt/1" || digest`, the digest of the receipt's canonical bytes. */
export function receiptMessage(digest: Uint8Array): Uint8Array {
  return concatBytes(receiptPrefix, digest);
}

/** `H("sclaw.scope/1" || tenant)`: says whose an entry is without naming it. */
export function scopeOf(sha3: HashFunction, tenant: string): Uint8Array {
  return sha3(concatBytes(scopePrefix, encodeUtf8(tenant)));
}

/**
 * The entry's leaf hash: RFC 6962's `H(0x00 || d)` over the 128 bytes `scope || digest || sig`.
 * The tree commits to the signature, and not to the intent's text.
 */
export function entryLeaf(
  sha3: HashFunction,
  scope: Uint8Array,
  digest: Uint8Array,
  sig: Uint8Array,
): Uint8Array {
  return sha3(concatBytes(leafPrefix, scope, digest, sig));
}

/**
 * What approvers of one request sign: `"sclaw.approve/1" || H(JCS(statement))`. The statement
 * holds the receipt's own values, so that a signature fits one intent, one policy, one
 * adapter, one tenant and one nonce, and what the approver was shown.
 *
 * Returns a function from one signature's approver, verdict and time to its message; what all
 * signatures of the request share is serialized once.
 */
export function approvalMessages(
  sha3: HashFunction,
  receipt: Receipt,
  request: ApprovalRequest,
): (signature: Pick<ApprovalSignature, "approver" | "verdict" | "at">) => Uint8Array {
  const shared = memberTexts({
    adapter_id: receipt.adapter_id,
    expires_at: request.expires_at,
    facts: receipt.facts,
    ir_hash: receipt.ir_hash,
    ledger: receipt.ledger,
    nonce: receipt.nonce,
    policy_hash: receipt.policy.hash,
    required: request.required,
    requested_at: request.requested_at,
    risk_tier: receipt.risk_tier,
    tenant: receipt.tenant,
  });
  return ({ approver, at, verdict }) => {
    // RFC 8785 section 3.2.3: members in the order of their names, here all of them ASCII.
    const members = [...shared, ...memberTexts({ approver, at, verdict })].sort(([a], [b]) =>
      a < b ? -1 : 1,
    );
    const statement = `{${members.map(([, text]) => text).join(",")}}`;
    return concatBytes(approvalPrefix, sha3(encodeUtf8(statement)));
  };
}

/** The canonical text of each member, beside its name. */
function memberTexts(members: { readonly [name: string]: unknown }): [name: string, text: string][] {
  return Object.entries(members).map(([name, value]) => [name, `"${name}":${canonicalize(value as Json)}`]);
}
