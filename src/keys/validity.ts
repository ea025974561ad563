import type { Time } from "../json/time.js";
import type { Group, TrustedKey } from "./trust-file.js";

/**
 * Whether a key is valid at a time: valid_from ≤ t < valid_until, and t < revoked_at
 * (section 7). What the file does not give bounds nothing.
 */
export function validAt(key: TrustedKey, time: Time): boolean {
  if (key.validFrom !== undefined && time < key.validFrom) return false;
  if (key.validUntil !== undefined && time >= key.validUntil) return false;
  return key.revokedAt === undefined || time < key.revokedAt;
}

/**
 * Whether a key is valid at a place of the ledger: first_seq ≤ place ≤ last_seq
 * (section 7). A thief can backdate a time, and cannot choose a place.
 */
export function validAtPlace(key: TrustedKey, place: number): boolean {
  return place >= (key.firstSeq ?? 0) && place <= (key.lastSeq ?? Number.MAX_SAFE_INTEGER);
}

/** Whether a person is in a group at a time: from ≤ at < until (section 7). */
export function isMember(group: Group, holder: string, at: Time): boolean {
  return group.members.some(
    (member) =>
      member.holder === holder &&
      (member.from === undefined || member.from <= at) &&
      (member.until === undefined || at < member.until),
  );
}

/** Whether a group stands for a tenant: any, unless the group names its tenants (section 7). */
export function standsFor(group: Group, tenant: string): boolean {
  return group.tenants === undefined || group.tenants.has(tenant);
}
