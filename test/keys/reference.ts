import { createHash } from "node:crypto";

// Section 7 of the format over plain integers, after the Python of RFC 8032 section 6: slow,
// short, and with no line of the engines in it.

const p = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const power = (base: bigint, exponent: bigint): bigint => {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = (b * b) % p)
    if (e & 1n) result = (result * b) % p;
  return result;
};
const mod = (n: bigint): bigint => ((n % p) + p) % p;
const d = mod(-121665n * power(121666n, p - 2n));
const rootOfMinusOne = power(2n, (p - 1n) / 4n);

type Point = readonly [x: bigint, y: bigint, z: bigint, t: bigint];
const identity: Point = [0n, 1n, 1n, 0n];

function add(a: Point, b: Point): Point {
  const A = mod((a[1] - a[0]) * (b[1] - b[0]));
  const B = mod((a[1] + a[0]) * (b[1] + b[0]));
  const C = mod(2n * a[3] * b[3] * d);
  const D = mod(2n * a[2] * b[2]);
  const [E, F, G, H] = [B - A, D - C, D + C, B + A];
  return [mod(E * F), mod(G * H), mod(F * G), mod(E * H)];
}

function multiply(n: bigint, point: Point): Point {
  let sum = identity;
  for (let e = n, q = point; e > 0n; e >>= 1n, q = add(q, q)) if (e & 1n) sum = add(sum, q);
  return sum;
}

const isIdentity = ([x, y, z]: Point): boolean => x === 0n && y === z;

/** RFC 8032 section 5.1.3, every step of it. */
function decode(bytes: Uint8Array): Point | undefined {
  if (bytes.length !== 32) return undefined;
  const number = little(bytes);
  const [sign, y] = [number >> 255n, number & (2n ** 255n - 1n)];
  if (y >= p) return undefined;
  const x2 = mod((y * y - 1n) * power(d * y * y + 1n, p - 2n));
  let x = power(x2, (p + 3n) / 8n);
  if (mod(x * x) !== x2) x = mod(x * rootOfMinusOne);
  if (mod(x * x) !== x2) return undefined;
  if (x === 0n && sign === 1n) return undefined;
  if ((x & 1n) !== sign) x = p - x;
  return [x, y, 1n, mod(x * y)];
}

function encode([x, y, z]: Point): string {
  const inverse = power(z, p - 2n);
  const number = mod(y * inverse) | ((mod(x * inverse) & 1n) << 255n);
  return Buffer.from(number.toString(16).padStart(64, "0"), "hex").reverse().toString("hex");
}

function little(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString("hex") || "0"}`);
}

const base = decode(Buffer.from(`58${"66".repeat(31)}`, "hex"))!;

/** Whether R = encode([S]B - [k]A), for a canonical A of any order. */
export function referenceEquation(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  const A = decode(key);
  if (A === undefined) return false;
  const r = signature.subarray(0, 32);
  const k = little(createHash("sha512").update(r).update(key).update(message).digest()) % L;
  const minusA: Point = [mod(-A[0]), A[1], A[2], mod(-A[3])];
  const found = add(multiply(little(signature.subarray(32)), base), multiply(k, minusA));
  return encode(found) === Buffer.from(r).toString("hex");
}

/** Whether bytes are the canonical encoding of a point of prime order. */
export function referenceKey(key: Uint8Array): boolean {
  const A = decode(key);
  return A !== undefined && !isIdentity(A) && isIdentity(multiply(L, A));
}

/** The whole rule. */
export function referenceVerify(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  return (
    signature.length === 64 &&
    little(signature.subarray(32)) < L &&
    Buffer.from(signature.subarray(0, 32)).toString("hex") !== `01${"00".repeat(31)}` &&
    referenceKey(key) &&
    referenceEquation(signature, message, key)
  );
}
