import { decode64 } from "./base64";
import { digestOf, hexOf16 } from "./hex";
import { expect, literal } from "./literal";
import { take } from "./memory";
import { keep, Part } from "./parts";
import { quoted } from "./text";
import { readTime } from "./time";

/**
 * Values of one kind that stand in many places of an entry: digests, signatures, texts, times,
 * choices. Readers take an address and return the one behind, or 0 (see text.ts).
 */

const openHash = literal('"sha3-256:');

/** A quoted digest; its bytes go to `out`. */
export function readDigest(p: usize, out: usize): usize {
  p = expect(p, openHash);
  if (p == 0 || !digestOf(out, p) || load<u8>(p, 64) != 0x22) return 0;
  return p + 65;
}

export function digestPart(p: usize, name: Part, out: usize): usize {
  const end = readDigest(p, out);
  keep(name, p, end);
  return end;
}

const nextSig = literal(',"sig":"');

/** The member of a signature, without its last quote; its bytes go to `out`. */
export function readSig(p: usize, out: usize): usize {
  p = expect(p, nextSig);
  return p == 0 || !decode64(out, p) ? 0 : p + 88;
}

/** The digits of a key's id, behind a literal that ends with their algorithm; its bytes go to `out`. */
export function readKeyId(p: usize, out: usize): usize {
  return p == 0 || !hexOf16(out, p) ? 0 : p + 32;
}

/** Any string, kept with its quotes. */
export function part(p: usize, name: Part): usize {
  const end = quoted(p);
  keep(name, p, end);
  return end;
}

export let timeRead: f64 = 0;

/** A quoted time, packed in `timeRead` (see time.ts). */
export function time(p: usize): usize {
  if (load<u8>(p) != 0x22 || load<u8>(p, 25) != 0x22) return 0;
  timeRead = readTime(p + 1);
  return timeRead < 0 ? 0 : p + 26;
}

export function timePart(p: usize, name: Part): usize {
  const end = time(p);
  keep(name, p, end);
  return end;
}

export function comma(p: usize): usize {
  return load<u8>(p) == 0x2c ? p + 1 : 0;
}

/** Which of the four was read. */
export let chosen: i32 = 0;

/** Four quoted words, as four addresses of literals. */
export function choices(a: string, b: string, c: string, d: string): usize {
  const list = take(16);
  store<u32>(list, <u32>literal(a));
  store<u32>(list, <u32>literal(b), 4);
  store<u32>(list, <u32>literal(c), 8);
  store<u32>(list, <u32>literal(d), 12);
  return list;
}

export function choice(p: usize, list: usize): usize {
  for (let i = 0; i < 4; i++) {
    const end = expect(p, load<u32>(list + 4 * i));
    if (end == 0) continue;
    chosen = i;
    return end;
  }
  return 0;
}
