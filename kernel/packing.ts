/**
 * Field elements of 32 bytes, as RFC 8032 encodes them, and five limbs of 51 bits, least significant
 * first: the form that both fields have in common on the way in and out. 5 * 51 = 255, so the limbs
 * of a number below 2^255 are its bits cut in five, and 2^255 is 19 (mod p), p = 2^255 - 19.
 */
export const mask51: i64 = (1 << 51) - 1;

/** The five limbs, as i64: written by `unpack`, read by `pack`. One element at a time passes here. */
export const limbs51: usize = memory.data(40, 16);

/** Cuts 32 bytes into limbs from 0 to 2^51 - 1. The highest bit, which is a sign, is dropped. */
export function unpack(bytes: usize): void {
  const a = load<u64>(bytes);
  const b = load<u64>(bytes, 8);
  const c = load<u64>(bytes, 16);
  const d = load<u64>(bytes, 24);
  store<i64>(limbs51, a & mask51);
  store<i64>(limbs51, ((a >> 51) | (b << 13)) & mask51, 8);
  store<i64>(limbs51, ((b >> 38) | (c << 26)) & mask51, 16);
  store<i64>(limbs51, ((c >> 25) | (d << 39)) & mask51, 24);
  store<i64>(limbs51, (d >> 12) & mask51, 32);
}

/**
 * Writes the 32 bytes of the one number from 0 to p - 1 that the limbs stand for (mod p).
 * Limbs of either sign, of at most 2^54: a round of carries takes the number V into -304 ≤ V <
 * 2^255 + 304, since the last carry is at most 9 and counts 19. A second round takes it into
 * 0 ≤ V < 2^255, for a V outside is so small or so near to 2^255 that 19 more or less goes no
 * further than the lowest limb. Then V - p is the answer where it is not negative, that is where
 * V + 19 reaches 2^255.
 */
export function pack(bytes: usize): void {
  let h0 = load<i64>(limbs51);
  let h1 = load<i64>(limbs51, 8);
  let h2 = load<i64>(limbs51, 16);
  let h3 = load<i64>(limbs51, 24);
  let h4 = load<i64>(limbs51, 32);
  for (let round = 0; round < 2; round++) {
    h1 += h0 >> 51;
    h2 += h1 >> 51;
    h3 += h2 >> 51;
    h4 += h3 >> 51;
    h0 = (h0 & mask51) + 19 * (h4 >> 51);
    h1 &= mask51;
    h2 &= mask51;
    h3 &= mask51;
    h4 &= mask51;
  }
  let over = (h0 + 19) >> 51;
  over = (h1 + over) >> 51;
  over = (h2 + over) >> 51;
  over = (h3 + over) >> 51;
  over = (h4 + over) >> 51;
  h0 += 19 * over;
  h1 += h0 >> 51;
  h2 += h1 >> 51;
  h3 += h2 >> 51;
  h4 += h3 >> 51;
  h0 &= mask51;
  h1 &= mask51;
  h2 &= mask51;
  h3 &= mask51;
  h4 &= mask51;
  store<i64>(bytes, h0 | (h1 << 51));
  store<i64>(bytes, (h1 >> 13) | (h2 << 38), 8);
  store<i64>(bytes, (h2 >> 26) | (h3 << 25), 16);
  store<i64>(bytes, (h3 >> 39) | (h4 << 12), 24);
}
