// Ed25519 signatures of known keys, many at a time.
//
// For each key a table is made once: of A (and of the base point B) the multiples j * 2^(w i),
// j up to 2^(w-1), for each window i of w bits. Then R' = [S]B - [k]A is one addition a window,
// without a doubling, and a signature is good if the encoding of R' is its R, byte for byte:
// the cofactorless rule of docs/format.md, without decompressing R.
//
// A window is taken of all signatures before the next one, so that its part of the table stays
// in the cache; entries are asked for some groups ahead all the same, without which it took 1.6
// times as long. All Z are inverted at once (Montgomery's trick).
#pragma once
#include "field.h"
#include <stdbool.h>
#include <stdlib.h>

typedef struct {
  fe x, y, z, t;  // x/z, y/z, and t = xy/z
} point;

typedef struct {
  double plus[LIMBS], minus[LIMBS], product[LIMBS];  // (y+x)/2, (y-x)/2, d x y
  double unused;
} __attribute__((aligned(128))) entry;

typedef struct {
  fe plus, minus, product;
} entries;  // four of them, in lanes

enum { WINDOW = 10, WINDOWS = (253 + WINDOW) / WINDOW, HALF = 1 << (WINDOW - 1), ROW = HALF + 1 };
typedef entry table[WINDOWS][ROW];

static fe constant_d, constant_2d, root_of_minus_one, one_half, one;

static const u8 bytes_of_d[32] = {0xa3, 0x78, 0x59, 0x13, 0xca, 0x4d, 0xeb, 0x75, 0xab, 0xd8, 0x41,
                                  0x41, 0x4d, 0x0a, 0x70, 0x00, 0x98, 0xe8, 0x79, 0x77, 0x79, 0x40,
                                  0xc7, 0x8c, 0x73, 0xfe, 0x6f, 0x2b, 0xee, 0x6c, 0x03, 0x52};
static const u8 bytes_of_base[32] = {0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
                                     0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
                                     0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66};

static void curve_constants(void) {
  for (int lane = 0; lane < LANES; lane++) fe_from_bytes(&constant_d, lane, bytes_of_d);
  fe_add(&constant_2d, &constant_d, &constant_d);
  fe_tighten(&constant_2d, &constant_2d);
  fe_set_small(&one, 1);
  fe two;
  fe_set_small(&two, 2);
  fe_invert(&one_half, &two);
  fe_power_root(&root_of_minus_one, &two);  // 2^((p-5)/8), squared and doubled: 2^((p-1)/4)
  fe_square(&root_of_minus_one, &root_of_minus_one);
  fe_mul(&root_of_minus_one, &root_of_minus_one, &two);
}

static void point_neutral(point *p) {
  fe_set_small(&p->x, 0);
  p->y = p->z = one;
  fe_set_small(&p->t, 0);
}

static void point_add(point *r, const point *p, const point *q) {
  fe a, b, c, d, e, f, g, h, t, u;
  fe_sub(&t, &p->y, &p->x);
  fe_sub(&u, &q->y, &q->x);
  fe_mul(&a, &t, &u);
  fe_add(&t, &p->y, &p->x);
  fe_add(&u, &q->y, &q->x);
  fe_mul(&b, &t, &u);
  fe_mul(&c, &p->t, &constant_2d);
  fe_mul(&c, &c, &q->t);
  fe_add(&t, &p->z, &p->z);
  fe_mul(&d, &t, &q->z);
  fe_sub(&e, &b, &a);
  fe_sub(&f, &d, &c);
  fe_add(&g, &d, &c);
  fe_add(&h, &b, &a);
  fe_mul(&r->x, &e, &f);
  fe_mul(&r->y, &g, &h);
  fe_mul(&r->z, &f, &g);
  fe_mul(&r->t, &e, &h);
}

