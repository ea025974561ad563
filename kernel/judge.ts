import { expiresAt, requestedAt, state, stateGranted, stateNotRequired } from "./approval";
import { completedAt, decidedAt, decision, decisionAllow, decisionDeny, issuedAt, seq, signer, startedAt, status, statusNotExecuted, tier, tierElevated } from "./entry";
import { expect, literal } from "./literal";
import { from, isThere, Part, same, sameBytes, to } from "./parts";
import { requirement, requirementCount, Signature, signature, signatureCount } from "./request";
import { inOrder } from "./text";
import {
  Group,
  groupOf,
  isMember,
  Key,
  keyOf,
  ledgerName,
  ledgerNameEnd,
  roleApprover,
  roleLedger,
  standsFor,
} from "./trust";

/**
 * Whether nothing is wrong with the receipt that entry.ts read last, but for its hashes and
 * signatures, which are computed for many receipts at once. The rules are those of src/ledger
 * (authenticity, intent-check, controls, approvals) for the case that every condition is met.
 */
export function isSound(): bool {
  return namesHaveTheirForm() && isOfThisLedger() && intentFits() && controlsHold() && approvalHolds();
}

const agentPrefix = literal('"agent:');
const userPrefix = literal('"user:');
const adapterPrefix = literal('"adapter:');
const tenantPrefix = literal('"tenant:');
const correlationPrefix = literal('"corr_');
/** Its receipts say which policy is in force: the host follows them (docs/policy.md, "Releases"). */
const releaseAdapter = literal('"adapter:sclaw.policy@1"');

/** What src/receipt/identifiers.ts asks of names. Their strings are canonical already. */
function namesHaveTheirForm(): bool {
  if (!continues(from(Part.agentId), to(Part.agentId), agentPrefix)) return false;
  if (isThere(Part.onBehalfOf) && !continues(from(Part.onBehalfOf), to(Part.onBehalfOf), userPrefix)) return false;
  return isAdapter(from(Part.adapter), to(Part.adapter)) && isTenant() && isCorrelation();
}

/** Whether a quoted string has this beginning and something after it. */
function continues(p: usize, end: usize, beginning: usize): bool {
  const rest = expect(p, beginning);
  return rest != 0 && rest < end - 1;
}

/** `adapter:<name>@<version>`: a name without @, and any version. */
function isAdapter(p: usize, end: usize): bool {
  if (expect(p, releaseAdapter) == end) return false;
  const name = expect(p, adapterPrefix);
  if (name == 0) return false;
  const at = find(name, end, 0x40);
  return at > name && at < end - 2;
}

/** `tenant:<name>[/<environment>]`; one with an escape is left to the host, since its scope is of the plain text. */
function isTenant(): bool {
  const end = to(Part.tenant) - 1;
  const name = expect(from(Part.tenant), tenantPrefix);
  if (name == 0 || name == end || find(name, end, 0x5c) != end) return false;
  const slash = find(name, end, 0x2f);
  if (slash == end) return true;
  return slash > name && slash + 1 < end && find(slash + 1, end, 0x2f) == end;
}

/** `corr_` and 1 to 64 of A-Z a-z 0-9 _ - */
function isCorrelation(): bool {
  const end = to(Part.correlation) - 1;
  const rest = expect(from(Part.correlation), correlationPrefix);
  if (rest == 0 || rest >= end || end - rest > 64) return false;
  for (let p = rest; p < end; p++) {
    const byte = load<u8>(p);
    const letter = (byte | 0x20) - 0x61;
    if (letter >= 26 && !(byte >= 0x30 && byte <= 0x39) && byte != 0x5f && byte != 0x2d) return false;
  }
  return true;
}

/** The first such byte, or `end`. */
function find(p: usize, end: usize, byte: u8): usize {
  while (p < end && load<u8>(p) != byte) p++;
  return p;
}

/** The key that the receipt names as its signer; set by `isOfThisLedger`. */
export let ledgerKey: Key | null = null;

function isOfThisLedger(): bool {
  const name = from(Part.ledger);
  if (!sameBytes(name, to(Part.ledger) - name, ledgerName, ledgerNameEnd - ledgerName)) return false;
  if (!isByLedgerKey()) return false;
  return ledgerKey!.from <= issuedAt && issuedAt < ledgerKey!.until;
}

/** Whether a ledger key that is valid at this place is named; of the time, the caller knows. */
export function isByLedgerKey(): bool {
  ledgerKey = keyOf(signer);
  return (
    ledgerKey != null &&
    ledgerKey!.role == roleLedger &&
    ledgerKey!.firstSeq <= seq &&
    seq <= ledgerKey!.lastSeq
  );
}

