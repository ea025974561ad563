/**
 * Keccak-f[1600] (FIPS 202 section 3), of two states at once.
 *
 * WebAssembly has vectors of 128 bits and no wider ones, which is two 64-bit words of Keccak: word i
 * of the one state stands in the low half of vector i, that of the other in the high half, and every
 * step of a round is the same for both. A single state has no use for a vector: the words that one
 * step rotates are rotated by different counts, and there is no instruction for that.
 *
 * Words are in the order of section 3.1.2: A[x, y] is number 5y + x, and below it is `axy`.
 */
export const state: usize = memory.data(25 * 16, 16);

/** The numbers RC of section 3.2.5, a round each. */
const constants: usize = memory.data<u64>([
  0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
  0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
  0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
  0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
  0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
  0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
], 8);

/** Both words rotated by `count` bits towards the high ones. */
// @ts-ignore: decorator
@inline function turned(words: v128, count: i32): v128 {
  return v128.or(i64x2.shl(words, count), i64x2.shr_u(words, 64 - count));
}

// @ts-ignore: decorator
@inline function sum(a: v128, b: v128, c: v128, d: v128, e: v128): v128 {
  return v128.xor(v128.xor(v128.xor(a, b), v128.xor(c, d)), e);
}

/** Step chi (section 3.2.4) for a word and the two behind it in its row. */
// @ts-ignore: decorator
@inline function chi(word: v128, next: v128, afterNext: v128): v128 {
  return v128.xor(word, v128.andnot(afterNext, next));
}

/** Stores a word of the next state, and gives it on. */
// @ts-ignore: decorator
@inline function stored(to: usize, at: usize, word: v128): v128 {
  v128.store(to + at, word);
  return word;
}

/** The state of every other round. */
const between: usize = memory.data(25 * 16, 16);

/**
 * The 24 rounds, on `state`. A round reads the words of one state and writes those of the other, which
 * then change places. Stores keep V8 to the order in which words are written here, and columns are summed
 * as their words are made: a tenth faster than with the words in locals, which fill more registers than
 * there are. A loop of single rounds: of two or four written out in locals V8 makes code that spills far
 * more and takes a third or four fifths longer.
 */
