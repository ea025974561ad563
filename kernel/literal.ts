import { take } from "./memory";

/**
 * Fixed text that the format puts between values, such as `,"agent":{"id":`. Kept as bytes, filled
 * up to 16, with a mask beside them, so that comparing takes one load for 16 bytes.
 *
 *     0  u32  length n      4  u32  m, n rounded up to 16      16  m bytes      16+m  m bytes of mask
 */
const headBytes: usize = 16;

/** Makes a literal of ASCII text. Called once for each, when the module starts. */
export function literal(text: string): usize {
  const length = <usize>text.length;
  const room = (length + 15) & ~15;
  const at = take(headBytes + 2 * room);
  store<u32>(at, <u32>length);
  store<u32>(at, <u32>room, 4);
  for (let i: usize = 0; i < length; i++) {
    store<u8>(at + headBytes + i, <u8>text.charCodeAt(<i32>i));
    store<u8>(at + headBytes + room + i, 0xff);
  }
  return at;
}

/** Behind the literal, where it stands at `p`; 0 where it does not. No literal begins with a zero byte. */
export function expect(p: usize, text: usize): usize {
  const room = <usize>load<u32>(text, 4);
  const bytes = text + headBytes;
  for (let i: usize = 0; i < room; i += 16) {
    const difference = v128.and(v128.xor(v128.load(p + i), v128.load(bytes + i)), v128.load(bytes + room + i));
    if (v128.any_true(difference)) return 0;
  }
  return p + load<u32>(text);
}

/** Writes the literal's bytes and returns the address behind them. Up to 15 bytes behind are overwritten. */
export function write(out: usize, text: usize): usize {
  const room = <usize>load<u32>(text, 4);
  for (let i: usize = 0; i < room; i += 16) v128.store(out + i, v128.load(text + headBytes + i));
  return out + load<u32>(text);
}