/** The parties that intent and receipt both name are the same; the hash is compared when it is computed. */
function intentFits(): bool {
  if (!isThere(Part.intent)) return true;
  return (
    same(Part.intentAdapter, Part.adapter) &&
    same(Part.intentTenant, Part.tenant) &&
    same(Part.intentAgent, Part.agent)
  );
}

/** Whether the operation reached its adapter. */
// @ts-ignore: decorator
@inline
export function ran(): bool {
  return status != statusNotExecuted;
}

/** What src/ledger/controls.ts asks: nothing ran without authority, and the times are in order. */
function controlsHold(): bool {
  const granted = state == stateGranted;
  if (ran()) {
    if (decision == decisionDeny) return false;
    if (decision == decisionAllow ? state != stateNotRequired : !granted) return false;
    if (tier >= tierElevated && !granted) return false;
  }
  let before = decidedAt;
  if (startedAt >= 0) {
    if (startedAt < before) return false;
    before = startedAt;
  }
  if (completedAt >= 0) {
    if (completedAt < before) return false;
    before = completedAt;
  }
  return issuedAt >= before;
}

/** Whether a signature of the approval rejects. */
export let rejected: bool = false;

/** What src/ledger/approvals.ts asks, but for the signatures themselves. */
function approvalHolds(): bool {
  rejected = false;
  if (state == stateNotRequired) return true;
  if (!requirementsAreSorted()) return false;
  for (let i = 0; i < signatureCount; i++) {
    if (!signatureCounts(i)) return false;
    if (!signature(i).approves) rejected = true;
  }
  return state != stateGranted || (!rejected && isEnough());
}

function requirementsAreSorted(): bool {
  for (let i = 0; i < requirementCount; i++) {
    const one = requirement(i);
    if (one.groupEnd - one.group < 3) return false;
    if (i == 0) continue;
    const before = requirement(i - 1);
    if (!inOrder(before.group + 1, before.groupEnd - 1, one.group + 1, one.groupEnd - 1, false)) return false;
  }
  return true;
}

/** Every condition on one signature, in the order of docs/format.md, "Approvals". */
function signatureCounts(i: i32): bool {
  const one = signature(i);
  const approver = one.approver;
  const approverEnd = one.approverEnd;
  if (!continues(approver, approverEnd, userPrefix)) return false;
  const key = keyOf(one.signer);
  if (key == null || key.role != roleApprover) return false;
  if (!sameBytes(approver, approverEnd - approver, key.holder, key.holderEnd - key.holder)) return false;
  if (!(key.from <= one.time && one.time < key.until)) return false;
  if (groupsOf(one) == 0) return false;
  if (one.time < requestedAt || one.time > expiresAt || one.time > decidedAt) return false;
  const person = from(Part.onBehalfOf);
  if (sameBytes(approver, approverEnd - approver, person, to(Part.onBehalfOf) - person)) return false;
  for (let j = 0; j < i; j++) {
    const other = signature(j);
    if (sameBytes(approver, approverEnd - approver, other.approver, other.approverEnd - other.approver)) return false;
  }
  return true;
}

/** In how many of the required groups the approver was then. */
function groupsOf(one: Signature): i32 {
  let count = 0;
  for (let i = 0; i < requirementCount; i++) {
    const group = groupOf(requirement(i).group, requirement(i).groupEnd);
    if (group != null && countsIn(group, one)) count++;
  }
  return count;
}

function countsIn(group: Group, one: Signature): bool {
  if (!standsFor(group, from(Part.tenant), to(Part.tenant))) return false;
  return isMember(group, one.approver, one.approverEnd, one.time);
}

/** Whether the approvals meet every requirement, each person one of them, and the tier. */
function isEnough(): bool {
  let ofTier = tier < tierElevated;
  for (let i = 0; i < requirementCount; i++) {
    const required = requirement(i);
    const group = groupOf(required.group, required.groupEnd);
    if (group == null || required.threshold < group.threshold) return false;
    if ((group.tiers & (1 << tier)) != 0) ofTier = true;
    let count: f64 = 0;
    for (let j = 0; j < signatureCount; j++) if (countsIn(group, signature(j))) count++;
    if (count < required.threshold) return false;
  }
  // One person for two groups is allowed, and a warning.
  for (let j = 0; j < signatureCount; j++) if (groupsOf(signature(j)) > 1) return false;
  return ofTier && !(ran() && startedAt > expiresAt);
}
