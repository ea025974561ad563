import { take } from "./memory";
import { sameBytes } from "./parts";

/**
 * The reader's trust file (docs/format.md, "Trust file"), as the host gives it when the kernel
 * starts. Texts are canonical JSON with their quotes, as they stand in receipts. Times are packed
 * (time.ts); what the file does not bound is -Infinity or Infinity.
 */

export const roleLedger: i32 = 1;
export const roleApprover: i32 = 2;

@unmanaged
export class Key {
  id0: u64;
  id1: u64;
  role: i32;
  /** Its place in the trust file, by which the host knows it. */
  place: i32;
  /** Its number in signatures.ts. */
  table: i32;
  holder: usize;
  holderEnd: usize;
  /** Valid at from <= t < until. */
  from: f64;
  until: f64;
  firstSeq: f64;
  lastSeq: f64;
}

@unmanaged
export class Group {
  name: usize;
  nameEnd: usize;
  threshold: f64;
  /** Whether it stands for the tenants of its list only. */
  bounded: bool;
  tenants: Named | null;
  members: Named | null;
  /** Bit i where tier i may be granted by it. */
  tiers: u32;
  next: Group | null;
}

/** A text in a list, and for a member from when until when. */
@unmanaged
export class Named {
  text: usize;
  textEnd: usize;
  from: f64;
  until: f64;
  next: Named | null;
}

/** The ledger's name. */
export let ledgerName: usize = 0;
export let ledgerNameEnd: usize = 0;

export function setLedger(name: usize, nameEnd: usize): void {
  ledgerName = name;
  ledgerNameEnd = nameEnd;
}

/** Keys by the first bits of their id, which is a hash: open addressing, at most half full. */
const slotCount: usize = 2048;
const slots = memory.data(4 * 2048, 16);
export const mostKeys: i32 = 512;

/** Adds a key; `id` are its 16 bytes. */
export function trustKey(
  id: usize,
  role: i32,
  place: i32,
  table: i32,
  holder: usize,
  holderEnd: usize,
  from: f64,
  until: f64,
  firstSeq: f64,
  lastSeq: f64,
): void {
  const key = changetype<Key>(take(offsetof<Key>()));
  key.id0 = load<u64>(id);
  key.id1 = load<u64>(id, 8);
  key.role = role;
  key.place = place;
  key.table = table;
  key.holder = holder;
  key.holderEnd = holderEnd;
  key.from = from;
  key.until = until;
  key.firstSeq = firstSeq;
  key.lastSeq = lastSeq;
  let slot = <usize>key.id0 & (slotCount - 1);
  while (load<u32>(slots + 4 * slot) != 0) slot = (slot + 1) & (slotCount - 1);
  store<u32>(slots + 4 * slot, <u32>changetype<usize>(key));
}

/** The key with this id of 16 bytes; null for one that the trust file lacks. */
export function keyOf(id: usize): Key | null {
  const id0 = load<u64>(id);
  const id1 = load<u64>(id, 8);
  let slot = <usize>id0 & (slotCount - 1);
  while (true) {
    const at = <usize>load<u32>(slots + 4 * slot);
    if (at == 0) return null;
    const key = changetype<Key>(at);
    if (key.id0 == id0 && key.id1 == id1) return key;
    slot = (slot + 1) & (slotCount - 1);
  }
}

let groups: Group | null = null;

/** Adds a group, to which members and tenants are added next. Bit i of `tiers`: it can grant tier i. */
export function trustGroup(name: usize, nameEnd: usize, threshold: f64, bounded: bool, tiers: u32): void {
  const group = changetype<Group>(take(offsetof<Group>()));
  group.name = name;
  group.nameEnd = nameEnd;
  group.threshold = threshold;
  group.bounded = bounded;
  group.tiers = tiers;
  group.tenants = null;
  group.members = null;
  group.next = groups;
  groups = group;
}

/** Adds a member to the group that was added last, from a time on and before another. */
export function trustMember(holder: usize, holderEnd: usize, from: f64, until: f64): void {
  groups!.members = named(holder, holderEnd, from, until, groups!.members);
}

/** Adds a tenant to the group that was added last. */
export function trustTenant(tenant: usize, tenantEnd: usize): void {
  groups!.tenants = named(tenant, tenantEnd, 0, 0, groups!.tenants);
}

function named(text: usize, textEnd: usize, from: f64, until: f64, next: Named | null): Named {
  const added = changetype<Named>(take(offsetof<Named>()));
  added.text = text;
  added.textEnd = textEnd;
  added.from = from;
  added.until = until;
  added.next = next;
  return added;
}

export function groupOf(name: usize, nameEnd: usize): Group | null {
  let group = groups;
  while (group != null && !sameBytes(group.name, group.nameEnd - group.name, name, nameEnd - name)) {
    group = group.next;
  }
  return group;
}

export function standsFor(group: Group, tenant: usize, tenantEnd: usize): bool {
  return !group.bounded || find(group.tenants, tenant, tenantEnd) != null;
}

/** A person may be a member more than once, at different times. */
export function isMember(group: Group, holder: usize, holderEnd: usize, at: f64): bool {
  let member = find(group.members, holder, holderEnd);
  while (member != null && !(member.from <= at && at < member.until)) {
    member = find(member.next, holder, holderEnd);
  }
  return member != null;
}

function find(list: Named | null, text: usize, textEnd: usize): Named | null {
  while (list != null && !sameBytes(list.text, list.textEnd - list.text, text, textEnd - text)) {
    list = list.next;
  }
  return list;
}
