// The kernel's arithmetic held against BigInt and node:crypto: for a short run in the tests, and a long one
// by bench/kernel-arithmetic.mjs. Each check takes a kernel, a source of numbers from 0 to 1 and how many
// operations to do, and throws at the first that differs, with its inputs.
import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import v8 from "node:v8";
import { compileKernel } from "../../scripts/build-kernel.mjs";

// Node 20 has relaxed SIMD behind a flag; later versions know the flag no more, or do not need it.
v8.setFlagsFromString("--experimental-wasm-relaxed-simd");

export const p = 2n ** 255n - 19n;
export const L = 2n ** 252n + 27742317777372353535851937790883648493n;

const mod = (n, m = p) => ((n % m) + m) % m;
const littleEndian = (bytes) => BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
const toBytes = (n, length = 32) => Buffer.from(n.toString(16).padStart(2 * length, "0"), "hex").reverse();

function power(base, exponent) {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = (b * b) % p) {
    if (e & 1n) result = (result * b) % p;
  }
  return result;
}

/** How each field lays out its limbs, and which values its comments allow. */
const layouts = {
  fma: {
    weights: [0n, 51n, 102n, 153n, 204n],
    read: (view, at) => BigInt(view.getFloat64(at, true)),
    write: (view, at, limb) => view.setFloat64(at, Number(limb), true),
    limbBytes: 8,
    tight: () => [-(2n ** 50n), 2n ** 50n],
    loose: () => [-(2n ** 51n), 2n ** 51n],
  },
  integer: {
    weights: [0n, 26n, 51n, 77n, 102n, 128n, 153n, 179n, 204n, 230n],
    read: (view, at) => BigInt(view.getUint32(at, true)),
    write: (view, at, limb) => view.setUint32(at, Number(limb), true),
    limbBytes: 4,
    tight: (i) => [0n, i % 2 === 0 ? 2n ** 26n - 1n : 2n ** 25n + 2n ** 11n - 1n],
    loose: (i) => [0n, i % 2 === 0 ? 3n * 2n ** 26n - 1n : 3n * 2n ** 25n + 2n ** 12n - 1n],
  },
};

/** Compiles the kernel's parts for one field; each call of what it returns is a fresh kernel. */
export async function compile(field) {
  const module = new WebAssembly.Module(await compileKernel({ field, entry: "testing.ts" }));
  return () => new Kernel(field, new WebAssembly.Instance(module, { env: {} }).exports);
}

/** One instance, with places for elements and bytes. */
export class Kernel {
  constructor(field, exports) {
    this.field = field;
    this.layout = layouts[field];
    this.exports = exports;
    this.lanes = exports.lanes();
    this.elementBytes = exports.bytesOfElement();
  }

  get memory() {
    return Buffer.from(this.exports.memory.buffer);
  }

  take(bytes) {
    const at = this.exports.take(bytes);
    if (at === 0) throw new Error("the kernel gives no memory");
    return at;
  }

  /** Places for so many elements. */
  elements(count) {
    const at = this.take(count * this.elementBytes);
    return Array.from({ length: count }, (_, i) => at + i * this.elementBytes);
  }

  writeLimbs(at, lane, limbs) {
    const view = new DataView(this.exports.memory.buffer);
    const { write, limbBytes } = this.layout;
    limbs.forEach((limb, i) => {
      write(view, at + 16 * i + limbBytes * lane, limb);
    });
  }

  readLimbs(at, lane) {
    const view = new DataView(this.exports.memory.buffer);
    const { read, limbBytes, weights } = this.layout;
    return weights.map((_, i) => read(view, at + 16 * i + limbBytes * lane));
  }

  value(limbs) {
    return mod(limbs.reduce((sum, limb, i) => sum + (limb << this.layout.weights[i]), 0n));
  }

