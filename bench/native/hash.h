// SHA3-256 and SHA-512 of four messages at a time, in the lanes of AVX2's vectors; numbers
// modulo the order of the group; SHA-256, which names a ledger key in a note.
#pragma once
#include "field.h"
#include <stdbool.h>

typedef u64 lanes __attribute__((vector_size(32)));
typedef u64 lanes_at_byte __attribute__((vector_size(32), aligned(1)));
#define ROTATE(x, n) ((x) << (n) | (x) >> (64 - (n)))

/** Four words of each of four messages, the first one's words in lane 0 of what is returned. */
INLINE void load_transposed(lanes *to, const u8 *const *from, int at) {
  const doubles a = (doubles) * (const lanes_at_byte *)(from[0] + at);
  const doubles b = (doubles) * (const lanes_at_byte *)(from[1] + at);
  const doubles c = (doubles) * (const lanes_at_byte *)(from[2] + at);
  const doubles d = (doubles) * (const lanes_at_byte *)(from[3] + at);
  const doubles ab02 = _mm256_unpacklo_pd(a, b), ab13 = _mm256_unpackhi_pd(a, b);
  const doubles cd02 = _mm256_unpacklo_pd(c, d), cd13 = _mm256_unpackhi_pd(c, d);
  to[0] = (lanes)_mm256_permute2f128_pd(ab02, cd02, 0x20);
  to[1] = (lanes)_mm256_permute2f128_pd(ab13, cd13, 0x20);
  to[2] = (lanes)_mm256_permute2f128_pd(ab02, cd02, 0x31);
  to[3] = (lanes)_mm256_permute2f128_pd(ab13, cd13, 0x31);
}

// ---- SHA3-256 (FIPS 202)

enum { RATE = 136 };

static const u64 round_constants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

// Row y of the next state out of five words that rho and pi bring there.
#define KECCAK_ROW(y, w0, r0, w1, r1, w2, r2, w3, r3, w4, r4)                                       \
  {                                                                                                 \
    const lanes b0 = ROTATE(a[w0] ^ d[w0 % 5], r0), b1 = ROTATE(a[w1] ^ d[w1 % 5], r1);             \
    const lanes b2 = ROTATE(a[w2] ^ d[w2 % 5], r2), b3 = ROTATE(a[w3] ^ d[w3 % 5], r3);             \
    const lanes b4 = ROTATE(a[w4] ^ d[w4 % 5], r4);                                                 \
    e[5 * y] = b0 ^ (~b1 & b2), e[5 * y + 1] = b1 ^ (~b2 & b3), e[5 * y + 2] = b2 ^ (~b3 & b4);     \
    e[5 * y + 3] = b3 ^ (~b4 & b0), e[5 * y + 4] = b4 ^ (~b0 & b1);                                 \
  }

INLINE void keccak_round(lanes *e, const lanes *a, u64 constant) {
  lanes c[5], d[5];
#pragma GCC unroll 5
  for (int x = 0; x < 5; x++) c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
#pragma GCC unroll 5
  for (int x = 0; x < 5; x++) d[x] = c[(x + 4) % 5] ^ ROTATE(c[(x + 1) % 5], 1);
  {
    const lanes b0 = a[0] ^ d[0], b1 = ROTATE(a[6] ^ d[1], 44), b2 = ROTATE(a[12] ^ d[2], 43);
    const lanes b3 = ROTATE(a[18] ^ d[3], 21), b4 = ROTATE(a[24] ^ d[4], 14);
    const lanes k = {constant, constant, constant, constant};
    e[0] = b0 ^ (~b1 & b2) ^ k, e[1] = b1 ^ (~b2 & b3), e[2] = b2 ^ (~b3 & b4);
    e[3] = b3 ^ (~b4 & b0), e[4] = b4 ^ (~b0 & b1);
  }
  KECCAK_ROW(1, 3, 28, 9, 20, 10, 3, 16, 45, 22, 61)
  KECCAK_ROW(2, 1, 1, 7, 6, 13, 25, 19, 8, 20, 18)
  KECCAK_ROW(3, 4, 27, 5, 36, 11, 10, 17, 15, 23, 56)
  KECCAK_ROW(4, 2, 62, 8, 55, 14, 39, 15, 41, 21, 2)
}

