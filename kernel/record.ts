import { state, stateGranted, stateNotRequired, statePending } from "./approval";
import { decidedAt, decision, issuedAt, nonce, policyHash, prev, seq, status, tier, ulid } from "./entry";
import { ledgerKey, ran, rejected } from "./judge";
import { isThere, Part } from "./parts";

/** What the host learns of a line: 240 bytes, laid out as src/ledger/record.ts says. */
export const recordBytes: usize = 240;

const kindOther: u8 = 0;
const kindDisclosed: u8 = 1;
const kindWithheld: u8 = 2;

const flagIntent: u8 = 1;
const flagRan: u8 = 2;
const flagRequest: u8 = 4;
const flagClosed: u8 = 8;
const flagRejected: u8 = 16;
const flagGranted: u8 = 32;
const flagOfTenant: u8 = 64;
const flagEnded: u8 = 128;

/** Where the leaf hash and the hash of what receipts of one request agree in go. */
export const leafAt: usize = 128;
export const sumsAt: usize = 70;
export const requestHashAt: usize = 208;

/** A line that the host has to read; `suspect` says that its signatures alone are the reason. */
export function recordOther(record: usize, offset: u32, length: u32, suspect: bool): void {
  memory.fill(record, 0, recordBytes);
  store<u8>(record, kindOther);
  store<u8>(record, suspect ? 1 : 0, 1);
  store<u8>(record, flagEnded, 4);
  store<u32>(record, offset, 8);
  store<u32>(record, length, 12);
}

/** The entry that entry.ts read last and judge.ts found sound. Hashes and sums are filled in later. */
export function recordDisclosed(record: usize, offset: u32, length: u32, ofTenant: bool): void {
  memory.fill(record, 0, recordBytes);
  const asked = state != stateNotRequired;
  let flags = flagEnded;
  if (isThere(Part.intent)) flags |= flagIntent;
  if (ran()) flags |= flagRan;
  if (asked) flags |= flagRequest;
  if (asked && state != statePending) flags |= flagClosed;
  if (rejected) flags |= flagRejected;
  if (state == stateGranted) flags |= flagGranted;
  if (ofTenant) flags |= flagOfTenant;
  store<u8>(record, kindDisclosed);
  store<u8>(record, <u8>decision, 1);
  store<u8>(record, <u8>tier, 2);
  store<u8>(record, <u8>status, 3);
  store<u8>(record, flags, 4);
  store<u8>(record, <u8>state, 5);
  store<u32>(record, offset, 8);
  store<u32>(record, length, 12);
  store<f64>(record, seq, 16);
  store<f64>(record, issuedAt, 24);
  store<f64>(record, decidedAt, 32);
  store<u32>(record, <u32>ledgerKey!.place, 40);
  memory.copy(record + 44, ulid, 26);
  memory.copy(record + 96, prev, 32);
  memory.copy(record + 160, nonce, 16);
  memory.copy(record + 176, policyHash, 32);
}

/** The withheld entry that entry.ts read last; whether its key was valid then, the host knows. */
export function recordWithheld(record: usize, offset: u32, length: u32, ofTenant: bool): void {
  memory.fill(record, 0, recordBytes);
  store<u8>(record, kindWithheld);
  store<u8>(record, ofTenant ? flagEnded | flagOfTenant : flagEnded, 4);
  store<u32>(record, offset, 8);
  store<u32>(record, length, 12);
  store<f64>(record, seq, 16);
  store<u32>(record, <u32>ledgerKey!.place, 40);
}