  /** A number in every lane, through its bytes. */
  writeNumber(at, lane, number) {
    this.scratch ??= this.take(64);
    this.memory.set(toBytes(number), this.scratch);
    this.exports.fromBytes(at, lane, this.scratch);
  }
}

const below = (random, n) => Math.floor(random() * n);
const pick = (random, list) => list[below(random, list.length)];

function randomBytes(random, length) {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = below(random, 256);
  return bytes;
}

const corners = [
  ...[0n, 1n, 2n, 18n, 19n, 20n, 2n ** 254n - 1n, 2n ** 254n, 2n ** 254n + 1n],
  ...[2n ** 254n + 2n ** 204n - 1n, 2n ** 254n - 2n ** 203n],
  ...[p - 2n, p - 1n, p, p + 1n, p + 18n, 2n ** 255n - 2n, 2n ** 255n - 1n],
  ...[(p - 1n) / 2n, (p + 1n) / 2n, 2n ** 51n - 1n, 2n ** 51n, 2n ** 204n - 1n, 2n ** 204n],
];

/** A number of 255 bits: at random, from the corners, or of long runs of equal bits. */
function randomNumber(random) {
  const kind = random();
  if (kind < 0.2) return pick(random, corners);
  const bytes = randomBytes(random, 32);
  if (kind < 0.4) for (let i = 0; i < 32; i++) bytes[i] = pick(random, [0x00, 0xff, 0xff, 0x00, bytes[i]]);
  bytes[31] &= 0x7f;
  return littleEndian(bytes);
}

/** Limbs within bounds, many of them at an end. */
function randomLimbs(random, weights, bounds) {
  const manner = below(random, 4);
  return weights.map((_, i) => {
    const [low, high] = bounds(i);
    if (manner === 0) return high;
    if (manner === 1 && low < 0n) return low;
    const kind = below(random, 5);
    if (kind === 0) return low;
    if (kind === 1) return high;
    if (kind === 2) return pick(random, [0n, 1n, low + 1n, high - 1n]);
    const bits = (BigInt(below(random, 2 ** 32)) << 32n) | BigInt(below(random, 2 ** 32));
    return low + (bits % (high - low + 1n));
  });
}

/** A number within a few of a multiple of p, in loose limbs that are not the plain ones. */
function redundantLimbs(random, { weights, loose }) {
  const ends = [...weights.slice(1), 255n];
  const limbs = weights.map(() => 0n);
  let rest =
    BigInt(below(random, 3)) * p + BigInt(random() < 0.5 ? below(random, 5) - 2 : below(random, 700) - 350);
  if (loose(0)[0] === 0n && rest < 0n) rest += 2n * p;
  for (let i = 0; i < limbs.length; i++) {
    const size = 1n << (ends[i] - weights[i]);
    const isLast = i === limbs.length - 1;
    limbs[i] = isLast ? rest >> weights[i] : (rest >> weights[i]) % size;
    rest -= limbs[i] << weights[i];
  }
  const fits = (limb, i) => limb >= loose(i)[0] && limb <= loose(i)[1];
  // The same number again: one limb a whole step more or less, the next one so much less or more.
  for (let turn = 0; turn < 30; turn++) {
    const i = below(random, limbs.length);
    const next = (i + 1) % limbs.length;
    const step = pick(random, [-1n, 1n]);
    const moved = [
      limbs[i] + step * (1n << (ends[i] - weights[i])),
      limbs[next] - step * (next === 0 ? 19n : 1n),
    ];
    if (fits(moved[0], i) && fits(moved[1], next)) [limbs[i], limbs[next]] = moved;
  }
  return limbs.every(fits) ? limbs : redundantLimbs(random, { weights, loose });
}

function must(holds, what, inputs) {
  if (holds) return;
  const words = inputs.map((input) => (Array.isArray(input) ? `[${input}]` : String(input)));
  throw new Error(`${what} differs for ${words.join(", ")}`);
}