static void point_double(point *r, const point *p) {
  fe a, b, c, e, f, g, h;
  fe_square(&a, &p->x);
  fe_square(&b, &p->y);
  fe_square(&c, &p->z);
  fe_mul(&e, &p->x, &p->y);
  fe_add(&e, &e, &e);
  fe_add(&h, &a, &b);
  fe_sub(&g, &b, &a);
  fe_tighten(&g, &g);
  fe_add(&c, &c, &c);
  fe_tighten(&c, &c);
  fe_sub(&f, &c, &g);
  fe_mul(&r->x, &e, &f);
  fe_mul(&r->y, &g, &h);
  fe_mul(&r->z, &f, &g);
  fe_mul(&r->t, &e, &h);
}

/** What the signatures cost: seven multiplications for four lanes. */
INLINE void point_add_entries(point *p, const entries *q) {
  fe a, b, c, e, f, g, h, t;
  fe_sub(&t, &p->y, &p->x);
  fe_mul(&a, &t, &q->minus);
  fe_add(&t, &p->y, &p->x);
  fe_mul(&b, &t, &q->plus);
  fe_mul(&c, &p->t, &q->product);
  fe_sub(&e, &b, &a);
  fe_sub(&f, &p->z, &c);
  fe_add(&g, &p->z, &c);
  fe_add(&h, &b, &a);
  fe_mul(&p->x, &e, &f);
  fe_mul(&p->y, &g, &h);
  fe_mul(&p->z, &f, &g);
  fe_mul(&p->t, &e, &h);
}

static bool is_zero(const fe *a) {
  static const u8 zeros[32];
  u8 bytes[32];
  fe_to_bytes(bytes, a, 0);
  return memcmp(bytes, zeros, 32) == 0;
}

/** The point of an encoding, or its negative, in all lanes. False where there is none. */
static bool point_decode(point *p, const u8 *encoding, bool negative) {
  fe y2, u, v, v3, t, x;
  for (int lane = 0; lane < LANES; lane++) fe_from_bytes(&p->y, lane, encoding);
  fe_square(&y2, &p->y);
  fe_sub(&u, &y2, &one);
  fe_tighten(&u, &u);
  fe_mul(&v, &y2, &constant_d);
  fe_add(&v, &v, &one);
  fe_tighten(&v, &v);
  fe_square(&t, &v);
  fe_mul(&v3, &t, &v);
  fe_square(&t, &v3);
  fe_mul(&t, &t, &v);
  fe_mul(&t, &t, &u);
  fe_power_root(&t, &t);
  fe_mul(&t, &t, &v3);
  fe_mul(&x, &t, &u);  // u v^3 (u v^7)^((p-5)/8): a root of u/v or of -u/v
  fe_square(&t, &x);
  fe_mul(&t, &t, &v);
  fe difference, sum;
  fe_sub(&difference, &t, &u);
  fe_add(&sum, &t, &u);
  if (!is_zero(&difference)) {
    if (!is_zero(&sum)) return false;
    fe_mul(&x, &x, &root_of_minus_one);
  }
  u8 bytes[32];
  fe_to_bytes(bytes, &x, 0);
  if (((bytes[0] & 1) != encoding[31] >> 7) != negative) {
    fe_set_small(&t, 0);
    fe_sub(&x, &t, &x);
  }
  fe_tighten(&p->x, &x);
  p->z = one;
  fe_mul(&p->t, &p->x, &p->y);
  return true;
}

static void entry_set(entry *to, const entries *from, int lane) {
  fe_get_lane(to->plus, &from->plus, lane);
  fe_get_lane(to->minus, &from->minus, lane);
  fe_get_lane(to->product, &from->product, lane);
}

static void point_copy_lane(point *to, int to_lane, const point *from) {
  fe_copy_lane(&to->x, to_lane, &from->x, 0);
  fe_copy_lane(&to->y, to_lane, &from->y, 0);
  fe_copy_lane(&to->z, to_lane, &from->z, 0);
  fe_copy_lane(&to->t, to_lane, &from->t, 0);
}

