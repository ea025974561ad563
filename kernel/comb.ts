/**
 * Multiples of a fixed point by additions alone. A scalar is written in signed windows of w bits, sum of
 * digit_i 2^(w i), -2^(w-1) < digit_i ≤ 2^(w-1), and a table holds m 2^(w i) P for every window i and
 * every m from 0 to 2^(w-1): one entry of 128 bytes each (see `storePart` in the field), a window's
 * entries one after the other, then the next window's.
 */
import { addPoints, fourD, half, pointBytes } from "./curve";
import { add, copyLane, elementBytes, lanes, mul, setSmall, storePart, sub } from "./field";
import { take } from "./memory";
import { invert } from "./power";

const entryBytes: i32 = 128;
const Z: i32 = 2 * elementBytes;

/** Windows of a scalar below 2^253, with room for the carry that signed digits need. */
export function windowsOf(width: i32): i32 {
  return (253 + width) / width;
}

export function windowBytes(width: i32): i32 {
  return ((1 << (width - 1)) + 1) * entryBytes;
}

export function tableBytes(width: i32): i32 {
  return windowsOf(width) * windowBytes(width);
}

/** Place for the multiples of one window, a window in each lane, and for the products of their Z. */
let multiples: usize = 0;
let products: usize = 0;

/** Takes the memory that building tables of at most this width needs. */
export function prepareTables(width: i32): bool {
  multiples = take(pointBytes << (width - 1));
  products = take(elementBytes << (width - 1));
  return multiples != 0 && products != 0;
}

const power: usize = memory.data(640, 16);
const bases: usize = memory.data(640, 16);

/** Builds the table of a point that is the same in all lanes; as many windows at once as there are lanes. */
export function buildTable(table: usize, width: i32, point: usize): void {
  const windows = windowsOf(width);
  memory.copy(power, point, pointBytes);
  memory.copy(bases, point, pointBytes);
  for (let i = 0; i < windows; i++) {
    const lane = i % lanes;
    for (let at = 0; at < pointBytes; at += elementBytes) copyLane(bases + at, lane, power + at, lane);
    if (lane + 1 == lanes || i + 1 == windows) {
      buildWindows(table + (i - lane) * windowBytes(width), width, lane + 1);
    }
    for (let bit = 0; bit < width; bit++) addPoints(power, power, power);
  }
}

const inverse: usize = memory.data(160, 16);
const x: usize = memory.data(160, 16);
const y: usize = memory.data(160, 16);
const t: usize = memory.data(160, 16);

/**
 * Builds the windows of the points in the first lanes of `bases`. Montgomery's trick: the product of all
 * Z is inverted, and gives each 1/Z for three products. Half the inverse is used throughout, since
 * entries hold x/2 + y/2 and y/2 - x/2; then d x y is 4 d (x/2) (y/2).
 */
function buildWindows(table: usize, width: i32, windows: i32): void {
  const last = (1 << (width - 1)) - 1;
  memory.copy(multiples, bases, pointBytes);
  memory.copy(products, bases + Z, elementBytes);
  for (let i = 1; i <= last; i++) {
    const multiple = multiples + i * pointBytes;
    const product = products + i * elementBytes;
    addPoints(multiple, multiple - pointBytes, bases);
    mul(product, product - elementBytes, multiple + Z);
  }
  invert(inverse, products + last * elementBytes);
  mul(inverse, inverse, half);
  for (let i = last; i >= 0; i--) {
    const multiple = multiples + i * pointBytes;
    if (i > 0) mul(t, inverse, products + (i - 1) * elementBytes);
    else memory.copy(t, inverse, elementBytes);
    mul(inverse, inverse, multiple + Z);
    mul(x, multiple, t);
    mul(y, multiple + elementBytes, t);
    storeEntries(table + (i + 1) * entryBytes, width, windows);
  }
  // The identity: x/2 = 0, y/2 = 1/2.
  setSmall(x, 0);
  memory.copy(y, half, elementBytes);
  storeEntries(table, width, windows);
}

/** Stores the same multiple into several windows, of halved coordinates x and y. */
function storeEntries(entry: usize, width: i32, windows: i32): void {
  add(t, y, x);
  storeParts(entry, width, windows, 0);
  sub(t, y, x);
  storeParts(entry, width, windows, 1);
  mul(t, x, y);
  mul(t, t, fourD);
  storeParts(entry, width, windows, 2);
}

function storeParts(entry: usize, width: i32, windows: i32, part: i32): void {
  for (let lane = 0; lane < windows; lane++) storePart(entry + lane * windowBytes(width), part, t, lane);
}

/**
 * Writes the steps that add up to a multiple of a table's point: for each window, `stride` bytes apart,
 * the address of the entry, plus 1 where it is to be subtracted. Takes a scalar of 32 bytes below 2^253;
 * any other stays within the table, too, but stands for another multiple.
 */
export function writeSteps(steps: usize, stride: i32, scalar: usize, table: usize, width: i32): void {
  const windows = windowsOf(width);
  const top = 1 << (width - 1);
  const mask = (1 << width) - 1;
  let carry = 0;
  let bit = 0;
  for (let i = 0; i < windows; i++) {
    let digit = (bitsAt(scalar, bit) & mask) + carry;
    carry = i32(digit > top);
    digit -= carry << width;
    const negative = digit >> 31;
    store<u32>(steps, (table + ((digit ^ negative) - negative) * entryBytes) | (negative & 1));
    steps += stride;
    table += windowBytes(width);
    bit += width;
  }
}

/** At least 16 bits of a scalar from a bit on; zeros beyond its 256. */
@inline
function bitsAt(scalar: usize, bit: i32): i32 {
  const byte = bit >> 3;
  if (byte <= 28) return load<u32>(scalar + byte) >> (bit & 7);
  if (byte >= 32) return 0;
  return (load<u32>(scalar, 28) >> ((byte - 28) << 3)) >> (bit & 7);
}
