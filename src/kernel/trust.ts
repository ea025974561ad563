import { decodeHex } from "../bytes/hex.js";
import { encodeUtf8 } from "../bytes/utf8.js";
import { canonicalize } from "../json/canonical.js";
import { packTime, type Time } from "../json/time.js";
import type { TrustedKey, TrustFile } from "../keys/trust-file.js";
import type { Kernel } from "./kernel.js";

/** What the kernel has to know of a trust file, as plain data that can be sent to another thread. */
export interface KernelTrust {
  /** Canonical JSON, as in all texts here: what stands in receipts. */
  readonly ledger: string;
  readonly keys: readonly {
    readonly id: Uint8Array;
    readonly publicKey: Uint8Array;
    readonly role: number;
    readonly place: number;
    readonly holder: string;
    readonly from: number;
    readonly until: number;
    readonly firstSeq: number;
    readonly lastSeq: number;
  }[];
  readonly groups: readonly {
    readonly name: string;
    readonly threshold: number;
    readonly tenants: readonly string[] | undefined;
    readonly members: readonly { readonly holder: string; readonly from: number; readonly until: number }[];
    readonly tiers: number;
  }[];
}

/** As kernel/trust.ts names them. Other roles sign nothing in receipts. */
const roles: { readonly [role: string]: number | undefined } = { ledger: 1, approver: 2 };
/** A kernel has a table of curve points for each key, and room for so many. */
const mostKeysOfKernel = 512;
/** Each member of each group is compared with each approver: a list beyond this is for the host. */
const mostMembers = 10_000;

/** Returns undefined for a trust file that is too large for the kernel. */
export function kernelTrustOf(trust: TrustFile): KernelTrust | undefined {
  const keys = [...trust.keys.values()].map(keyFor).filter(({ role }) => role !== 0);
  const groups = [...trust.groups].map(([name, group]) => ({
    name: canonicalize(name),
    threshold: group.threshold,
    tenants:
      group.tenants === undefined ? undefined : [...group.tenants].map((tenant) => canonicalize(tenant)),
    members: group.members.map(({ holder, from, until }) => ({
      holder: canonicalize(holder),
      from: packed(from, Number.NEGATIVE_INFINITY),
      until: packed(until, Number.POSITIVE_INFINITY),
    })),
    tiers: tiersOf(name, trust),
  }));
  const members = groups.reduce(
    (sum, { members, tenants }) => sum + members.length + (tenants?.length ?? 0),
    0,
  );
  if (keys.length > mostKeysOfKernel || members > mostMembers) return undefined;
  return { ledger: canonicalize(trust.ledger), keys, groups };
}

function keyFor(key: TrustedKey, place: number): KernelTrust["keys"][number] {
  return {
    id: decodeHex(key.id.slice("ed25519:".length))!,
    publicKey: key.publicKey.bytes,
    role: roles[key.role] ?? 0,
    place,
    holder: canonicalize(key.holder),
    from: packed(key.validFrom, Number.NEGATIVE_INFINITY),
    until: Math.min(
      packed(key.validUntil, Number.POSITIVE_INFINITY),
      packed(key.revokedAt, Number.POSITIVE_INFINITY),
    ),
    firstSeq: key.firstSeq ?? 0,
    lastSeq: key.lastSeq ?? Number.MAX_SAFE_INTEGER,
  };
}

function packed(time: Time | undefined, otherwise: number): number {
  return time === undefined ? otherwise : packTime(time);
}

/** Bit 2 and 3: whether the group can grant T2_ELEVATED and T3_SOVEREIGN. */
function tiersOf(group: string, { tiers }: TrustFile): number {
  return (tiers.T2_ELEVATED.includes(group) ? 4 : 0) + (tiers.T3_SOVEREIGN.includes(group) ? 8 : 0);
}

/**
 * Gives a kernel its trust: once, before anything is recognized. `ownScope` is the scope of the
 * tenant that is examined, where there is one; `mostKeys` is for how many keys its tables are laid
 * out. Returns false where the kernel refuses a key, which means that it is not fit for use.
 */
export function giveTrust(
  kernel: Kernel,
  trust: KernelTrust,
  ownScope: Uint8Array | undefined,
  mostKeys = trust.keys.length,
): boolean {
  const { call } = kernel;
  if (!call.prepare(mostKeys)) return false;
  const text = (value: string): [number, number] => {
    const bytes = encodeUtf8(value);
    const at = kernel.put(bytes);
    return [at, at + bytes.length];
  };
  call.setLedger(...text(trust.ledger));
  for (const { id, publicKey, role, place, holder, from, until, firstSeq, lastSeq } of trust.keys) {
    const table = call.addKey(kernel.put(publicKey));
    if (table < 0) return false;
    call.trustKey(kernel.put(id), role, place, table, ...text(holder), from, until, firstSeq, lastSeq);
  }
  for (const { name, threshold, tenants, members, tiers } of trust.groups) {
    call.trustGroup(...text(name), threshold, tenants === undefined ? 0 : 1, tiers);
    for (const { holder, from, until } of members) call.trustMember(...text(holder), from, until);
    for (const tenant of tenants ?? []) call.trustTenant(...text(tenant));
  }
  if (ownScope !== undefined) call.setOwnScope(kernel.put(ownScope));
  return true;
}
