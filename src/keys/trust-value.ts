/** The two tiers that need approvals of people (section 4); a trust file names both. */
export const upperTiers = ["T2_ELEVATED", "T3_SOVEREIGN"] as const;
export type UpperTier = (typeof upperTiers)[number];

/** What a key of a trust file may sign. */
export type KeyRole = "ledger" | "approver" | "witness";

export const trustFormat = "sclaw.keys/1";

/** A trust file as it is written (section 7). `readTrustFile` says whether it is one. */
export interface TrustFileValue {
  readonly format: typeof trustFormat;
  readonly ledger: string;
  readonly witness_quorum?: number;
  readonly tiers: { readonly [Tier in UpperTier]: readonly string[] };
  readonly groups: { readonly [name: string]: GroupValue };
  readonly keys: readonly KeyValue[];
}

/** A group of people, as it is written. */
export interface GroupValue {
  readonly threshold: number;
  readonly tenants?: readonly string[];
  readonly members: readonly MemberValue[];
}

/** One person in a group, as it is written: a member where from ≤ at < until. */
export interface MemberValue {
  readonly holder: string;
  readonly from?: string;
  readonly until?: string;
}

/** A key, as it is written. */
export interface KeyValue {
  readonly id: string;
  readonly role: KeyRole;
  readonly holder: string;
  readonly public_key: string;
  readonly name?: string;
  readonly valid_from?: string;
  readonly valid_until?: string;
  readonly revoked_at?: string;
  readonly first_seq?: number;
  readonly last_seq?: number;
}
