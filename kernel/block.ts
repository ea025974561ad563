import { state, stateNotRequired } from "./approval";
import { digest as withheldDigest, irHash, readEntry, readWithheld, scope as withheldScope, sig } from "./entry";
import { isByLedgerKey, isSound, ledgerKey } from "./judge";
import { expect, literal, write } from "./literal";
import { take } from "./memory";
import { from, isThere, Part, to } from "./parts";
import {
  leafAt,
  recordBytes,
  recordDisclosed,
  recordOther,
  recordWithheld,
  requestHashAt,
  sumsAt,
} from "./record";
import { signature, signatureCount } from "./request";
import { hashMany, jobBytes } from "./sha3";
import { challenge, check, signatureBytes } from "./signatures";
import { mostStatementBytes, writeAgreement, writeStatement } from "./statement";
import { scopeOf } from "./tenants";
import { keyOf } from "./trust";

/**
 * Goes through the lines of a block and makes a record of each. Lines are read one by one; hashes
 * and signatures of many lines are then computed together, which is several times faster.
 */

/** A line that is sound as far as it can be read, until its hashes and signatures are known. */
@unmanaged
class Candidate {
  record: usize;
  offset: u32;
  length: u32;
  /** Its signatures among the items: the entry's own first, then those of its approvals. */
  firstItem: i32;
  itemCount: i32;
  disclosed: bool;
  hasIntent: bool;
}

const candidateBytes: usize = offsetof<Candidate>();
const mostCandidates: i32 = 256;
const candidates = take(candidateBytes * mostCandidates);
/** Of each candidate: the hash of its intent, and the `ir_hash` that it should be. */
const intentHashes = take(64 * mostCandidates);
/** Of each candidate what its leaf is the hash of: 00, scope, digest and signature, 129 bytes. */
const leafInputs = take(144 * mostCandidates);
const scopeInLeaf: usize = 1;
const digestInLeaf: usize = 33;
const sigInLeaf: usize = 65;

const mostItems: i32 = 1024;
const items = take(<usize>signatureBytes * mostItems);
/** The message of each item: 15 bytes that say what it is, and a hash. */
const messages = take(48 * mostItems);
const hashInMessage: usize = 15;
const receiptTag = literal("sclaw.receipt/1");
const approvalTag = literal("sclaw.approve/1");

const mostJobs: i32 = 2048;
const jobs = take(<usize>jobBytes * mostJobs);

/** Statements and agreements, until they are hashed. */
const textRoom: usize = 1 << 20;
const texts = take(textRoom + 64);

/** More signatures than a line can have: an entry's own and 64 of people. */
const itemsOfLine: i32 = 65;
/** Hashes of a line: its receipt, its intent, its agreement, and a statement each. */
const jobsOfLine: i32 = 3 + 64;

let candidateCount: i32 = 0;
let itemCount: i32 = 0;
let jobCount: i32 = 0;
let textsEnd: usize = texts;

/** Bytes of the block that the last call of `recognize` went through. */
export let consumed: u32 = 0;

/** The scope of the tenant that is examined, where one is: a withheld entry may name any, all zeros too. */
const ownScope = take(32);
let isOneExamined = false;

export function setOwnScope(scope: usize): void {
  memory.copy(ownScope, scope, 32);
  isOneExamined = true;
}

/** Limit of the format (docs/format.md, "Bytes"). */
const longestLine: usize = 1048576;

/**
 * Makes records of the lines in `block`, which ends with an LF and is followed by 64 bytes that may
 * be read. Stops before `mostRecords` is exceeded, see `consumed`. Returns how many records it made.
 */
export function recognize(block: usize, length: u32, records: usize, mostRecords: i32): i32 {
  const end = block + length;
  let p = block;
  let count = 0;
  while (p < end && count < mostRecords) {
    const record = records + recordBytes * <usize>(count++);
    const lineEnd = readLine(p, block, record);
    if (lineEnd != 0) {
      p = lineEnd + 1;
    } else {
      const other = endOfLine(p);
      recordOther(record, <u32>(p - block), <u32>(other - p), false);
      p = other + 1;
    }
    if (isFull()) settle();
  }
  settle();
  consumed = <u32>(p - block);
  return count;
}

/** The LF that ends the line at `p`. */
function endOfLine(p: usize): usize {
  while (true) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(p), i8x16.splat(0x0a)));
    if (found != 0) return p + ctz(found);
    p += 16;
  }
}

function isFull(): bool {
  return (
    candidateCount == mostCandidates || itemCount + itemsOfLine > mostItems || jobCount + jobsOfLine > mostJobs
  );
}

const openWithheld = literal('{"digest"');

/** Takes a line up as a candidate. Returns its LF, or 0 where it is none. */
function readLine(line: usize, block: usize, record: usize): usize {
  const withheld = expect(line, openWithheld) != 0;
  const end = withheld ? readWithheld(line) : readEntry(line);
  if (load<u8>(end) != 0x0a || end - line > longestLine) return 0;
  if (withheld) {
    if (!isByLedgerKey()) return 0;
    addWithheld(record, line - block, end - line);
    return end;
  }
  return isSound() && addDisclosed(record, line - block, end - line) ? end : 0;
}

function addWithheld(record: usize, offset: usize, length: usize): void {
  const leafInput = addCandidate(record, offset, length, false);
  memory.copy(leafInput + scopeInLeaf, withheldScope, 32);
  memory.copy(leafInput + digestInLeaf, withheldDigest, 32);
  recordWithheld(record, <u32>offset, <u32>length, isOwnScope(withheldScope));
}

