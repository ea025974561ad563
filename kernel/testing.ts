/**
 * The kernel's parts one by one, for tests and measurements alone. Points are four encodings of 32 bytes, X,
 * Y, Z and T; what is computed on one lane is computed on all of them.
 */
import { elementBytes, lanes as laneCount, mul } from "./field";

export { take } from "./memory";
export { add, copyLane, fromBytes, mul, setSmall, sub, toBytes } from "./field";
export { invert, pow22523 } from "./power";
export { addEntry, addPoints, setIdentity } from "./curve";
export { decode } from "./decode";
export { buildTable, prepareTables, tableBytes, windowsOf, writeSteps } from "./comb";
export { isReduced, reduce } from "./scalar";
export { sha512 } from "./sha512";
export { addKey, challenge, check, prepare, signatureBytes } from "./signatures";

export function lanes(): i32 {
  return laneCount;
}

export function bytesOfElement(): i32 {
  return elementBytes;
}

/** r = r b, n times over. */
export function mulTimes(r: usize, b: usize, n: i32): void {
  for (let i = 0; i < n; i++) mul(r, r, b);
}
