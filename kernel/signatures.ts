/**
 * Ed25519 signatures of a few known keys (docs/format.md section 7, "The Ed25519 rule"): S < L, R not the
 * identity's encoding, and R = encode([S]B - [k]A) byte for byte. Nothing is multiplied by the cofactor,
 * R is not decoded, and there is no randomness: what one signature gets does not depend on the others.
 *
 * Tables of B and of every -A make both multiples sums of entries, without a doubling. What costs most
 * besides the field's products is to wait for tables, 16 to 66 KB a window and up to 2 MB together. So
 * signatures are taken up to 1024 at a time and window by window, all of them through one window before the
 * next. Before that a window's entries are read once in a loop that does nothing else: there some twenty
 * reads can be under way at a time, and among additions only those of the next group or two. That takes a
 * quarter off the whole with 4 keys, 40 % with 400; to fetch entries one group ahead, besides, gains nothing.
 */
import { buildTable, prepareTables, tableBytes, windowsOf, writeSteps } from "./comb";
import { addEntry, pointBytes, setIdentity } from "./curve";
import { decode, same } from "./decode";
import { elementBytes, gather, lanes, mul, toBytes } from "./field";
import { take } from "./memory";
import { invert } from "./power";
import { isReduced, reduce } from "./scalar";
import { sha512 } from "./sha512";

/** An item: R 32 bytes, S 32, k 32, number of the key u32, ok u32, 8 unused. */
export const signatureBytes: i32 = 112;

const S: usize = 32;
const k: usize = 64;
const key: usize = 96;
const ok: usize = 100;

/** Items that share one inversion, and whose points stay in the second-level cache. */
const batch = 1024;

const maximumKeys = 512;

/** Windows beyond 10 bits gain nothing: their tables fall out of the caches. */
const baseWidth = 10;

/** Keys of 0.53 MB each at 8 bits; 0.18 MB at 6, for 11 more additions a signature. */
const fewKeys = 50;
const widthOfFew = 8;
const widthOfMany = 6;

let keyWidth = 0;
let capacity = 0;
let keys = 0;

let baseTable: usize = 0;
let keyTables: usize = 0;
let encodedKeys: usize = 0;
let steps: usize = 0;
let points: usize = 0;
let products: usize = 0;

/** RFC 8032 section 5.1: y = 4/5, x even. */
const encodedBase: usize = memory.data<u64>(
  [0x6666666666666658, 0x6666666666666666, 0x6666666666666666, 0x6666666666666666],
  8,
);
const identity: usize = memory.data<u64>([1, 0, 0, 0], 8);
const point: usize = memory.data(640, 16);

/**
 * Takes memory for up to so many keys, and builds the base point's table. To be called once, before all
 * else here. False where there are too many keys or too little memory.
 */
export function prepare(keyCount: i32): bool {
  if (keyCount < 0 || keyCount > maximumKeys) return false;
  keyWidth = keyCount <= fewKeys ? widthOfFew : widthOfMany;
  if (!prepareTables(baseWidth)) return false;
  baseTable = take(tableBytes(baseWidth));
  keyTables = take(keyCount * tableBytes(keyWidth));
  encodedKeys = take(keyCount * 32);
  steps = take((windowsOf(baseWidth) + windowsOf(keyWidth)) * batch * sizeof<u32>());
  points = take((batch / lanes) * pointBytes);
  products = take((batch / lanes) * elementBytes);
  if (!baseTable || !keyTables || !encodedKeys || !steps || !points || !products) return false;
  decode(point, encodedBase, false);
  buildTable(baseTable, baseWidth, point);
  capacity = keyCount;
  return true;
}

/**
 * Builds the table of a key of 32 bytes. Returns its number, from 0, or -1 where the bytes are not the
 * canonical encoding of a point, or there are as many keys as `prepare` was told. That the point is of
 * prime order is for the caller to know: it is a part of the rule.
 */
export function addKey(encoded: usize): i32 {
  if (keys >= capacity || !decode(point, encoded, true)) return -1;
  memory.copy(encodedKeys + 32 * keys, encoded, 32);
  buildTable(keyTables + keys * tableBytes(keyWidth), keyWidth, point);
  return keys++;
}

const hash: usize = memory.data(64, 8);

/** Writes k = SHA-512(R || A || message) mod L, of 47 bytes, into an item with R and a key of `addKey`. */
export function challenge(item: usize, message: usize): void {
  sha512(hash, item, encodedKeys + 32 * load<u32>(item, key), message);
  reduce(item + k, hash);
}

