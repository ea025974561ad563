/**
 * The kernel: recognizes entries of a ledger in whose own content nothing is wrong, at a twentieth
 * of the cost of doing it in JavaScript. See README.md. This file is its surface for the host.
 */
import { leafAt, recordBytes } from "./record";
import { subtrees } from "./tree";

export { consumed, recognize, setOwnScope } from "./block";
export { take } from "./memory";
export { hashOne } from "./sha3";
export { addKey, challenge, check, prepare } from "./signatures";
export { setLedger, trustGroup, trustKey, trustMember, trustTenant } from "./trust";

/**
 * The roots of the maximal aligned subtrees over the leaves of `count` records in a row, the first of
 * which stands at place `start`: see tree.ts. `leaves` is room for 32 bytes each. Returns how many.
 */
export function subtreesOf(records: usize, count: i32, start: f64, leaves: usize, out: usize): i32 {
  for (let i: usize = 0; i < <usize>count; i++) {
    memory.copy(leaves + 32 * i, records + recordBytes * i + leafAt, 32);
  }
  return subtrees(leaves, count, start, out);
}
