import { readApproval } from "./approval";
import { decode16 } from "./base64";
import { digestOf } from "./hex";
import { expect, literal } from "./literal";
import { keep, Part } from "./parts";
import { anyValue, factValues, object, quoted, whole, wholeNumber, wholeNumbers } from "./text";
import {
  choice,
  choices,
  chosen,
  comma,
  digestPart,
  part,
  readDigest,
  readKeyId,
  readSig,
  time,
  timeRead,
} from "./values";

/**
 * Reads an entry line of the format (docs/format.md, "Receipt" and "Intent") as the text that it is:
 * canonical JSON has its members in one order, so that a receipt is a fixed sequence of names, with
 * values between them. What is read is canonical and has the shape of src/receipt; what is odd but
 * allowed (an integer of 16 digits, say) may get a "no", which costs time and no verdict.
 *
 * Readers take an address and return the one behind, or 0 (see text.ts). Numbers, times and choices
 * that were read stand in the variables below; texts in parts.ts; approvals in approval.ts and request.ts.
 */

export let seq: f64 = 0;
export let decision: i32 = 0;
export let tier: i32 = 0;
export let status: i32 = 0;
export let decidedAt: f64 = 0;
export let issuedAt: f64 = 0;
/** Of the outcome; -1 where it is missing. */
export let startedAt: f64 = -1;
export let completedAt: f64 = -1;

/** 64 bytes of the line's `sig`, 32 each of the digests `ir_hash`, `policy.hash` and `prev`, 16 of nonce and signer. */
export const sig = memory.data(64, 16);
export const irHash = memory.data(32, 16);
export const policyHash = memory.data(32, 16);
export const prev = memory.data(32, 16);
export const nonce = memory.data(16, 16);
export const signer = memory.data(16, 16);
/** The 26 characters of the ULID in `receipt_id`. */
export let ulid: usize = 0;
/** Of a withheld entry: its digest and scope. */
export const digest = memory.data(32, 16);
export const scope = memory.data(32, 16);

export const decisionAllow: i32 = 0;
export const decisionDeny: i32 = 1;
const decisions = choices('"allow"', '"deny"', '"escalate"', '"approval"');
export const tierElevated: i32 = 2;
const tiers = choices('"T0_OBSERVE"', '"T1_STANDARD"', '"T2_ELEVATED"', '"T3_SOVEREIGN"');
export const statusNotExecuted: i32 = 2;
const statusUnknown: i32 = 3;
const statuses = choices('"executed"', '"failed"', '"not_executed"', '"unknown"');

const openIntent = literal('{"intent":');
const openReceipt = literal('{"receipt":');
const nextReceipt = literal(',"receipt":');
const closeLine = literal('"}');

/** A disclosed entry: its intent where it has one, its receipt and its signature. */
export function readEntry(line: usize): usize {
  let p = expect(line, openIntent);
  if (p != 0) {
    p = expect(readIntent(p), nextReceipt);
  } else {
    keep(Part.intent, 0, 0);
    p = expect(line, openReceipt);
  }
  return expect(readSig(readReceipt(p), sig), closeLine);
}

const openDigest = literal('{"digest":"sha3-256:');
const nextScope = literal('","scope":"sha3-256:');
const nextSeq = literal('","seq":');
const nextSigner = literal('","signer":"ed25519:');

/** A withheld entry: its place, its hashes, its signature and who made it. */
export function readWithheld(line: usize): usize {
  let p = expect(line, openDigest);
  if (p == 0 || !digestOf(digest, p)) return 0;
  p = expect(p + 64, nextScope);
  if (p == 0 || !digestOf(scope, p)) return 0;
  p = wholeNumber(expect(p + 64, nextSeq));
  if (p == 0) return 0;
  seq = whole;
  p = expect(readSig(p, sig), nextSigner);
  return expect(readKeyId(p, signer), closeLine);
}

const adapterName = literal('{"adapter_id":');
const nextAgent = literal(',"agent":');
const nextClaims = literal(',"claims":');
const nextOperation = literal(',"operation":');
const nextParams = literal(',"params":');
const nextResource = literal(',"resource":');
const nextIntentSchema = literal(',"schema":"sclaw.intent/1","tenant":');

function readIntent(p: usize): usize {
  const start = p;
  p = part(expect(p, adapterName), Part.intentAdapter);
  p = expect(p, nextAgent);
  const agent = p;
  p = object(p, 3, anyValue);
  keep(Part.intentAgent, agent, p);
  const claims = expect(p, nextClaims);
  if (claims != 0) p = object(claims, 3, anyValue);
  p = quoted(expect(p, nextOperation));
  p = object(expect(p, nextParams), 3, anyValue);
  p = quoted(expect(p, nextResource));
  p = part(expect(p, nextIntentSchema), Part.intentTenant);
  if (load<u8>(p) != 0x7d) return 0;
  keep(Part.intent, start, p + 1);
  return p + 1;
}

const nextApproval = literal(',"approval":{');
const nextCorrelation = literal(',"correlation_id":');
const nextDecidedAt = literal(',"decided_at":');
const nextDecision = literal(',"decision":');
const nextExt = literal(',"ext":');
const nextFacts = literal(',"facts":');
const nextIrHash = literal(',"ir_hash":');
const nextIssuedAt = literal(',"issued_at":');
const nextLedger = literal(',"ledger":');
const nextNonce = literal(',"nonce":');
const nextOutcome = literal(',"outcome":{');
const nextPolicy = literal(',"policy":{"hash":');
const nextVersion = literal(',"version":');
const nextPrev = literal('},"prev":');
const nextRules = literal(',"rationale":{"rules":[');
const nextSummary = literal('],"summary":');
const nextReceiptId = literal('},"receipt_id":"rcpt_');
const nextTier = literal('","risk_tier":');
const nextSchema = literal(',"schema":"sclaw.receipt/1","seq":');
const nextReceiptSigner = literal(',"signer":"ed25519:');
const nextTenant = literal('","tenant":');

