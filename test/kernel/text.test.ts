import { beforeAll, describe, expect, it } from "vitest";
import { decodeBase64, encodeBase64 } from "../../src/bytes/base64.js";
import { equalBytes } from "../../src/bytes/bytes.js";
import { decodeHex, encodeHex } from "../../src/bytes/hex.js";
import { isTime } from "../../src/json/time.js";
import { seeded } from "../support/seeded.mjs";
import { type TestingModule, testingModule } from "./testing-module.mjs";

interface Texts {
  readonly decode64: (out: number, text: number) => number;
  readonly decode16: (out: number, text: number) => number;
  readonly digestOf: (out: number, text: number) => number;
  readonly hexOf16: (out: number, text: number) => number;
  readonly readTime: (text: number) => number;
}

let module: TestingModule<Texts>;
let at: number;
let out: number;

beforeAll(async () => {
  module = await testingModule<Texts>("testing-text.ts");
  at = module.take(128);
  out = module.take(128);
}, 120_000);

const latin1 = (text: string) => Buffer.from(text, "latin1");

/** The text with another byte at one place, for each place and each byte. */
function* mutations(text: string): Generator<string> {
  const bytes = latin1(text);
  for (let place = 0; place < bytes.length; place++) {
    const before = bytes[place]!;
    for (let byte = 0; byte < 256; byte++) {
      bytes[place] = byte;
      yield bytes.toString("latin1");
    }
    bytes[place] = before;
  }
}

/** Where a decoder of the kernel and one of src/ read texts to so many bytes, they agree on this one. */
function agree(
  decode: (out: number, text: number) => number,
  reference: (text: string) => Uint8Array | undefined,
  length: number,
  text: string,
): boolean {
  module.bytes(out, length + 16).fill(0xee);
  module.bytes(at, text.length).set(latin1(text));
  const bytes = reference(text);
  const expected = bytes?.length === length ? bytes : undefined;
  const found = decode(out, at) === 1 ? module.bytes(out, length).slice() : undefined;
  if (found === undefined || expected === undefined || !equalBytes(found, expected))
    expect(found, JSON.stringify(text)).toEqual(expected);
  if (module.bytes(out + length, 16).some((byte) => byte !== 0xee)) expect.fail(`written behind: ${text}`);
  return found !== undefined;
}

const decoders = [
  ["decode64", 64, encodeBase64, decodeBase64],
  ["decode16", 16, encodeBase64, decodeBase64],
  ["digestOf", 32, encodeHex, decodeHex],
  ["hexOf16", 16, encodeHex, decodeHex],
] as const;

describe.each(decoders)("%s", (name, length, encode, reference) => {
  const random = seeded(length);
  const randomBytes = () => Uint8Array.from({ length }, () => random() * 256);
  const isRead = (text: string) => agree(module.kernel[name], reference, length, text);

  it("reads every byte at every place", () => {
    for (let run = 0; run < 50; run++) expect(isRead(encode(randomBytes()))).toBe(true);
    for (let place = 0; place < length; place++)
      for (let byte = 0; byte < 256; byte++)
        expect(isRead(encode(randomBytes().fill(byte, place)))).toBe(true);
  });

  it("agrees with the code of src/ on every text with one byte changed", () => {
    for (const bytes of [randomBytes(), new Uint8Array(length), new Uint8Array(length).fill(255)]) {
      let read = 0;
      for (const text of mutations(encode(bytes))) if (isRead(text)) read++;
      expect(read).toBeGreaterThan(encode(bytes).length);
    }
  });

  it("refuses padding where there is none, and none where there is", () => {
    const text = encode(randomBytes());
    for (let run = 0; run < 4; run++)
      for (const end of ["AA", "A=", "=A", "==", "===", "====", "=A==", "AAAA"])
        isRead(
          text.slice(0, text.length - end.length - run) + end + text.slice(text.length - run, text.length),
        );
  });
});

const two = (number: number) => String(number).padStart(2, "0");
const pack = (parts: readonly number[]): number => {
  const [year, month, day, hour, minute, second, millisecond] = parts as Parameters<typeof Date.UTC>;
  return (
    year * 2 ** 36 +
    month! * 2 ** 32 +
    day! * 2 ** 27 +
    hour! * 2 ** 22 +
    minute! * 2 ** 16 +
    second! * 2 ** 10 +
    millisecond!
  );
};

/** Reads a text of 24 bytes, and holds the answer against `isTime`. */
function readTime(text: string): number {
  module.bytes(at, 24).set(latin1(text));
  const found = module.kernel.readTime(at);
  const expected = isTime(text) ? pack(text.split(/\D/).slice(0, 7).map(Number)) : -1;
  if (found !== expected) expect(found, JSON.stringify(text)).toBe(expected);
  return found;
}

describe("readTime", () => {
  it("reads the days that there are, in order, and no others", () => {
    for (const year of ["0000", "0001", "1900", "1999", "2000", "2023", "2024", "2100", "2400", "9999"]) {
      let days = 0;
      let before = 0;
      for (let month = 0; month <= 19; month++)
        for (let day = 0; day <= 39; day++) {
          const time = readTime(`${year}-${two(month)}-${two(day)}T00:00:00.000Z`);
          if (time < 0) continue;
          expect(time).toBeGreaterThan(before);
          before = time;
          days++;
        }
      expect(days).toBe(["0000", "2000", "2024", "2400"].includes(year) ? 366 : 365);
    }
  });

  it("reads the seconds that a day has, and no others", () => {
    for (let first = 0; first < 100; first++)
      for (let second = 0; second < 100; second++) {
        readTime(`2026-06-01T${two(first)}:${two(second)}:00.000Z`);
        readTime(`2026-06-01T23:${two(first)}:${two(second)}.999Z`);
      }
    for (let millisecond = 0; millisecond < 1000; millisecond++)
      expect(readTime(`2026-06-01T12:00:00.${String(millisecond).padStart(3, "0")}Z`)).toBeGreaterThan(0);
  });

  it("agrees with isTime on every text with one byte changed", () => {
    for (const text of ["2026-06-01T12:00:00.000Z", "2024-02-29T23:59:59.999Z", "1999-12-31T09:08:07.654Z"])
      for (const changed of mutations(text)) readTime(changed);
  });
});