NOINLINE void keccak(lanes *state) {
  lanes other[25];
  for (int i = 0; i < 24; i += 2) {
    keccak_round(other, state, round_constants[i]);
    keccak_round(state, other, round_constants[i + 1]);
  }
}

typedef struct {
  const u8 *data;
  u8 *digest;
  u32 length;
} message;

/** The digests of `count` messages. A lane takes the next message when its own is done. */
static void sha3_256(const message *messages, int count) {
  static const u8 nothing[RATE];
  lanes state[25];
  memset(state, 0, sizeof state);
  u8 last_block[LANES][RATE + 24] __attribute__((aligned(32)));
  const u8 *data[LANES];
  u8 *digest[LANES];
  u32 left[LANES];
  int next = 0, busy = 0;
  bool idle[LANES];
#define TAKE(lane)                                                                           \
  if (next < count) {                                                                        \
    const message *m = &messages[next++];                                                    \
    data[lane] = m->data, left[lane] = m->length, digest[lane] = m->digest;                  \
    idle[lane] = false, busy++;                                                              \
  } else idle[lane] = true;
  for (int lane = 0; lane < LANES; lane++) {
    TAKE(lane)
  }
  while (busy > 0) {
    const u8 *block[LANES];
    bool last[LANES];
    for (int lane = 0; lane < LANES; lane++) {
      last[lane] = !idle[lane] && left[lane] < RATE;
      if (idle[lane]) block[lane] = nothing;
      else if (!last[lane]) {
        block[lane] = data[lane];
        data[lane] += RATE, left[lane] -= RATE;
      } else {
        u8 *padded = last_block[lane];
        for (int i = 0; i < RATE; i += 32) _mm256_store_si256((__m256i *)(padded + i), _mm256_setzero_si256());
        memcpy(padded, data[lane], left[lane]);
        padded[left[lane]] = 6;
        padded[RATE - 1] |= 0x80;
        block[lane] = padded;
      }
    }
    for (int i = 0; i < 16; i += 4) {
      lanes words[4];
      load_transposed(words, block, 8 * i);
      for (int j = 0; j < 4; j++) state[i + j] ^= words[j];
    }
    u64 word16[LANES];
    for (int lane = 0; lane < LANES; lane++) memcpy(&word16[lane], block[lane] + 128, 8);
    state[16] ^= (lanes){word16[0], word16[1], word16[2], word16[3]};
    keccak(state);
    for (int lane = 0; lane < LANES; lane++) {
      if (!last[lane]) continue;
      u64 result[4];
      for (int i = 0; i < 4; i++) result[i] = state[i][lane];
      memcpy(digest[lane], result, 32);
      lanes keep = {~0ULL, ~0ULL, ~0ULL, ~0ULL};
      keep[lane] = 0;
      for (int i = 0; i < 25; i++) state[i] &= keep;
      busy--;
      TAKE(lane)
    }
  }
#undef TAKE
}

static void sha3_256_of(u8 *digest, const u8 *data, u32 length) {
  const message one_message = {data, digest, length};
  sha3_256(&one_message, 1);
}

// ---- SHA-512 and SHA-256 (FIPS 180-4)

static const u64 sha512_constants[80] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc, 0x3956c25bf348b538,
    0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242, 0x12835b0145706fbe,
    0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2, 0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235,
    0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5, 0x983e5152ee66dfab,
    0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
    0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed,
    0x53380d139d95b3df, 0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218,
    0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8, 0x19a4c116b8d2d0c8, 0x1e376c085141ab53,
    0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373,
    0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b, 0xca273eceea26619c,
    0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba, 0x0a637dc5a2c898a6,
    0x113f9804bef90dae, 0x1b710b35131c471b, 0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc,
    0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817};