function readReceipt(p: usize): usize {
  const start = p;
  p = part(expect(p, adapterName), Part.adapter);
  p = readAgent(expect(p, nextAgent));
  p = readApproval(expect(p, nextApproval));
  p = part(expect(p, nextCorrelation), Part.correlation);
  p = time(expect(p, nextDecidedAt));
  decidedAt = timeRead;
  p = choice(expect(p, nextDecision), decisions);
  decision = chosen;
  const ext = expect(p, nextExt);
  if (ext != 0) p = object(ext, 3, wholeNumbers);
  p = expect(p, nextFacts);
  const facts = p;
  p = object(p, 3, factValues);
  keep(Part.facts, facts, p);
  p = digestPart(expect(p, nextIrHash), Part.irHash, irHash);
  p = time(expect(p, nextIssuedAt));
  issuedAt = timeRead;
  p = part(expect(p, nextLedger), Part.ledger);
  p = readNonce(expect(p, nextNonce));
  p = readOutcome(expect(p, nextOutcome));
  p = digestPart(expect(p, nextPolicy), Part.policyHash, policyHash);
  p = quoted(expect(p, nextVersion));
  p = readDigest(expect(p, nextPrev), prev);
  p = readRules(expect(p, nextRules));
  p = quoted(expect(p, nextSummary));
  p = readUlid(expect(p, nextReceiptId));
  p = expect(p, nextTier);
  const tierText = p;
  p = choice(p, tiers);
  tier = chosen;
  keep(Part.tier, tierText, p);
  p = wholeNumber(expect(p, nextSchema));
  seq = whole;
  p = readKeyId(expect(p, nextReceiptSigner), signer);
  p = part(expect(p, nextTenant), Part.tenant);
  if (load<u8>(p) != 0x7d) return 0;
  keep(Part.receipt, start, p + 1);
  return p + 1;
}

const openAgent = literal('{"id":');
const nextOnBehalfOf = literal(',"on_behalf_of":');

function readAgent(p: usize): usize {
  const start = p;
  p = part(expect(p, openAgent), Part.agentId);
  keep(Part.onBehalfOf, 0, 0);
  const person = expect(p, nextOnBehalfOf);
  if (person != 0) p = part(person, Part.onBehalfOf);
  if (load<u8>(p) != 0x7d) return 0;
  keep(Part.agent, start, p + 1);
  return p + 1;
}

const completedName = literal('"completed_at":');
const errorName = literal('"error":{"code":');
const nextMessage = literal(',"message":');
const resultName = literal('"result_hash":');
const startedName = literal('"started_at":');
const statusName = literal('"status":');
const unusedDigest = memory.data(32, 16);

/** From behind the brace of `outcome` to behind its end; which members a status needs and forbids. */
function readOutcome(p: usize): usize {
  completedAt = -1;
  startedAt = -1;
  let member = expect(p, completedName);
  if (member != 0) {
    p = comma(time(member));
    completedAt = timeRead;
  }
  member = expect(p, errorName);
  if (member != 0) {
    p = quoted(member);
    const message = expect(p, nextMessage);
    if (message != 0) p = quoted(message);
    p = load<u8>(p) == 0x7d ? comma(p + 1) : 0;
  }
  const result = expect(p, resultName);
  if (result != 0) p = comma(readDigest(result, unusedDigest));
  member = expect(p, startedName);
  if (member != 0) {
    p = comma(time(member));
    startedAt = timeRead;
  }
  p = choice(expect(p, statusName), statuses);
  status = chosen;
  const fits =
    status == statusNotExecuted
      ? startedAt < 0 && completedAt < 0 && result == 0
      : startedAt >= 0 && (status == statusUnknown || completedAt >= 0);
  return fits && load<u8>(p) == 0x7d ? p + 1 : 0;
}

/** From behind the bracket of `rules` up to the closing one: at least one string. */
function readRules(p: usize): usize {
  while (true) {
    p = quoted(p);
    if (load<u8>(p) != 0x2c) return p;
    p++;
  }
}

/** Crockford's base32 in upper case, 26 characters that do not go beyond 128 bits. */
function readUlid(p: usize): usize {
  ulid = p;
  if (load<u8>(p) < 0x30 || load<u8>(p) > 0x37) return 0;
  for (let i: usize = 1; i < 26; i++) if (!isCrockford(load<u8>(p + i))) return 0;
  return p + 26;
}

// 0-9 and A-Z without I, L, O and U.
// @ts-ignore: decorator
@inline
function isCrockford(byte: u8): bool {
  if (byte >= 0x30 && byte <= 0x39) return true;
  const letter = byte - 0x41;
  return letter < 26 && ((1 << letter) & ((1 << 8) | (1 << 11) | (1 << 14) | (1 << 20))) == 0;
}

/** A quoted base64 of 16 bytes. */
function readNonce(p: usize): usize {
  if (load<u8>(p) != 0x22 || !decode16(nonce, p + 1) || load<u8>(p, 25) != 0x22) return 0;
  keep(Part.nonce, p, p + 26);
  return p + 26;
}
