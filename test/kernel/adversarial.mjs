// Signatures over 47 bytes on which verifiers disagree, by keys of prime order, and the kernel's
// answers to them. Plain JavaScript, since it also runs without the tests, on other versions of Node.
import { createHash } from "node:crypto";
import { Point } from "@noble/ed25519";

const { n: L, p: P } = Point.CURVE();
const B = Point.BASE;
const sha512 = (...parts) => createHash("sha512").update(Buffer.concat(parts)).digest();
const fromLE = (bytes) => BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
const toLE = (number) => Buffer.from(number.toString(16).padStart(64, "0"), "hex").reverse();
const mod = (n) => ((n % L) + L) % L;
const encode = (point) => Buffer.from(point.toBytes());
const times = (point, n) => (mod(n) === 0n ? Point.ZERO : point.multiply(mod(n), false));
const scalar = (label) => fromLE(sha512(Buffer.from(`sclaw kernel ${label}`))) % L;

/** k = SHA-512(R || A || M) mod L. */
const challengeOf = (r, key, message) => fromLE(sha512(r, key, message)) % L;

function smallOrderPoints() {
  const y = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05";
  const t = Point.fromBytes(Buffer.from(y, "hex"));
  const points = [Point.ZERO];
  for (let i = 1; i < 8; i++) points.push(points[i - 1].add(t));
  return points;
}

/** Encodings that are not canonical: y + p, and a sign where x is 0. */
function oddEncodings() {
  const odd = [toLE(1n | (1n << 255n)), toLE((P - 1n) | (1n << 255n))];
  for (let y = 0n; y < 19n; y++) for (const sign of [0n, 1n]) odd.push(toLE((y + P) | (sign << 255n)));
  return odd;
}

/** Keys by their scalars: two that look random, and those whose multiples meet each other. */
const secrets = () => [scalar("a"), scalar("b"), 1n, 2n, 8n, L - 1n, L - 2n, (L + 1n) / 2n, 2n ** 252n];

/** Cases for one key. */
function* casesOf(a, index, step) {
  const key = encode(times(B, a));
  const message = Buffer.alloc(47, `message ${index} `);
  const sign = (r, n) => mod(n + challengeOf(r, key, message) * a);
  const made = (name, r, s, text = message) => ({
    name: `key ${index}, ${name}`,
    key,
    message: text,
    signature: Buffer.concat([r, typeof s === "bigint" ? toLE(s) : s]),
  });
  for (const n of [1n, 2n, 3n, 7n, 8n, L - 1n, scalar(`n ${index}`), mod(a), mod(2n * a)]) {
    const r = encode(times(B, n));
    yield made(`nonce ${n}`, r, sign(r, n));
    yield made(`nonce ${n}, -S`, r, mod(-sign(r, n)));
  }
  const nonce = scalar(`nonce ${index}`);
  const R = times(B, nonce);
  const r = encode(R);
  const s = sign(r, nonce);
  for (let i = 1n; s + i * L < 2n ** 256n; i++) yield made(`S + ${i} L`, r, s + i * L);
  for (const edge of [0n, 1n, L - 1n, L, L + 1n, 2n ** 252n, 2n ** 253n - 1n, 2n ** 255n, 2n ** 256n - 1n])
    yield made(`S = ${edge}`, r, edge);
  for (const bit of [252n, 253n, 254n, 255n]) yield made(`S with bit ${bit}`, r, s | (1n << bit));
  for (const [i, t] of smallOrderPoints().entries()) {
    const small = encode(t);
    yield made(`small R ${i}, S = ka`, small, sign(small, 0n));
    yield made(`small R ${i}, S = 0`, small, 0n);
    const torsioned = encode(R.add(t));
    yield made(`R with torsion ${i}`, torsioned, sign(torsioned, nonce));
  }
  for (const odd of oddEncodings()) {
    yield made(`R not canonical ${odd.toString("hex")}`, odd, sign(odd, 0n));
    yield made(`R not canonical ${odd.toString("hex")}, S = 0`, odd, 0n);
  }
  yield made("R negated", encode(R.negate()), s);
  const whole = Buffer.concat([r, toLE(s)]);
  const flipped = (bytes, bit) => {
    const copy = Buffer.from(bytes);
    copy[bit >> 3] ^= 1 << (bit & 7);
    return copy;
  };
  for (let bit = 0; bit < 512; bit += step) {
    const signature = flipped(whole, bit);
    yield made(`signature, bit ${bit}`, signature.subarray(0, 32), signature.subarray(32));
  }
  for (let bit = 0; bit < 376; bit += step) yield made(`message, bit ${bit}`, r, s, flipped(message, bit));
}

/**
 * All cases, each with a key that the format accepts and a message of the length that the kernel
 * takes; of bits that are flipped, one in so many.
 */
export function kernelCases(step) {
  return secrets().flatMap((a, index) => [...casesOf(a, index, step)]);
}

const itemBytes = 112;

/**
 * What a kernel says of each case; undefined where it refuses the key. `more` keys are added before,
 * which decides how wide its tables are. Of messages that are not of 47 bytes, k is computed here.
 */
export function kernelAnswers(kernel, cases, more = 0) {
  const { call } = kernel;
  const keys = [...new Set(cases.map(({ key }) => Buffer.from(key).toString("hex")))];
  if (!call.prepare(keys.length + more)) throw new Error("the kernel has no room for the keys");
  for (let i = 0; i < more; i++) call.addKey(kernel.put(encode(times(B, BigInt(i + 3)))));
  const numbers = new Map(keys.map((key) => [key, call.addKey(kernel.put(Buffer.from(key, "hex")))]));
  const items = kernel.take(itemBytes * cases.length);
  const message = kernel.take(64);
  for (const [i, one] of cases.entries()) {
    const item = items + itemBytes * i;
    const number = numbers.get(Buffer.from(one.key).toString("hex"));
    kernel.bytes.set(one.signature, item);
    new DataView(kernel.bytes.buffer).setUint32(item + 96, number, true);
    if (number < 0) continue;
    if (one.message.length === 47) {
      kernel.bytes.set(one.message, message);
      call.challenge(item, message);
    } else {
      kernel.bytes.set(toLE(challengeOf(one.signature.subarray(0, 32), one.key, one.message)), item + 64);
    }
  }
  call.check(items, cases.length);
  const view = new DataView(kernel.bytes.buffer);
  return cases.map(({ key }, i) =>
    numbers.get(Buffer.from(key).toString("hex")) < 0
      ? undefined
      : view.getUint32(items + itemBytes * i + 100, true) === 1,
  );
}
