import { expect, literal } from "./literal";
import { keep, Part } from "./parts";
import { addRequirement, addSignature, forgetRequest } from "./request";
import { quoted, whole, wholeNumber } from "./text";
import { choice, choices, chosen, readKeyId, readSig, time, timePart, timeRead } from "./values";

/**
 * Reads the `approval` of a receipt (docs/format.md, "Approvals"). Its state and times stand in the variables
 * below; what it requires and who signed, in request.ts.
 */

/** Index in `states`, from 1; 0 where none is required. */
export let state: i32 = 0;
export let expiresAt: f64 = 0;
export let requestedAt: f64 = 0;

export const stateNotRequired: i32 = 0;
export const statePending: i32 = 1;
export const stateGranted: i32 = 2;
const states = choices('"pending"', '"granted"', '"rejected"', '"expired"');
const verdicts = choices('"approve"', '"reject"', '"approve"', '"reject"');

const notRequired = literal('"state":"not_required"}');
const expiresName = literal('"expires_at":');
const nextRequestedAt = literal(',"requested_at":');
const nextRequired = literal(',"required":');
const nextSignatures = literal(',"signatures":[');
const nextState = literal(',"state":');

/** From behind the brace of `approval` to behind its end. */
export function readApproval(p: usize): usize {
  forgetRequest();
  state = stateNotRequired;
  const none = expect(p, notRequired);
  if (none != 0) return none;
  p = timePart(expect(p, expiresName), Part.expiresAt);
  expiresAt = timeRead;
  p = timePart(expect(p, nextRequestedAt), Part.requestedAt);
  requestedAt = timeRead;
  p = expect(p, nextRequired);
  const required = p;
  p = readRequired(p);
  keep(Part.required, required, p);
  p = readSignatures(expect(p, nextSignatures));
  p = choice(expect(p, nextState), states);
  state = chosen + 1;
  return load<u8>(p) == 0x7d ? p + 1 : 0;
}

/** From the bracket of `required` to behind the other one: at least one requirement. */
function readRequired(p: usize): usize {
  if (load<u8>(p) != 0x5b) return 0;
  do {
    p = readRequirement(p + 1);
  } while (load<u8>(p) == 0x2c);
  return load<u8>(p) == 0x5d ? p + 1 : 0;
}

const groupName = literal('{"group":');
const nextThreshold = literal(',"threshold":');

function readRequirement(p: usize): usize {
  const group = expect(p, groupName);
  const groupEnd = quoted(group);
  p = wholeNumber(expect(groupEnd, nextThreshold));
  if (load<u8>(p) != 0x7d || whole < 1) return 0;
  return addRequirement(group, groupEnd, whole) ? p + 1 : 0;
}

/** From behind the bracket of `signatures` to behind the closing one. */
function readSignatures(p: usize): usize {
  if (load<u8>(p) == 0x5d) return p + 1;
  while (true) {
    p = readSignature(p);
    const after = load<u8>(p);
    if (after == 0x5d) return p + 1;
    if (after != 0x2c) return 0;
    p++;
  }
}

const approverName = literal('{"approver":');
const nextAt = literal(',"at":');
const nextApprovalSigner = literal('","signer":"ed25519:');
const nextVerdict = literal('","verdict":');

function readSignature(p: usize): usize {
  const signature = addSignature();
  if (signature == null) return 0;
  signature.approver = expect(p, approverName);
  signature.approverEnd = quoted(signature.approver);
  signature.at = expect(signature.approverEnd, nextAt);
  p = time(signature.at);
  signature.atEnd = p;
  signature.time = timeRead;
  p = expect(readSig(p, signature.sig), nextApprovalSigner);
  signature.verdict = expect(readKeyId(p, signature.signer), nextVerdict);
  p = choice(signature.verdict, verdicts);
  signature.verdictEnd = p;
  signature.approves = chosen == 0;
  return load<u8>(p) == 0x7d ? p + 1 : 0;
}