function within(limbs, bounds) {
  return limbs.every((limb, i) => limb >= bounds(i)[0] && limb <= bounds(i)[1]);
}

/** Sums, differences and products of elements at and within their bounds, results within theirs. */
function fieldOperations(kernel, random, count) {
  const { exports: e, layout, lanes } = kernel;
  const { weights, tight, loose } = layout;
  const [a, b, r] = kernel.elements(3);
  const operations = [
    { name: "add", run: e.add, input: tight, output: loose, compute: (x, y) => x + y },
    { name: "sub", run: e.sub, input: tight, output: loose, compute: (x, y) => x - y },
    { name: "mul", run: e.mul, input: loose, output: tight, compute: (x, y) => x * y },
    { name: "mul", run: e.mul, input: loose, output: tight, compute: (x, y) => x * y },
    { name: "square", run: (r, a) => e.mul(r, a, a), input: loose, output: tight, compute: (x) => x * x },
  ];
  for (let done = 0; done < count; done += lanes) {
    const { name, run, input, output, compute } = pick(random, operations);
    const inputs = [];
    for (let lane = 0; lane < lanes; lane++) {
      const pair = [randomLimbs(random, weights, input), randomLimbs(random, weights, input)];
      kernel.writeLimbs(a, lane, pair[0]);
      kernel.writeLimbs(b, lane, pair[1]);
      inputs.push(pair);
    }
    const into = pick(random, [a, b, r]);
    run(into, a, b);
    inputs.forEach((pair, lane) => {
      const limbs = kernel.readLimbs(into, lane);
      must(within(limbs, output), `the bound of ${name}`, pair);
      const [x, y] = pair.map((limbs) => kernel.value(limbs));
      must(kernel.value(limbs) === mod(compute(x, y)), name, pair);
    });
  }
}

/** Products whose lowest limb lies at the edge of a carry, which those of random factors never do. */
function edgeProducts(kernel, random, count) {
  const { exports: e, layout, lanes } = kernel;
  const { weights, tight } = layout;
  const [a, b, r] = kernel.elements(3);
  // In the field of signed limbs digits from 0 stand for limbs from -2^50.
  const center = tight(0)[0] < 0n ? weights.reduce((sum, weight) => sum + (1n << (weight + 50n)), 0n) : 0n;
  for (let done = 0; done < count; done += lanes) {
    const pairs = Array.from({ length: lanes }, () => {
      const high = pick(random, [0n, 2n ** 204n - 1n, 1n, randomNumber(random) >> 51n]);
      const low = BigInt(below(random, 45_000));
      const product = (high << 51n) + pick(random, [low, 2n ** 51n - 1n - low, 2n ** 26n - 1n - (low >> 5n)]);
      const factor = mod(randomNumber(random)) || 1n;
      return [factor, mod((product - center) * power(factor, p - 2n))];
    });
    pairs.forEach((pair, lane) => {
      kernel.writeNumber(a, lane, pair[0]);
      kernel.writeNumber(b, lane, pair[1]);
    });
    e.mul(r, a, b);
    pairs.forEach((pair, lane) => {
      const limbs = kernel.readLimbs(r, lane);
      must(within(limbs, tight), "the bound of mul", pair);
      must(kernel.value(limbs) === mod(pair[0] * pair[1]), "mul", pair);
    });
  }
}

