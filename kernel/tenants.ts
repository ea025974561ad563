import { literal, write } from "./literal";
import { take } from "./memory";
import { sameBytes } from "./parts";
import { hashOne } from "./sha3";

/**
 * The scope of a tenant is H("sclaw.scope/1" || tenant) (docs/format.md, "Entry"). A ledger has few
 * tenants and needs a scope an entry: those of up to 4096 names are kept.
 *
 *     0  u32  length of the name, 0 for a free slot      16  scope, 32 bytes      48  name, up to 208 bytes
 */
const slotBytes: usize = 256;
const slotCount: usize = 4096;
const longest: usize = 208;
const slots = take(slotBytes * slotCount);
let used: usize = 0;

const prefix = literal("sclaw.scope/1");
const prefixBytes: usize = 13;
const text = take(prefixBytes + longest + 16);

/**
 * The address of a tenant's scope, given its name without quotes; 0 where the name is too long to be
 * kept. Good until the next call.
 */
export function scopeOf(name: usize, end: usize): usize {
  const length = end - name;
  if (length > longest) return 0;
  let slot = slotOf(name, length);
  if (load<u32>(slot) != 0) return slot + 16;
  // Half full at most, so that a free slot is near, whoever chose the names.
  if (used + used >= slotCount) {
    memory.fill(slots, 0, slotBytes * slotCount);
    used = 0;
    slot = slotOf(name, length);
  }
  used++;
  store<u32>(slot, <u32>length);
  memory.copy(slot + 48, name, length);
  memory.copy(write(text, prefix), name, length);
  hashOne(slot + 16, text, <u32>(prefixBytes + length));
  return slot + 16;
}

function slotOf(name: usize, length: usize): usize {
  // FNV-1a
  let sum: u32 = 0x811c9dc5;
  for (let i: usize = 0; i < length; i++) sum = (sum ^ load<u8>(name + i)) * 0x01000193;
  let index = <usize>sum & (slotCount - 1);
  while (true) {
    const slot = slots + index * slotBytes;
    const known = <usize>load<u32>(slot);
    if (known == 0 || sameBytes(slot + 48, known, name, length)) return slot;
    index = (index + 1) & (slotCount - 1);
  }
}