/** The table of a point; four windows are made at a time. */
static void table_make(table to, const point *p) {
  static point start[WINDOWS], multiple[HALF];
  static fe before[HALF];
  start[0] = *p;
  for (int i = 1; i < WINDOWS; i++) {
    start[i] = start[i - 1];
    for (int j = 0; j < WINDOW; j++) point_double(&start[i], &start[i]);
  }
  for (int i = 0; i < WINDOWS; i += LANES) {
    const int lanes = WINDOWS - i < LANES ? WINDOWS - i : LANES;
    multiple[0] = start[i];
    for (int lane = 1; lane < lanes; lane++) point_copy_lane(&multiple[0], lane, &start[i + lane]);
    before[0] = multiple[0].z;
    for (int j = 1; j < HALF; j++) {
      if (j & 1) point_double(&multiple[j], &multiple[j / 2]);
      else point_add(&multiple[j], &multiple[j - 1], &multiple[0]);
      fe_mul(&before[j], &before[j - 1], &multiple[j].z);
    }
    fe inverse;
    fe_invert(&inverse, &before[HALF - 1]);
    for (int j = HALF - 1; j >= 0; j--) {
      fe z = inverse, x, y, t;
      if (j > 0) {
        fe_mul(&z, &inverse, &before[j - 1]);
        fe_mul(&inverse, &inverse, &multiple[j].z);
      }
      fe_mul(&x, &multiple[j].x, &z);
      fe_mul(&y, &multiple[j].y, &z);
      entries made;
      fe_add(&t, &y, &x);
      fe_mul(&made.plus, &t, &one_half);
      fe_sub(&t, &y, &x);
      fe_mul(&made.minus, &t, &one_half);
      fe_mul(&t, &x, &y);
      fe_mul(&made.product, &t, &constant_d);
      for (int lane = 0; lane < lanes; lane++) entry_set(&to[i + lane][j + 1], &made, lane);
    }
    entries neutral = {.plus = one_half, .minus = one_half};
    fe_set_small(&neutral.product, 0);
    for (int lane = 0; lane < lanes; lane++) entry_set(&to[i + lane][0], &neutral, lane);
  }
}

/** The digits of a number below 2^253, from -2^(w-1)+1 to 2^(w-1), each `stride` apart. */
static void digits_of(int16_t *digits, int stride, const u8 *number) {
  u64 w[5] = {0};
  memcpy(w, number, 32);
  int carry = 0;
  for (int i = 0; i < WINDOWS; i++) {
    const int word = i * WINDOW >> 6, bit = i * WINDOW & 63;
    u64 bits = w[word] >> bit;
    if (bit > 64 - WINDOW) bits |= w[word + 1] << (64 - bit);
    const int digit = (int)(bits & ((1 << WINDOW) - 1)) + carry;
    carry = digit > HALF;
    digits[i * stride] = digit - (carry << WINDOW);
  }
}

/** Four entries of a window, side by side; the negative of one is with plus and minus swapped. */
INLINE void entries_load(entries *to, const table *const *tables, int window, const int16_t *digits) {
  const double *from[LANES];
  for (int lane = 0; lane < LANES; lane++) from[lane] = (*tables[lane])[window][abs(digits[lane])].plus;
  doubles v[16];
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    const doubles a = _mm256_load_pd(from[0] + 4 * i), b = _mm256_load_pd(from[1] + 4 * i);
    const doubles c = _mm256_load_pd(from[2] + 4 * i), d = _mm256_load_pd(from[3] + 4 * i);
    const doubles ab02 = _mm256_unpacklo_pd(a, b), ab13 = _mm256_unpackhi_pd(a, b);
    const doubles cd02 = _mm256_unpacklo_pd(c, d), cd13 = _mm256_unpackhi_pd(c, d);
    v[4 * i] = _mm256_permute2f128_pd(ab02, cd02, 0x20);
    v[4 * i + 1] = _mm256_permute2f128_pd(ab13, cd13, 0x20);
    v[4 * i + 2] = _mm256_permute2f128_pd(ab02, cd02, 0x31);
    v[4 * i + 3] = _mm256_permute2f128_pd(ab13, cd13, 0x31);
  }
  int64_t four_digits;
  memcpy(&four_digits, digits, 8);
  const doubles sign = _mm256_castsi256_pd(_mm256_cvtepi16_epi64(_mm_cvtsi64_si128(four_digits)));
  const doubles sign_bit = _mm256_and_pd(sign, _mm256_set1_pd(-0.0));