export function permute(): void {
  let from = state;
  let to = between;
  let c0 = sum(v128.load(state), v128.load(state, 80), v128.load(state, 160), v128.load(state, 240), v128.load(state, 320));
  let c1 = sum(v128.load(state, 16), v128.load(state, 96), v128.load(state, 176), v128.load(state, 256), v128.load(state, 336));
  let c2 = sum(v128.load(state, 32), v128.load(state, 112), v128.load(state, 192), v128.load(state, 272), v128.load(state, 352));
  let c3 = sum(v128.load(state, 48), v128.load(state, 128), v128.load(state, 208), v128.load(state, 288), v128.load(state, 368));
  let c4 = sum(v128.load(state, 64), v128.load(state, 144), v128.load(state, 224), v128.load(state, 304), v128.load(state, 384));
  for (let round: usize = 0; round < 24 * 8; round += 8) {
    // Theta (section 3.2.1): what each column adds to its neighbours.
    const d0 = v128.xor(c4, turned(c1, 1));
    const d1 = v128.xor(c0, turned(c2, 1));
    const d2 = v128.xor(c1, turned(c3, 1));
    const d3 = v128.xor(c2, turned(c4, 1));
    const d4 = v128.xor(c3, turned(c0, 1));

    // Rho and pi (sections 3.2.2 and 3.2.3) take the words b of a row from where they stood, turned;
    // chi makes the row of them; iota (section 3.2.5) adds the constant to A[0, 0].
    let b0 = v128.xor(v128.load(from), d0);
    let b1 = turned(v128.xor(v128.load(from, 96), d1), 44);
    let b2 = turned(v128.xor(v128.load(from, 192), d2), 43);
    let b3 = turned(v128.xor(v128.load(from, 288), d3), 21);
    let b4 = turned(v128.xor(v128.load(from, 384), d4), 14);
    c0 = stored(to, 0, v128.xor(chi(b0, b1, b2), v128.load64_splat(constants + round)));
    c1 = stored(to, 16, chi(b1, b2, b3));
    c2 = stored(to, 32, chi(b2, b3, b4));
    c3 = stored(to, 48, chi(b3, b4, b0));
    c4 = stored(to, 64, chi(b4, b0, b1));

    b0 = turned(v128.xor(v128.load(from, 48), d3), 28);
    b1 = turned(v128.xor(v128.load(from, 144), d4), 20);
    b2 = turned(v128.xor(v128.load(from, 160), d0), 3);
    b3 = turned(v128.xor(v128.load(from, 256), d1), 45);
    b4 = turned(v128.xor(v128.load(from, 352), d2), 61);
    c0 = v128.xor(c0, stored(to, 80, chi(b0, b1, b2)));
    c1 = v128.xor(c1, stored(to, 96, chi(b1, b2, b3)));
    c2 = v128.xor(c2, stored(to, 112, chi(b2, b3, b4)));
    c3 = v128.xor(c3, stored(to, 128, chi(b3, b4, b0)));
    c4 = v128.xor(c4, stored(to, 144, chi(b4, b0, b1)));

    b0 = turned(v128.xor(v128.load(from, 16), d1), 1);
    b1 = turned(v128.xor(v128.load(from, 112), d2), 6);
    b2 = turned(v128.xor(v128.load(from, 208), d3), 25);
    b3 = turned(v128.xor(v128.load(from, 304), d4), 8);
    b4 = turned(v128.xor(v128.load(from, 320), d0), 18);
    c0 = v128.xor(c0, stored(to, 160, chi(b0, b1, b2)));
    c1 = v128.xor(c1, stored(to, 176, chi(b1, b2, b3)));
    c2 = v128.xor(c2, stored(to, 192, chi(b2, b3, b4)));
    c3 = v128.xor(c3, stored(to, 208, chi(b3, b4, b0)));
    c4 = v128.xor(c4, stored(to, 224, chi(b4, b0, b1)));

    b0 = turned(v128.xor(v128.load(from, 64), d4), 27);
    b1 = turned(v128.xor(v128.load(from, 80), d0), 36);
    b2 = turned(v128.xor(v128.load(from, 176), d1), 10);
    b3 = turned(v128.xor(v128.load(from, 272), d2), 15);
    b4 = turned(v128.xor(v128.load(from, 368), d3), 56);
    c0 = v128.xor(c0, stored(to, 240, chi(b0, b1, b2)));
    c1 = v128.xor(c1, stored(to, 256, chi(b1, b2, b3)));
    c2 = v128.xor(c2, stored(to, 272, chi(b2, b3, b4)));
    c3 = v128.xor(c3, stored(to, 288, chi(b3, b4, b0)));
    c4 = v128.xor(c4, stored(to, 304, chi(b4, b0, b1)));

    b0 = turned(v128.xor(v128.load(from, 32), d2), 62);
    b1 = turned(v128.xor(v128.load(from, 128), d3), 55);
    b2 = turned(v128.xor(v128.load(from, 224), d4), 39);
    b3 = turned(v128.xor(v128.load(from, 240), d0), 41);
    b4 = turned(v128.xor(v128.load(from, 336), d1), 2);
    c0 = v128.xor(c0, stored(to, 320, chi(b0, b1, b2)));
    c1 = v128.xor(c1, stored(to, 336, chi(b1, b2, b3)));
    c2 = v128.xor(c2, stored(to, 352, chi(b2, b3, b4)));
    c3 = v128.xor(c3, stored(to, 368, chi(b3, b4, b0)));
    c4 = v128.xor(c4, stored(to, 384, chi(b4, b0, b1)));

    const read = from;
    from = to;
    to = read;
  }
}