/** Bytes in, bytes out. */
function encodings(kernel, random, count) {
  const { exports: e, layout, lanes } = kernel;
  const [a, b] = kernel.elements(2);
  const bytes = kernel.take(64);
  for (let done = 0; done < count; done++) {
    const lane = below(random, lanes);
    const number = randomNumber(random);
    kernel.memory.set(toBytes(number | (BigInt(below(random, 2)) << 255n)), bytes);
    e.fromBytes(a, lane, bytes);
    const limbs = kernel.readLimbs(a, lane);
    must(within(limbs, layout.tight), "the bound of fromBytes", [number]);
    must(kernel.value(limbs) === mod(number), "fromBytes", [number]);
    e.toBytes(bytes, a, lane);
    must(littleEndian(kernel.memory.subarray(bytes, bytes + 32)) === mod(number), "toBytes", [number]);
    const loose =
      random() < 0.5 ? randomLimbs(random, layout.weights, layout.loose) : redundantLimbs(random, layout);
    kernel.writeLimbs(a, lane, loose);
    e.toBytes(bytes, a, lane);
    must(littleEndian(kernel.memory.subarray(bytes, bytes + 32)) === kernel.value(loose), "toBytes", [loose]);
    const other = below(random, lanes);
    e.setSmall(b, 7);
    e.copyLane(b, other, a, lane);
    for (let at = 0; at < lanes; at++) {
      const expected = at === other ? kernel.value(loose) : 7n;
      must(kernel.value(kernel.readLimbs(b, at)) === expected, "copyLane", [loose]);
    }
  }
}

/** Inverses and the power that gives square roots. */
function powers(kernel, random, count) {
  const { exports: e, layout, lanes } = kernel;
  const [a, r] = kernel.elements(2);
  for (let done = 0; done < count; done += lanes) {
    const inputs = Array.from({ length: lanes }, () => randomLimbs(random, layout.weights, layout.loose));
    inputs.forEach((limbs, lane) => {
      kernel.writeLimbs(a, lane, limbs);
    });
    const [name, exponent] = pick(random, [
      ["invert", p - 2n],
      ["pow22523", (p - 5n) / 8n],
    ]);
    e[name](r, a);
    inputs.forEach((limbs, lane) => {
      const expected = power(kernel.value(limbs), exponent);
      must(kernel.value(kernel.readLimbs(r, lane)) === expected, name, [limbs]);
    });
  }
}

const d = mod(-121665n * power(121666n, p - 2n));
const rootOfMinusOne = power(2n, (p - 1n) / 4n);

/** RFC 8032 section 5.1.4, on X, Y, Z, T. */
function addPoints(a, b) {
  const A = mod((a[1] - a[0]) * (b[1] - b[0]));
  const B = mod((a[1] + a[0]) * (b[1] + b[0]));
  const C = mod(2n * a[3] * b[3] * d);
  const D = mod(2n * a[2] * b[2]);
  const [E, F, G, H] = [B - A, D - C, D + C, B + A];
  return [mod(E * F), mod(G * H), mod(F * G), mod(E * H)];
}

/** RFC 8032 section 5.1.3. */
function decodePoint(bytes) {
  const number = littleEndian(bytes);
  const [sign, y] = [number >> 255n, number & (2n ** 255n - 1n)];
  if (y >= p) return undefined;
  const x2 = mod((y * y - 1n) * power(d * y * y + 1n, p - 2n));
  let x = power(x2, (p + 3n) / 8n);
  if (mod(x * x) !== x2) x = mod(x * rootOfMinusOne);
  if (mod(x * x) !== x2 || (x === 0n && sign === 1n)) return undefined;
  if ((x & 1n) !== sign) x = p - x;
  return [x, y, 1n, mod(x * y)];
}

