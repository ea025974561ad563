/**
 * What the approval of the receipt at hand requires, and the signatures that it has. A receipt with
 * more of either than there is room for is not ordinary: the host reads it.
 */
const mostRequirements: i32 = 16;
/** The format allows no more (docs/format.md, "Approvals"). */
const mostSignatures: i32 = 64;

@unmanaged
export class Requirement {
  /** The group's name, with its quotes. */
  group: usize;
  groupEnd: usize;
  threshold: f64;
}

@unmanaged
export class Signature {
  approver: usize;
  approverEnd: usize;
  at: usize;
  atEnd: usize;
  verdict: usize;
  verdictEnd: usize;
  /** Addresses of 64 bytes of signature and 16 bytes of key id. */
  sig: usize;
  signer: usize;
  time: f64;
  approves: bool;
}

const requirementBytes: usize = offsetof<Requirement>();
const requirements = memory.data(16 * 16, 16);
const signatureBytes: usize = offsetof<Signature>();
const signatures = memory.data(48 * 64, 16);
const signatureTexts = memory.data(80 * 64, 16);

export let requirementCount: i32 = 0;
export let signatureCount: i32 = 0;

export function forgetRequest(): void {
  requirementCount = 0;
  signatureCount = 0;
}

export function requirement(i: i32): Requirement {
  return changetype<Requirement>(requirements + <usize>i * requirementBytes);
}

export function signature(i: i32): Signature {
  return changetype<Signature>(signatures + <usize>i * signatureBytes);
}

/** Adds a requirement; false where there is no room. */
export function addRequirement(group: usize, groupEnd: usize, threshold: f64): bool {
  if (requirementCount == mostRequirements) return false;
  const added = requirement(requirementCount++);
  added.group = group;
  added.groupEnd = groupEnd;
  added.threshold = threshold;
  return true;
}

/** A signature to be filled in; null where there is no room. */
export function addSignature(): Signature | null {
  if (signatureCount == mostSignatures) return null;
  const added = signature(signatureCount);
  added.sig = signatureTexts + 80 * <usize>signatureCount;
  added.signer = added.sig + 64;
  signatureCount++;
  return added;
}
