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

/**
 * The 24 rounds, on `state`. The words are locals, not loaded and stored in each round (a tenth
 * slower), and the rounds a loop: of two or four written out V8 makes code that spills far more and
 * takes a third or four fifths longer.
 */
export function permute(): void {
  let a00 = v128.load(state);
  let a10 = v128.load(state, 16);
  let a20 = v128.load(state, 32);
  let a30 = v128.load(state, 48);
  let a40 = v128.load(state, 64);
  let a01 = v128.load(state, 80);
  let a11 = v128.load(state, 96);
  let a21 = v128.load(state, 112);
  let a31 = v128.load(state, 128);
  let a41 = v128.load(state, 144);
  let a02 = v128.load(state, 160);
  let a12 = v128.load(state, 176);
  let a22 = v128.load(state, 192);
  let a32 = v128.load(state, 208);
  let a42 = v128.load(state, 224);
  let a03 = v128.load(state, 240);
  let a13 = v128.load(state, 256);
  let a23 = v128.load(state, 272);
  let a33 = v128.load(state, 288);
  let a43 = v128.load(state, 304);
  let a04 = v128.load(state, 320);
  let a14 = v128.load(state, 336);
  let a24 = v128.load(state, 352);
  let a34 = v128.load(state, 368);
  let a44 = v128.load(state, 384);
  for (let round: usize = 0; round < 24 * 8; round += 8) {
    // Theta (section 3.2.1): what each column adds to its neighbours.
    const c0 = sum(a00, a01, a02, a03, a04);
    const c1 = sum(a10, a11, a12, a13, a14);
    const c2 = sum(a20, a21, a22, a23, a24);
    const c3 = sum(a30, a31, a32, a33, a34);
    const c4 = sum(a40, a41, a42, a43, a44);
    const d0 = v128.xor(c4, turned(c1, 1));
    const d1 = v128.xor(c0, turned(c2, 1));
    const d2 = v128.xor(c1, turned(c3, 1));
    const d3 = v128.xor(c2, turned(c4, 1));
    const d4 = v128.xor(c3, turned(c0, 1));

    // Rho and pi (sections 3.2.2 and 3.2.3) take the words b of a row from where they stood, turned;
    // chi makes the row of them; iota (section 3.2.5) adds the constant to A[0, 0].
    let b0 = v128.xor(a00, d0);
    let b1 = turned(v128.xor(a11, d1), 44);
    let b2 = turned(v128.xor(a22, d2), 43);
    let b3 = turned(v128.xor(a33, d3), 21);
    let b4 = turned(v128.xor(a44, d4), 14);
    const e00 = v128.xor(chi(b0, b1, b2), v128.load64_splat(constants + round));
    const e10 = chi(b1, b2, b3);
    const e20 = chi(b2, b3, b4);
    const e30 = chi(b3, b4, b0);
    const e40 = chi(b4, b0, b1);

    b0 = turned(v128.xor(a30, d3), 28);
    b1 = turned(v128.xor(a41, d4), 20);
    b2 = turned(v128.xor(a02, d0), 3);
    b3 = turned(v128.xor(a13, d1), 45);
    b4 = turned(v128.xor(a24, d2), 61);
    const e01 = chi(b0, b1, b2);
    const e11 = chi(b1, b2, b3);
    const e21 = chi(b2, b3, b4);
    const e31 = chi(b3, b4, b0);
    const e41 = chi(b4, b0, b1);

    b0 = turned(v128.xor(a10, d1), 1);
    b1 = turned(v128.xor(a21, d2), 6);
    b2 = turned(v128.xor(a32, d3), 25);
    b3 = turned(v128.xor(a43, d4), 8);
    b4 = turned(v128.xor(a04, d0), 18);
    const e02 = chi(b0, b1, b2);
    const e12 = chi(b1, b2, b3);
    const e22 = chi(b2, b3, b4);
    const e32 = chi(b3, b4, b0);
    const e42 = chi(b4, b0, b1);

    b0 = turned(v128.xor(a40, d4), 27);
    b1 = turned(v128.xor(a01, d0), 36);
    b2 = turned(v128.xor(a12, d1), 10);
    b3 = turned(v128.xor(a23, d2), 15);
    b4 = turned(v128.xor(a34, d3), 56);
    const e03 = chi(b0, b1, b2);
    const e13 = chi(b1, b2, b3);
    const e23 = chi(b2, b3, b4);
    const e33 = chi(b3, b4, b0);
    const e43 = chi(b4, b0, b1);

    b0 = turned(v128.xor(a20, d2), 62);
    b1 = turned(v128.xor(a31, d3), 55);
    b2 = turned(v128.xor(a42, d4), 39);
    b3 = turned(v128.xor(a03, d0), 41);
    b4 = turned(v128.xor(a14, d1), 2);
    const e04 = chi(b0, b1, b2);
    const e14 = chi(b1, b2, b3);
    const e24 = chi(b2, b3, b4);
    const e34 = chi(b3, b4, b0);
    const e44 = chi(b4, b0, b1);
    a00 = e00; a10 = e10; a20 = e20; a30 = e30; a40 = e40;
    a01 = e01; a11 = e11; a21 = e21; a31 = e31; a41 = e41;
    a02 = e02; a12 = e12; a22 = e22; a32 = e32; a42 = e42;
    a03 = e03; a13 = e13; a23 = e23; a33 = e33; a43 = e43;
    a04 = e04; a14 = e14; a24 = e24; a34 = e34; a44 = e44;
  }
  v128.store(state, a00);
  v128.store(state, a10, 16);
  v128.store(state, a20, 32);
  v128.store(state, a30, 48);
  v128.store(state, a40, 64);
  v128.store(state, a01, 80);
  v128.store(state, a11, 96);
  v128.store(state, a21, 112);
  v128.store(state, a31, 128);
  v128.store(state, a41, 144);
  v128.store(state, a02, 160);
  v128.store(state, a12, 176);
  v128.store(state, a22, 192);
  v128.store(state, a32, 208);
  v128.store(state, a42, 224);
  v128.store(state, a03, 240);
  v128.store(state, a13, 256);
  v128.store(state, a23, 272);
  v128.store(state, a33, 288);
  v128.store(state, a43, 304);
  v128.store(state, a04, 320);
  v128.store(state, a14, 336);
  v128.store(state, a24, 352);
  v128.store(state, a34, 368);
  v128.store(state, a44, 384);
}