/**
 * Sets ok to 1 in each of the items that the rule accepts, and to 0 in all others, those with a key that
 * nobody added included. Takes items that have everything else: k is that of `challenge`, below L.
 */
export function check(items: usize, count: i32): void {
  for (; count > 0; count -= batch) {
    checkBatch(items, min(count, batch));
    items += batch * signatureBytes;
  }
}

function checkBatch(items: usize, count: i32): void {
  const groups = (count + lanes - 1) / lanes;
  const stride = groups * lanes * sizeof<u32>();
  for (let i = 0; i < groups * lanes; i++) {
    writeItem(steps + i * sizeof<u32>(), stride, items + i * signatureBytes, i < count);
  }
  for (let g = 0; g < groups; g++) setIdentity(points + g * pointBytes);
  const windows = windowsOf(baseWidth) + windowsOf(keyWidth);
  for (let i = 0; i < windows; i++) {
    warm(steps + i * stride, stride);
    addWindow(steps + i * stride, groups);
  }
  compareAll(items, count, groups);
}

/**
 * Writes the steps of one item, of both its multiples, and sets its ok for now. What is refused without
 * them, and what only fills up the last group, gets the entry of zero for every window.
 */
function writeItem(at: usize, stride: i32, item: usize, present: bool): void {
  const split = windowsOf(baseWidth) * stride;
  if (present && isReduced(item + S) && !same(item, identity) && load<u32>(item, key) < <u32>keys) {
    store<u32>(item, 1, ok);
    writeSteps(at, stride, item + S, baseTable, baseWidth);
    const table = keyTables + load<i32>(item, key) * tableBytes(keyWidth);
    writeSteps(at + split, stride, item + k, table, keyWidth);
    return;
  }
  if (present) store<u32>(item, 0, ok);
  const end = split + windowsOf(keyWidth) * stride;
  for (let row = 0; row < end; row += stride) store<u32>(at + row, baseTable);
}

/** Keeps what `warm` reads from being dropped as unused. */
let warmed: u32 = 0;

/** Reads both cache lines of every entry that a window's steps lead to. */
function warm(row: usize, bytes: i32): void {
  let sum: u32 = 0;
  for (const end = row + bytes; row < end; row += sizeof<u32>()) {
    const entry = load<u32>(row) & ~127;
    sum ^= load<u32>(entry) ^ load<u32>(entry, 64);
  }
  warmed ^= sum;
}

/** The entries of one group of lanes: three elements, and the two vectors that `gather` may write behind. */
const entries: usize = memory.data(512, 16);

/** Adds one window's entries to all points. */
function addWindow(row: usize, groups: i32): void {
  for (let g = 0; g < groups; g++) {
    gather(entries, row + g * lanes * sizeof<u32>());
    addEntry(points + g * pointBytes, entries);
  }
}

const inverse: usize = memory.data(160, 16);
const reciprocal: usize = memory.data(160, 16);
const x: usize = memory.data(160, 16);
const y: usize = memory.data(160, 16);

/**
 * Encodes all points and compares them with R. One inversion for all Z (Montgomery's trick): that of
 * their product, from which each is had by two products, last group first.
 */
function compareAll(items: usize, count: i32, groups: i32): void {
  const Z: i32 = 2 * elementBytes;
  memory.copy(products, points + Z, elementBytes);
  for (let g = 1; g < groups; g++) {
    mul(products + g * elementBytes, products + (g - 1) * elementBytes, points + g * pointBytes + Z);
  }
  invert(inverse, products + (groups - 1) * elementBytes);
  for (let g = groups - 1; g >= 0; g--) {
    const p = points + g * pointBytes;
    if (g > 0) mul(reciprocal, inverse, products + (g - 1) * elementBytes);
    else memory.copy(reciprocal, inverse, elementBytes);
    mul(inverse, inverse, p + Z);
    mul(x, p, reciprocal);
    mul(y, p + elementBytes, reciprocal);
    for (let lane = 0; lane < lanes; lane++) {
      const i = g * lanes + lane;
      if (i < count) compare(items + i * signatureBytes, lane);
    }
  }
}

const encoded: usize = memory.data(32, 8);
const encodedX: usize = memory.data(32, 8);

/** Leaves ok as it is where the point in a lane of x and y encodes to R, and clears it where not. */
function compare(item: usize, lane: i32): void {
  toBytes(encodedX, x, lane);
  toBytes(encoded, y, lane);
  store<u8>(encoded, load<u8>(encoded, 31) | (load<u8>(encodedX) << 7), 31);
  if (!same(encoded, item)) store<u32>(item, 0, ok);
}
