import { encodeBase64 } from "../bytes/base64.js";
import type { PublicKey } from "./public-key.js";
import {
  type GroupValue,
  type KeyRole,
  type KeyValue,
  type TrustFileValue,
  trustFormat,
  type UpperTier,
} from "./trust-value.js";

// Each edit takes the value of a trust file and returns another; none changes what it was
// given, and none judges the result: the caller reads it back with `readTrustFile`.

/** What a new key may be given besides its role and holder, as the file writes it. */
export type KeyOptions = Omit<KeyValue, "id" | "role" | "holder" | "public_key">;

/** A trust file for a ledger, with no groups and no keys: nothing verifies with it yet. */
export function newTrustFile(ledger: string): TrustFileValue {
  return { format: trustFormat, ledger, tiers: { T2_ELEVATED: [], T3_SOVEREIGN: [] }, groups: {}, keys: [] };
}

/** The file with one more key, at the end. */
export function addKey(
  file: TrustFileValue,
  publicKey: PublicKey,
  role: KeyRole,
  holder: string,
  options: KeyOptions = {},
): TrustFileValue {
  const key = { id: publicKey.id, role, holder, public_key: encodeBase64(publicKey.bytes), ...options };
  return { ...file, keys: [...file.keys, key] };
}

/** The file with a key revoked from a time on, and, of a ledger key, the last place that it signed rightly. */
export function revokeKey(
  file: TrustFileValue,
  id: string,
  at: string,
  lastSeq: number | undefined,
): TrustFileValue {
  const place = lastSeq === undefined ? {} : { last_seq: lastSeq };
  const keys = file.keys.map((key) => (key.id === id ? { ...key, revoked_at: at, ...place } : key));
  return { ...file, keys };
}

/** The file with a group of this name: in the place of the one it had, or at the end. */
export function setGroup(file: TrustFileValue, name: string, group: GroupValue): TrustFileValue {
  // A map and fromEntries, so that a group named __proto__ is a member like any other.
  const groups = new Map(Object.entries(file.groups)).set(name, group);
  return { ...file, groups: Object.fromEntries(groups) };
}

/** The file with these groups, and no others, for a tier. */
export function setTier(file: TrustFileValue, tier: UpperTier, groups: readonly string[]): TrustFileValue {
  return { ...file, tiers: { ...file.tiers, [tier]: groups } };
}

/**
 * A trust file as text for people: members in the order of the format, two spaces, LF
 * line ends. The fingerprint does not depend on any of it.
 */
export function formatTrustFile(file: TrustFileValue): string {
  return `${JSON.stringify(inOrder(file), null, 2)}\n`;
}

function inOrder(file: TrustFileValue): object {
  return {
    ...pick(file, ["format", "ledger", "witness_quorum", "tiers"]),
    groups: Object.fromEntries(
      Object.entries(file.groups).map(([name, group]) => [
        name,
        { ...pick(group, ["threshold", "tenants"]), members: group.members.map(memberInOrder) },
      ]),
    ),
    keys: file.keys.map((key) => pick(key, keyOrder)),
  };
}

const keyOrder = [
  "id",
  "role",
  "holder",
  "public_key",
  "name",
  "valid_from",
  "valid_until",
  "revoked_at",
  "first_seq",
  "last_seq",
] as const;

function memberInOrder(member: GroupValue["members"][number]): object {
  return pick(member, ["holder", "from", "until"]);
}

function pick<T extends object>(value: T, names: readonly (keyof T & string)[]): object {
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(value, name)).map((name) => [name, value[name]]),
  );
}