static const u64 sha512_start[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                    0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                    0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

/** One block of 128 bytes of each of four messages. */
static void sha512_block(lanes *state, const u8 *const *block) {
  const __m256i swap = _mm256_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3,
                                        2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
  lanes w[16];
  for (int i = 0; i < 16; i += 4) {
    load_transposed(w + i, block, 8 * i);
    for (int j = 0; j < 4; j++) w[i + j] = (lanes)_mm256_shuffle_epi8((__m256i)w[i + j], swap);
  }
  lanes a = state[0], b = state[1], c = state[2], d = state[3];
  lanes e = state[4], f = state[5], g = state[6], h = state[7];
  for (int round = 0; round < 80; round += 16) {
#pragma GCC unroll 16
    for (int i = 0; i < 16; i++) {
      if (round > 0) {
        const lanes x = w[(i + 1) & 15], y = w[(i + 14) & 15];
        w[i] += (ROTATE(x, 63) ^ ROTATE(x, 56) ^ x >> 7) + w[(i + 9) & 15] +
                (ROTATE(y, 45) ^ ROTATE(y, 3) ^ y >> 6);
      }
      const lanes t1 = h + (ROTATE(e, 50) ^ ROTATE(e, 46) ^ ROTATE(e, 23)) + (g ^ (e & (f ^ g))) +
                       sha512_constants[round + i] + w[i];
      const lanes t2 = (ROTATE(a, 36) ^ ROTATE(a, 30) ^ ROTATE(a, 25)) + ((a & b) | (c & (a | b)));
      h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    }
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d;
  state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

/** The digests of four messages of `blocks` blocks each, padding included. */
static void sha512_padded(u8 (*digest)[64], const u8 *const *data, int blocks) {
  lanes state[8];
  for (int i = 0; i < 8; i++) state[i] = (lanes){} + sha512_start[i];
  const u8 *block[LANES];
  for (int at = 0; at < blocks; at++) {
    for (int lane = 0; lane < LANES; lane++) block[lane] = data[lane] + 128 * at;
    sha512_block(state, block);
  }
  for (int lane = 0; lane < LANES; lane++) {
    for (int i = 0; i < 8; i++) {
      const u64 word = __builtin_bswap64(state[i][lane]);
      memcpy(digest[lane] + 8 * i, &word, 8);
    }
  }
}

/** Pads `length` bytes in `data`, which has room for it; returns the number of blocks. */
static int sha512_pad(u8 *data, u32 length) {
  const int blocks = (length + 16) / 128 + 1;
  memset(data + length, 0, 128 * blocks - length);
  data[length] = 0x80;
  const u64 bits = __builtin_bswap64(8ULL * length);
  memcpy(data + 128 * blocks - 8, &bits, 8);
  return blocks;
}

/** SHA-256 of at most 1,000 bytes. Its constants are the upper halves of SHA-512's. */
static void sha256(u8 *digest, const u8 *data, u32 length) {
#define ROTATE32(x, n) ((x) >> (n) | (x) << (32 - (n)))
  u8 padded[1024 + 64] = {0};
  const u32 blocks = (length + 8) / 64 + 1;
  memcpy(padded, data, length);
  padded[length] = 0x80;
  const u64 bits = __builtin_bswap64(8ULL * length);
  memcpy(padded + 64 * blocks - 8, &bits, 8);
  u32 sum[8], w[64];
  for (int i = 0; i < 8; i++) sum[i] = sha512_start[i] >> 32;
  for (u32 block = 0; block < blocks; block++) {
    u32 s[8];
    memcpy(s, sum, 32);
    for (int i = 0; i < 64; i++) {
      if (i < 16) {
        memcpy(&w[i], padded + 64 * block + 4 * i, 4);
        w[i] = __builtin_bswap32(w[i]);
      } else {
        const u32 x = w[i - 15], y = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + (ROTATE32(x, 7) ^ ROTATE32(x, 18) ^ x >> 3) +
               (ROTATE32(y, 17) ^ ROTATE32(y, 19) ^ y >> 10);
      }
      const u32 a = s[0], b = s[1], c = s[2], e = s[4], f = s[5], g = s[6];
      const u32 t1 = s[7] + (ROTATE32(e, 6) ^ ROTATE32(e, 11) ^ ROTATE32(e, 25)) + ((e & f) ^ (~e & g)) +
                     (u32)(sha512_constants[i] >> 32) + w[i];
      const u32 t2 = (ROTATE32(a, 2) ^ ROTATE32(a, 13) ^ ROTATE32(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      memmove(s + 1, s, 28);
      s[4] += t1, s[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++) sum[i] += s[i];
  }
  for (int i = 0; i < 8; i++) {
    const u32 word = __builtin_bswap32(sum[i]);
    memcpy(digest + 4 * i, &word, 4);
  }
}

// ---- modulo L = 2^252 + c, the order of the group

static const u64 order_tail[2] = {0x5812631a5cf5d3ed, 0x14def9dea2f79cd6};  // c

/** product = number (of n words) times c, n + 2 words */
INLINE void times_tail(u64 *product, const u64 *number, int n) {
  memset(product, 0, 8 * (n + 2));
  for (int j = 0; j < 2; j++) {
    u64 carry = 0;
    for (int i = 0; i < n; i++) {
      const u128 sum = (u128)number[i] * order_tail[j] + product[i + j] + carry;
      product[i + j] = (u64)sum;
      carry = sum >> 64;
    }
    product[n + j] = carry;
  }
}

/** Splits a number of n words at 2^252. */
INLINE void split_252(u64 *high, u64 *low, const u64 *number, int n) {
  for (int i = 0; i < 4; i++) low[i] = number[i];
  low[3] &= (1ULL << 60) - 1;
  for (int i = 0; i < n - 3; i++) high[i] = number[i + 3] >> 60 | (i + 4 < n ? number[i + 4] << 4 : 0);
}

/**
 * 64 bytes modulo L. As 2^252 = -c, the part above 2^252 is multiplied with c and taken off;
 * twice again, with changing signs, until nothing is above.
 */
static void reduce(u8 *reduced, const u8 *bytes) {
  u64 x[8], x_high[5], x_low[4], y[7], y_high[4], y_low[4], z[5], z_high[2], z_low[4], w[3];
  memcpy(x, bytes, 64);
  split_252(x_high, x_low, x, 8);
  times_tail(y, x_high, 5);
  split_252(y_high, y_low, y, 7);
  times_tail(z, y_high, 3);
  split_252(z_high, z_low, z, 5);
  times_tail(w, z_high, 1);
  // x_low - y_low + z_low - w, and 2 L that it does not get below zero
  __int128 carry = 0;
  u64 r[4];
  for (int i = 0; i < 4; i++) {
    const u64 order = i < 2 ? order_tail[i] : i == 3 ? 1ULL << 60 : 0;
    carry += (__int128)x_low[i] - y_low[i] + z_low[i] - (i < 3 ? w[i] : 0) + order + order;
    r[i] = (u64)carry;
    carry >>= 64;
  }
  for (;;) {
    u64 less[4];
    carry = 0;
    for (int i = 0; i < 4; i++) {
      carry += (__int128)r[i] - (i < 2 ? order_tail[i] : i == 3 ? 1ULL << 60 : 0);
      less[i] = (u64)carry;
      carry >>= 64;
    }
    if (carry < 0) break;
    memcpy(r, less, 32);
  }
  memcpy(reduced, r, 32);
}
