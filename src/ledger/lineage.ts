import type { HashFunction } from "../bytes/digest.js";
import { encodeUtf8 } from "../bytes/utf8.js";
import { canonicalize } from "../json/canonical.js";
import type { Json } from "../json/json.js";
import type { ApprovalRequest } from "../receipt/approval.js";
import type { Receipt } from "../receipt/receipt.js";

/** In what all receipts of one request agree (docs/format.md, "Approvals"). */
const agreed: { readonly [name: string]: (receipt: Receipt, request: ApprovalRequest) => unknown } = {
  tenant: (receipt) => receipt.tenant,
  agent: (receipt) => receipt.agent,
  adapter_id: (receipt) => receipt.adapter_id,
  ir_hash: (receipt) => receipt.ir_hash,
  "policy.hash": (receipt) => receipt.policy.hash,
  facts: (receipt) => receipt.facts,
  risk_tier: (receipt) => receipt.risk_tier,
  correlation_id: (receipt) => receipt.correlation_id,
  required: (_receipt, request) => request.required,
  requested_at: (_receipt, request) => request.requested_at,
  expires_at: (_receipt, request) => request.expires_at,
};
const values = Object.values(agreed);

/** The names of what the receipts of a request agree in, in the order of their sums. */
export const agreedNames: readonly string[] = Object.keys(agreed);

/** What the receipts of one request agree in, small enough to keep for each request. */
export interface Lineage {
  /** SHA3-256 of the canonical texts of the agreed values, in the order of `agreedNames`, with an LF between two. */
  readonly hash: Uint8Array;
  /** Of each value's canonical bytes: from 0, for each byte 31 times the sum and the byte, modulo 2^16. */
  readonly sums: readonly number[];
}

/** What one receipt says of its request. */
export function lineageOf(receipt: Receipt, request: ApprovalRequest, sha3: HashFunction): Lineage {
  const texts = values.map((value) => canonicalize(value(receipt, request) as Json));
  const bytes = encodeUtf8(texts.join("\n"));
  return { hash: sha3(bytes), sums: shortSums(bytes) };
}

/** They name members in a message and decide nothing: the hash has decided before. */
function shortSums(bytes: Uint8Array): number[] {
  const sums: number[] = [];
  let sum = 0;
  for (const byte of bytes) {
    // Canonical JSON has no LF of its own: this one ends a value.
    if (byte === 0x0a) {
      sums.push(sum);
      sum = 0;
    } else sum = (Math.imul(sum, 31) + byte) & 0xffff;
  }
  sums.push(sum);
  return sums;
}
