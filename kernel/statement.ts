import { literal, write } from "./literal";
import { from, Part, to } from "./parts";
import { Signature } from "./request";

/**
 * Texts that are put together from the receipt's own canonical parts and then hashed: what an
 * approver signs, and what the receipts of one request agree in.
 */

const adapterName = literal('{"adapter_id":');
const nextApprover = literal(',"approver":');
const nextAt = literal(',"at":');
const nextExpires = literal(',"expires_at":');
const nextFacts = literal(',"facts":');
const nextIrHash = literal(',"ir_hash":');
const nextLedger = literal(',"ledger":');
const nextNonce = literal(',"nonce":');
const nextPolicyHash = literal(',"policy_hash":');
const nextRequestedAt = literal(',"requested_at":');
const nextRequired = literal(',"required":');
const nextTier = literal(',"risk_tier":');
const nextTenant = literal(',"tenant":');
const nextVerdict = literal(',"verdict":');
const close = literal("}");

/** How long a statement of this receipt is at most, and its agreement: for who has to make room. */
export function mostStatementBytes(): usize {
  let sum: usize = 512;
  for (let part = <i32>Part.adapter; part < <i32>Part.count; part++) sum += to(part) - from(part);
  return sum;
}

/**
 * Writes the statement of docs/format.md, "Approvals", that a signature is over, in RFC 8785 form,
 * and returns the address behind it.
 */
export function writeStatement(out: usize, signature: Signature): usize {
  out = part(write(out, adapterName), Part.adapter);
  out = copy(write(out, nextApprover), signature.approver, signature.approverEnd);
  out = copy(write(out, nextAt), signature.at, signature.atEnd);
  out = part(write(out, nextExpires), Part.expiresAt);
  out = part(write(out, nextFacts), Part.facts);
  out = part(write(out, nextIrHash), Part.irHash);
  out = part(write(out, nextLedger), Part.ledger);
  out = part(write(out, nextNonce), Part.nonce);
  out = part(write(out, nextPolicyHash), Part.policyHash);
  out = part(write(out, nextRequestedAt), Part.requestedAt);
  out = part(write(out, nextRequired), Part.required);
  out = part(write(out, nextTier), Part.tier);
  out = part(write(out, nextTenant), Part.tenant);
  out = copy(write(out, nextVerdict), signature.verdict, signature.verdictEnd);
  return write(out, close);
}

/**
 * Writes what all receipts of one request agree in, a line each, as src/ledger/requests.ts lists it,
 * and the short sum of each to `sums`. Returns the address behind the text.
 */
export function writeAgreement(out: usize, sums: usize): usize {
  out = agree(out, sums, Part.tenant);
  out = agree(out, sums + 2, Part.agent);
  out = agree(out, sums + 4, Part.adapter);
  out = agree(out, sums + 6, Part.irHash);
  out = agree(out, sums + 8, Part.policyHash);
  out = agree(out, sums + 10, Part.facts);
  out = agree(out, sums + 12, Part.tier);
  out = agree(out, sums + 14, Part.correlation);
  out = agree(out, sums + 16, Part.required);
  out = agree(out, sums + 18, Part.requestedAt);
  out = agree(out, sums + 20, Part.expiresAt);
  // The last line ends without an LF.
  return out - 1;
}

function agree(out: usize, sum: usize, name: Part): usize {
  store<u16>(sum, shortSum(from(name), to(name)));
  out = part(out, name);
  store<u8>(out, 0x0a);
  return out + 1;
}

function shortSum(p: usize, end: usize): u16 {
  let sum: u32 = 0;
  for (; p < end; p++) sum = (sum * 31 + load<u8>(p)) & 0xffff;
  return <u16>sum;
}

function part(out: usize, name: Part): usize {
  return copy(out, from(name), to(name));
}

function copy(out: usize, p: usize, end: usize): usize {
  memory.copy(out, p, end - p);
  return out + (end - p);
}