#pragma GCC unroll 5
  for (int i = 0; i < LIMBS; i++) {
    to->plus.limb[i] = _mm256_blendv_pd(v[i], v[LIMBS + i], sign);
    to->minus.limb[i] = _mm256_blendv_pd(v[LIMBS + i], v[i], sign);
    to->product.limb[i] = _mm256_xor_pd(v[2 * LIMBS + i], sign_bit);
  }
}

enum { BATCH = 1024, GROUPS = BATCH / LANES };

typedef struct {
  u8 r[32], s[32];  // the signature
  u8 k[32];         // SHA-512(R || A || message) mod L
  const table *key;
  bool good;
} signature;

/** What a thread needs to verify a batch. */
typedef struct {
  point sum[GROUPS];
  fe before[GROUPS];
  int16_t digits[WINDOWS * BATCH];
  const table *tables[BATCH];
} workspace;

/** Adds the entry of every window to each sum, and asks for those of a few groups ahead. */
NOINLINE void add_windows(workspace *w, int groups) {
  enum { AHEAD = 4 * LANES };
  const int count = groups * LANES;
  for (int window = 0; window < WINDOWS; window++) {
    const int16_t *digits = w->digits + window * count;
    for (int i = 0; i < count; i += LANES) {
      for (int next = i + AHEAD; next < i + AHEAD + LANES && next < count; next++) {
        const entry *one_of = &(*w->tables[next])[window][abs(digits[next])];
        _mm_prefetch(one_of->plus, _MM_HINT_T0);
        _mm_prefetch(one_of->plus + 8, _MM_HINT_T0);  // the other half of its 128 bytes
      }
      entries four;
      entries_load(&four, w->tables + i, window, digits + i);
      point_add_entries(&w->sum[i / LANES], &four);
    }
  }
}

static const u64 group_order[4] = {0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000};

static bool below_order(const u8 *number) {
  u64 w[4];
  memcpy(w, number, 32);
  for (int i = 3; i >= 0; i--) {
    if (w[i] != group_order[i]) return w[i] < group_order[i];
  }
  return false;
}

/** Decides `count` signatures, a multiple of four and at most BATCH; those of one key best together. */
static void verify_batch(workspace *w, signature *const *signatures, int count, const table *base) {
  static const u8 zero[32];
  const int groups = count / LANES;
  for (int i = 0; i < count; i++) {
    signature *const one_of = signatures[i];
    one_of->good = below_order(one_of->s);
    digits_of(w->digits + i, count, one_of->good ? one_of->s : zero);
    w->tables[i] = base;
  }
  for (int g = 0; g < groups; g++) point_neutral(&w->sum[g]);
  add_windows(w, groups);
  for (int i = 0; i < count; i++) {
    digits_of(w->digits + i, count, signatures[i]->k);
    w->tables[i] = signatures[i]->key;
  }
  add_windows(w, groups);

  w->before[0] = w->sum[0].z;
  for (int g = 1; g < groups; g++) fe_mul(&w->before[g], &w->before[g - 1], &w->sum[g].z);
  fe inverse;
  fe_invert(&inverse, &w->before[groups - 1]);
  for (int g = groups - 1; g >= 0; g--) {
    fe z = inverse, x, y;
    if (g > 0) {
      fe_mul(&z, &inverse, &w->before[g - 1]);
      fe_mul(&inverse, &inverse, &w->sum[g].z);
    }
    fe_mul(&x, &w->sum[g].x, &z);
    fe_mul(&y, &w->sum[g].y, &z);
    for (int lane = 0; lane < LANES; lane++) {
      u8 encoding[32], x_bytes[32];
      fe_to_bytes(x_bytes, &x, lane);
      fe_to_bytes(encoding, &y, lane);
      encoding[31] |= (x_bytes[0] & 1) << 7;
      signature *const one_of = signatures[g * LANES + lane];
      one_of->good &= memcmp(encoding, one_of->r, 32) == 0;
    }
  }
}
