import type { Field } from "../../scripts/build-kernel.mjs";

/** A fault put into one source of the kernel. */
export interface Fault {
  readonly name: string;
  readonly field: Field;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const fault = (file: string, from: string, to: string, field: Field = "integer"): Fault => {
  return { name: `${file}: ${from} -> ${to}`, field, file, from, to };
};

const hexIn = (text: string) => text.match(/0x[0-9a-f_]{16,}/g) ?? [];

/** A constant with one bit of it wrong. */
const wrongBit = (constant: string, bit: bigint): string =>
  `0x${(BigInt(constant.replaceAll("_", "")) ^ (1n << bit)).toString(16).padStart(16, "0")}`;

/** Constants of each kind wrong, and multiplications that are not fused. */
export const basicFaults: readonly Fault[] = [
  fault(
    "field-fma.ts",
    "f64x2.relaxed_madd(x, b2, f64x2.sub(s2, high))",
    "f64x2.add(f64x2.mul(x, b2), f64x2.sub(s2, high))",
    "fma",
  ),
  fault("curve.ts", "0x75eb4dca135978a3", "0x75eb4dca135978a2"),
  fault("sha512.ts", "0x6c44198c4a475817", "0x6c44198c4a475816"),
  fault("keccak.ts", "0x8000000080008008", "0x8000000080008000"),
  fault("scalar.ts", "top * 666643", "top * 666644"),
  fault("comb.ts", "mul(t, t, fourD);", ""),
  fault("signatures.ts", "!same(item, identity)", "true"),
  fault("tree.ts", "i64x2.splat(0x01)", "i64x2.splat(0x00)"),
];

/** One wrong bit in each long constant of a source. */
export function constantFaults(file: string, text: string, field: Field = "integer"): Fault[] {
  return [...new Set(hexIn(text))].map((constant, i) =>
    fault(file, constant, wrongBit(constant, BigInt((i * 13) % 64)), field),
  );
}

/** Faults of other kinds: numbers of the arithmetic, and steps left out. */
export const otherFaults: readonly Fault[] = [
  ...["x, b0, s", "x, b1, s", "x, b3, s", "x, b4, s"].map((of) => {
    const [x, b, s] = of.split(", ");
    return fault(
      "field-fma.ts",
      `f64x2.relaxed_madd(${of})`,
      `f64x2.add(f64x2.mul(${x}, ${b}), ${s})`,
      "fma",
    );
  }),
  ...["b0", "b1", "b2", "b3", "b4"].map((b) =>
    fault(
      "field-fma.ts",
      `f64x2.relaxed_madd(x, ${b}, f64x2.sub(s2, high))`,
      `f64x2.add(f64x2.mul(x, ${b}), f64x2.sub(s2, high))`,
      "fma",
    ),
  ),
  fault(
    "field-fma.ts",
    "const highBits: u64 = 0x4668_0000_0000_0000",
    "const highBits: u64 = 0x4678_0000_0000_0000",
    "fma",
  ),
  fault(
    "field-fma.ts",
    "const lowBits: u64 = 0x4338_0000_0000_0000",
    "const lowBits: u64 = 0x4348_0000_0000_0000",
    "fma",
  ),
  fault("field-fma.ts", "i64x2.splat((1 << 51) - 1)", "i64x2.splat((1 << 50) - 1)", "fma"),
  fault("field-fma.ts", "19 * 2048", "18 * 2048", "fma"),
  fault("field-fma.ts", "19 * (4 - k)", "18 * (4 - k)", "fma"),
  ...["666643", "470296", "654183", "997805", "136657", "683901"].map((digit) =>
    fault("scalar.ts", `top * ${digit}`, `top * ${Number(digit) + 1}`),
  ),
  fault("scalar.ts", "carryRounded(6, 17);", ""),
  fault("scalar.ts", "return word < limit;", "return word <= limit;"),
  fault("scalar.ts", "  return false;\n}", "  return true;\n}"),
  fault("comb.ts", "digit > top", "digit >= top"),
  fault("comb.ts", "return (253 + width) / width;", "return 253 / width;"),
  fault("comb.ts", "mul(t, t, fourD);", ""),
  fault("comb.ts", "mul(inverse, inverse, half);", ""),
  fault("signatures.ts", "const baseWidth = 10;", "const baseWidth = 11;"),
  fault("signatures.ts", "const widthOfMany = 6;", "const widthOfMany = 7;"),
  fault(
    "signatures.ts",
    "buildTable(baseTable, baseWidth, point);",
    "buildTable(baseTable, baseWidth - 1, point);",
  ),
  fault("signatures.ts", "!same(item, identity) && ", ""),
  fault("signatures.ts", "isReduced(item + S) && ", ""),
  fault("signatures.ts", "if (!same(encoded, item)) store<u32>(item, 0, ok);", ""),
  fault("signatures.ts", "load<u8>(encoded, 31) | (load<u8>(encodedX) << 7)", "load<u8>(encoded, 31)"),
  fault(
    "decode.ts",
    "if ((load<u8>(bytes) & 1) ^ sign ^ u8(negate)) {",
    "if ((load<u8>(bytes) & 1) ^ sign) {",
  ),
  fault("decode.ts", "if (sign && isZero(x)) return false;", ""),
  fault("decode.ts", "if (!same(bytes, encoded)) return false;", ""),
  fault("power.ts", "mul(b, b, x); // 9", "mul(b, b, b); // 9"),
  ...[
    "44",
    "43",
    "21",
    "14",
    "28",
    "20",
    "3",
    "45",
    "61",
    "6",
    "25",
    "8",
    "18",
    "27",
    "36",
    "10",
    "15",
    "56",
    "62",
    "55",
    "39",
    "41",
    "2",
  ].map((count) => fault("keccak.ts", `), ${count});`, `), ${Number(count) + 1});`)),
  ...["rotr(w1, 1)", "rotr(w1, 8)", "rotr(w14, 19)", "rotr(w14, 61)"].map((turn) =>
    fault(
      "sha512.ts",
      turn,
      turn.replace(/\d+\)/, (text) => `${Number(text.slice(0, -1)) + 1})`),
    ),
  ),
  fault("tree.ts", "i64x2.splat(0x01)", "i64x2.splat(0x02)"),
];

/** A source with a fault in it. Throws where the source has changed so that there is no place for it. */
export function withFault({ file, from, to }: Fault): (name: string, text: string) => string {
  return (name, text) => {
    if (name !== file) return text;
    if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
    return text.replace(from, () => to);
  };
}