const base = decodePoint(Buffer.from(`58${"66".repeat(31)}`, "hex"));
const ofOrder8 = decodePoint(
  Buffer.from("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "hex"),
);
const identity = [0n, 1n, 1n, 0n];

function samePoint(a, b) {
  return (
    mod(a[0] * b[2]) === mod(b[0] * a[2]) &&
    mod(a[1] * b[2]) === mod(b[1] * a[2]) &&
    mod(a[3] * a[2]) === mod(a[0] * a[1]) &&
    a[2] !== 0n
  );
}

/** An endless walk over the whole curve, points of small order and the identity on the way. */
function* somePoints(random) {
  const small = [identity];
  for (let i = 1; i < 8; i++) small.push(addPoints(small[i - 1], ofOrder8));
  let point = base;
  for (;;) {
    point = addPoints(point, addPoints(point, base));
    const kind = below(random, 6);
    const drawn =
      kind === 0 ? pick(random, small) : kind === 1 ? addPoints(point, pick(random, small)) : point;
    const scale = 1n + littleEndian(randomBytes(random, 31));
    yield drawn.map((coordinate) => mod(coordinate * scale));
  }
}

/** Sums of points, equal and opposite ones too, and sums with the entry of a table. */
function pointOperations(kernel, random, count) {
  const { exports: e, lanes } = kernel;
  const [a, , , , b, , , , r] = kernel.elements(12);
  const points = somePoints(random);
  const write = (at, lane, elements) =>
    elements.forEach((number, i) => {
      kernel.writeNumber(at + i * kernel.elementBytes, lane, number);
    });
  const read = (at, lane) =>
    [0, 1, 2, 3].map((i) => kernel.value(kernel.readLimbs(at + i * kernel.elementBytes, lane)));
  for (let done = 0; done < count; done += lanes) {
    const pairs = Array.from({ length: lanes }, () => {
      const first = points.next().value;
      const [x, y, z, t] = pick(random, [first, points.next().value, points.next().value]);
      return [
        first,
        pick(random, [
          [x, y, z, t],
          [mod(-x), y, z, mod(-t)],
        ]),
      ];
    });
    const asEntry = random() < 0.5;
    pairs.forEach(([first, second], lane) => {
      write(a, lane, first);
      if (!asEntry) {
        write(b, lane, second);
        return;
      }
      const [x, y] = second.slice(0, 2).map((coordinate) => mod(coordinate * power(second[2], p - 2n)));
      const halved = power(2n, p - 2n);
      write(b, lane, [mod((y + x) * halved), mod((y - x) * halved), mod(d * x * y)]);
    });
    const into = asEntry ? a : pick(random, [a, b, r]);
    if (asEntry) e.addEntry(a, b);
    else e.addPoints(into, a, b);
    pairs.forEach(([first, second], lane) => {
      must(samePoint(read(into, lane), addPoints(first, second)), "the sum", [first, second]);
    });
  }
}

/** Encoded points, on the curve and beside it. */
function decodings(kernel, random, count) {
  const { exports: e, lanes } = kernel;
  const [point, x, y] = (([at]) => [at, at, at + kernel.elementBytes])(kernel.elements(4));
  const bytes = kernel.take(32);
  for (let done = 0; done < count; done++) {
    const number = randomNumber(random) | (BigInt(below(random, 2)) << 255n);
    const negate = below(random, 2);
    const encoded = toBytes(number);
    kernel.memory.set(encoded, bytes);
    const found = e.decode(point, bytes, negate) !== 0;
    const expected = decodePoint(encoded);
    must(found === (expected !== undefined), "whether it decodes", [number]);
    if (expected === undefined) continue;
    const lane = below(random, lanes);
    const expectedX = negate ? mod(-expected[0]) : expected[0];
    must(kernel.value(kernel.readLimbs(x, lane)) === expectedX, "x", [number]);
    must(kernel.value(kernel.readLimbs(y, lane)) === expected[1], "y", [number]);
  }
}

const scalarCorners = [
  ...[0n, 1n, L - 1n, 2n ** 252n, 2n ** 252n - 1n, 2n ** 252n + 1n, 2n ** 251n, (L - 1n) / 2n],
  ...[1n, 2n, 3n, 4n, 5n].map((n) => (2n ** 252n * n) / 7n),
];

function randomScalar(random) {
  return random() < 0.3 ? pick(random, scalarCorners) : mod(randomNumber(random), L);
}

/** Signed windows add up to the scalar they were cut from. */
function scalarWindows(kernel, random, count) {
  const { exports: e } = kernel;
  const [scalar, steps, table] = [kernel.take(32), kernel.take(4 * 64), 128 * 1000];
  for (let done = 0; done < count; done++) {
    const width = 4 + below(random, 7);
    const number = randomScalar(random);
    kernel.memory.set(toBytes(number), scalar);
    e.writeSteps(steps, 4, scalar, table, width);
    const windows = e.windowsOf(width);
    const perWindow = e.tableBytes(width) / windows;
    let sum = 0n;
    for (let i = 0; i < windows; i++) {
      const step = kernel.memory.readUInt32LE(steps + 4 * i);
      const entry = ((step & ~127) - table - i * perWindow) / 128;
      must(entry >= 0 && entry <= 2 ** (width - 1), `an entry of window ${i}`, [width, number]);
      sum += BigInt(step & 1 ? -entry : entry) << BigInt(width * i);
    }
    must(sum === number, "the sum of windows", [width, number]);
  }
}

/** Numbers of 512 bits modulo L, and whether 256 bits are below L. */
function reductions(kernel, random, count) {
  const { exports: e } = kernel;
  const [wide, out] = [kernel.take(64), kernel.take(32)];
  const most = 2n ** 512n - 1n;
  for (let done = 0; done < count; done++) {
    let number = littleEndian(randomBytes(random, 64));
    const kind = random();
    if (kind < 0.1) number = pick(random, [0n, most, most - 1n, 2n ** 511n, 2n ** 504n - 1n]);
    // Multiples of L and what is near them; 2^252 to L - 1 is where a reduction may stop too early.
    else if (kind < 0.6) {
      const near = pick(random, [-1n, 0n, 1n, 2n ** 252n, L - 2n, -(2n ** 251n), 2n ** 251n]);
      number = (number / L) * L + near + BigInt(below(random, 3));
    }
    if (number < 0n || number > most) number = most;
    kernel.memory.set(toBytes(number, 64), wide);
    e.reduce(out, wide);
    must(littleEndian(kernel.memory.subarray(out, out + 32)) === number % L, "mod L", [number]);
    const short = random() < 0.5 ? number % 2n ** 256n : mod(L + BigInt(below(random, 5)) - 2n, 2n ** 256n);
    kernel.memory.set(toBytes(short), wide);
    must((e.isReduced(wide) !== 0) === short < L, "below L", [short]);
  }
}

/** SHA-512 of R, A and a message. */
function hashes(kernel, random, count) {
  const { exports: e } = kernel;
  const [input, out] = [kernel.take(128), kernel.take(64)];
  for (let done = 0; done < count; done++) {
    const bytes = random() < 0.05 ? Buffer.alloc(111, pick(random, [0, 255])) : randomBytes(random, 111);
    kernel.memory.set(bytes, input);
    e.sha512(out, input, input + 32, input + 64);
    const expected = createHash("sha512").update(bytes).digest();
    must(expected.equals(kernel.memory.subarray(out, out + 64)), "SHA-512", [bytes.toString("hex")]);
  }
}

const seedPrefix = Buffer.from("302e020100300506032b657004220420", "hex");

/** A key pair of a number: always the same. */
export function keyPair(number) {
  const seed = createHash("sha256").update(`sclaw kernel ${number}`).digest();
  const privateKey = createPrivateKey({
    key: Buffer.concat([seedPrefix, seed]),
    format: "der",
    type: "pkcs8",
  });
  const publicKey = createPublicKey(privateKey);
  return { privateKey, publicKey, bytes: publicKey.export({ format: "der", type: "spki" }).subarray(-32) };
}

/** Genuine signatures and ones that were touched, in batches of any size, against node:crypto. */
function signatures(kernel, random, count, keyCount = 5) {
  const verifier = new Verifier(kernel, keyCount);
  const pairs = Array.from({ length: keyCount }, (_, i) => keyPair(i));
  const numbers = pairs.map(({ bytes }) => verifier.addKey(bytes));
  for (let done = 0; done < count; ) {
    const size = pick(
      random,
      [1, 2, 3, 4, 5, 64, 1023, 1024, 1025, 2051].filter((n) => n <= 64 || n <= count),
    );
    const items = Array.from({ length: size }, () => {
      const which = below(random, keyCount);
      const message = randomBytes(random, 47);
      const signature = sign(null, message, pairs[which].privateKey);
      return touched(random, { which, message, signature }, keyCount);
    });
    const found = verifier.check(items.map((item) => ({ ...item, key: numbers[item.which] })));
    items.forEach(({ which, message, signature }, i) => {
      const isIdentity = littleEndian(signature.subarray(0, 32)) === 1n;
      const expected = !isIdentity && verify(null, message, pairs[which].publicKey, signature);
      const words = [which, message.toString("hex"), signature.toString("hex")];
      must(found[i] === expected, `a signature (expected ${expected})`, words);
    });
    done += size;
  }
}

/** Half of the items as they are, the others with something changed. */
function touched(random, { which, message, signature }, keyCount) {
  switch (below(random, 12)) {
    case 0:
      signature[below(random, 64)] ^= 1 << below(random, 8);
      break;
    case 1:
      message[below(random, 47)] ^= 1 << below(random, 8);
      break;
    case 2:
      return { which: below(random, keyCount), message, signature };
    case 3:
      signature.set(toBytes(littleEndian(signature.subarray(32)) + L), 32);
      break;
    case 4:
      signature.set(toBytes(1n), 0);
      break;
    case 5:
      signature.set(toBytes(pick(random, [0n, 1n, L - 1n, L, 2n ** 252n, 2n ** 256n - 1n])), 32);
      break;
    case 6:
      signature[31] ^= 0x80;
      break;
  }
  return { which, message, signature };
}

/** The signatures' face of the kernel, for the host. */
export class Verifier {
  constructor(kernel, keyCount) {
    this.kernel = kernel;
    this.itemBytes = kernel.exports.signatureBytes.value;
    if (!kernel.exports.prepare(keyCount)) throw new Error("the kernel is not prepared");
    this.scratch = kernel.take(64);
    this.capacity = 0;
  }

  addKey(bytes) {
    this.kernel.memory.set(bytes, this.scratch);
    return this.kernel.exports.addKey(this.scratch);
  }

  /** Whether each item of `{key, signature, message}` is accepted; `k` stands for a message of other length. */
  check(items) {
    if (items.length > this.capacity) {
      this.items = this.kernel.take(items.length * this.itemBytes);
      this.capacity = items.length;
    }
    const { exports: e } = this.kernel;
    const memory = this.kernel.memory;
    items.forEach(({ key, signature, message, k }, i) => {
      const at = this.items + i * this.itemBytes;
      memory.set(signature, at);
      memory.writeUInt32LE(key, at + 96);
      memory.writeUInt32LE(0xffff_ffff, at + 100);
      if (k === undefined) {
        memory.set(message, this.scratch);
        e.challenge(at, this.scratch);
      } else memory.set(toBytes(k), at + 64);
    });
    e.check(this.items, items.length);
    return items.map((_, i) => memory.readUInt32LE(this.items + i * this.itemBytes + 100) === 1);
  }
}

/** The checks, and how many operations of 1000 are theirs in a run. */
export const checks = [
  { name: "field operations", run: fieldOperations, share: 790 },
  { name: "products at the edge of a carry", run: edgeProducts, share: 10 },
  { name: "encodings", run: encodings, share: 80 },
  { name: "powers", run: powers, share: 1 },
  { name: "points", run: pointOperations, share: 20 },
  { name: "decodings", run: decodings, share: 1 },
  { name: "windows of scalars", run: scalarWindows, share: 20 },
  { name: "reductions", run: reductions, share: 40 },
  { name: "hashes", run: hashes, share: 30 },
  { name: "signatures", run: signatures, share: 8 },
];