function addDisclosed(record: usize, offset: usize, length: usize): bool {
  const scope = scopeOf(from(Part.tenant) + 1, to(Part.tenant) - 1);
  if (scope == 0 || (state != stateNotRequired && !makeRoomForTexts())) return false;
  const leafInput = addCandidate(record, offset, length, true);
  memory.copy(leafInput + scopeInLeaf, scope, 32);
  addJob(from(Part.receipt), to(Part.receipt), leafInput + digestInLeaf);
  const candidate = changetype<Candidate>(candidates + candidateBytes * <usize>(candidateCount - 1));
  if (isThere(Part.intent)) {
    candidate.hasIntent = true;
    const hash = intentHashes + 64 * <usize>(candidateCount - 1);
    addJob(from(Part.intent), to(Part.intent), hash);
    memory.copy(hash + 32, irHash, 32);
  }
  recordDisclosed(record, <u32>offset, <u32>length, isOwnScope(scope));
  if (state != stateNotRequired) addRequest(record, candidate);
  return true;
}

/** The rest of the line's memory may be another's soon: what is not hashed at once is copied. */
function makeRoomForTexts(): bool {
  const needed = mostStatementBytes() * <usize>(signatureCount + 1);
  for (let i = 0; i < signatureCount; i++) {
    const one = signature(i);
    if (one.approverEnd - one.approver > 1024) return false;
  }
  const withApprovers = needed + 1024 * <usize>signatureCount;
  if (withApprovers > textRoom) return false;
  if (textsEnd + withApprovers > texts + textRoom) settle();
  return true;
}

function addRequest(record: usize, candidate: Candidate): void {
  const agreement = textsEnd;
  textsEnd = writeAgreement(agreement, record + sumsAt);
  addJob(agreement, textsEnd, record + requestHashAt);
  for (let i = 0; i < signatureCount; i++) {
    const one = signature(i);
    const statement = textsEnd;
    textsEnd = writeStatement(statement, one);
    const message = addItem(one.sig, keyOf(one.signer)!.table, approvalTag);
    addJob(statement, textsEnd, message + hashInMessage);
    candidate.itemCount++;
  }
}

function isOwnScope(scope: usize): bool {
  return isOneExamined && memory.compare(scope, ownScope, 32) == 0;
}

/** Adds a candidate with the entry's own signature; returns its leaf input. */
function addCandidate(record: usize, offset: usize, length: usize, disclosed: bool): usize {
  const candidate = changetype<Candidate>(candidates + candidateBytes * <usize>candidateCount);
  candidate.record = record;
  candidate.offset = <u32>offset;
  candidate.length = <u32>length;
  candidate.firstItem = itemCount;
  candidate.itemCount = 1;
  candidate.disclosed = disclosed;
  candidate.hasIntent = false;
  addItem(sig, ledgerKey!.table, receiptTag);
  const leafInput = leafInputs + 144 * <usize>(candidateCount++);
  memory.copy(leafInput + sigInLeaf, sig, 64);
  return leafInput;
}

/** Adds a signature; returns the address of its message, whose hash is still to come. */
function addItem(bytes: usize, table: i32, tag: usize): usize {
  const item = items + <usize>signatureBytes * <usize>itemCount;
  memory.copy(item, bytes, 64);
  store<u32>(item, <u32>table, 96);
  const message = messages + 48 * <usize>(itemCount++);
  write(message, tag);
  return message;
}

function addJob(start: usize, end: usize, out: usize): void {
  const job = jobs + <usize>jobBytes * <usize>(jobCount++);
  store<u32>(job, <u32>start);
  store<u32>(job, <u32>(end - start), 4);
  store<u32>(job, <u32>out, 8);
}

/** Computes what is missing of all candidates, and turns those that fail into lines for the host. */
function settle(): void {
  if (candidateCount == 0) return;
  hashMany(jobs, jobCount);
  jobCount = 0;
  for (let i = 0; i < candidateCount; i++) {
    const candidate = changetype<Candidate>(candidates + candidateBytes * <usize>i);
    const leafInput = leafInputs + 144 * <usize>i;
    memory.copy(messages + 48 * <usize>candidate.firstItem + hashInMessage, leafInput + digestInLeaf, 32);
    addJob(leafInput, leafInput + 129, candidate.record + leafAt);
  }
  hashMany(jobs, jobCount);
  for (let i = 0; i < itemCount; i++) challenge(items + <usize>signatureBytes * <usize>i, messages + 48 * <usize>i);
  check(items, itemCount);
  for (let i = 0; i < candidateCount; i++) settleOne(i);
  candidateCount = 0;
  itemCount = 0;
  jobCount = 0;
  textsEnd = texts;
}

function settleOne(i: i32): void {
  const candidate = changetype<Candidate>(candidates + candidateBytes * <usize>i);
  const intentHash = intentHashes + 64 * <usize>i;
  const intentHolds = !candidate.hasIntent || memory.compare(intentHash, intentHash + 32, 32) == 0;
  let signed = true;
  for (let j = 0; j < candidate.itemCount; j++) {
    if (load<u32>(items + <usize>signatureBytes * <usize>(candidate.firstItem + j), 100) == 0) signed = false;
  }
  if (!intentHolds || !signed) {
    recordOther(candidate.record, candidate.offset, candidate.length, intentHolds);
  }
}
