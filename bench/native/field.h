// Numbers mod p = 2^255 - 19, four at a time: one in each lane of AVX2's vectors.
//
// A number is five limbs of 51 bits, held as doubles that are whole and lie around zero. The
// product of two limbs has up to 102 bits, twice what a double holds; a fused multiply-add
// gives both halves exactly:
//   high = fma(a, b, c1)          c1 = 1.5 * 2^103: the last bit of the sum is worth 2^51
//   low  = fma(a, b, c2 - high)   c2 = c1 + 1.5 * 2^52: what is left, to the last bit
// Read as integers, the two are bit patterns of c1 and of 1.5 * 2^52 plus the half itself. So
// they are added up as integers, and the patterns are taken off in one constant a column.
//
// A number is "tight" behind mul, square and tighten (|limb| <= 2^50, one more in the second)
// and "loose" as the sum or difference of two tight ones. mul takes loose, square takes tight.
#pragma once
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t i64;
typedef unsigned __int128 u128;

#define INLINE static inline __attribute__((always_inline))
#define NOINLINE static __attribute__((noinline))

enum { LANES = 4, LIMBS = 5 };

typedef __m256d doubles;
typedef __m256i integers;
typedef struct {
  doubles limb[LIMBS];
} fe;

#define MASK51 ((1LL << 51) - 1)
#define BITS_C1 0x4668000000000000LL   // 1.5 * 2^103
#define BITS_LOW 0x4338000000000000LL  // 1.5 * 2^52
// Added before a shift to the right, which AVX2 has for unsigned numbers alone: it makes the
// column positive, and the 2^50 puts the remainder around zero. The carry is 2^11 too high.
#define BIAS ((1LL << 62) + (1LL << 50))
#define CARRIED (1LL << 11)

INLINE integers splat(i64 x) { return _mm256_set1_epi64x(x); }
INLINE integers add64(integers a, integers b) { return _mm256_add_epi64(a, b); }

/** 19 x; the compiler would make a multiplication of it, which AVX2 has not for 64 bits. */
INLINE integers times19(integers x) {
  integers twice = _mm256_slli_epi64(x, 1), sixteen = _mm256_slli_epi64(x, 4);
  __asm__("" : "+x"(twice), "+x"(sixteen));
  return add64(x, add64(twice, sixteen));
}

INLINE void fe_add(fe *r, const fe *a, const fe *b) {
  for (int i = 0; i < LIMBS; i++) r->limb[i] = _mm256_add_pd(a->limb[i], b->limb[i]);
}
INLINE void fe_sub(fe *r, const fe *a, const fe *b) {
  for (int i = 0; i < LIMBS; i++) r->limb[i] = _mm256_sub_pd(a->limb[i], b->limb[i]);
}

/** Limbs out of the five columns, each of which holds BIAS (less what is carried into it). */
INLINE void fe_carry(fe *r, integers *z) {
  const integers mask = splat(MASK51), pattern = splat(BITS_LOW);
  const doubles offset = _mm256_set1_pd(0x1.8p52 + 0x1p50);
  integers carry = _mm256_setzero_si256();
  for (int i = 0; i < LIMBS; i++) {
    z[i] = add64(z[i], carry);
    carry = _mm256_srli_epi64(z[i], 51);
    z[i] = _mm256_and_si256(z[i], mask);
  }
  z[0] = add64(add64(z[0], splat((1LL << 62) - 19 * CARRIED)), times19(carry));
  carry = _mm256_srli_epi64(z[0], 51);
  z[0] = _mm256_and_si256(z[0], mask);
  z[1] = add64(add64(z[1], splat(-CARRIED)), carry);
  for (int i = 0; i < LIMBS; i++) {
    r->limb[i] = _mm256_sub_pd(_mm256_castsi256_pd(add64(z[i], pattern)), offset);
  }
}

// How many high and low halves column k of a product collects, and what takes their patterns
// off again, after the columns 5 to 9 were folded into 0 to 4. Of a square, a product of two
// different limbs is computed once, of the double.
#define TERMS(k) ((k) < 0 || (k) > 8 ? 0 : (k) < 5 ? (k) + 1 : 9 - (k))
#define SQUARES(k) ((k) < 0 || (k) > 8 ? 0 : (k) < 5 ? (k) / 2 + 1 : (10 - (k)) / 2)
#define PATTERNS(of, k) ((u64)of(k) * BITS_LOW + (u64)of((k)-1) * BITS_C1)
#define COLUMN(of, k) (i64)(BIAS - ((k) ? CARRIED : 0) - PATTERNS(of, k) - 19 * PATTERNS(of, (k) + 5))
#define FOUR(x) {x, x, x, x}
#define COLUMNS(of) \
  {FOUR(COLUMN(of, 0)), FOUR(COLUMN(of, 1)), FOUR(COLUMN(of, 2)), FOUR(COLUMN(of, 3)), FOUR(COLUMN(of, 4))}
static const integers product_columns[LIMBS] = COLUMNS(TERMS);
static const integers square_columns[LIMBS] = COLUMNS(SQUARES);

// Adds x * y: the high half to column z[1], the low half to z[0]. The barrier keeps the
// compiler from collecting the terms of a column, for which there are too few registers.
#define TERM(x, y, z)                                                                 \
  {                                                                                   \
    const doubles high = _mm256_fmadd_pd(x, y, c1);                                   \
    const doubles low = _mm256_fmadd_pd(x, y, _mm256_sub_pd(c2, high));               \
    (z)[1] = add64((z)[1], _mm256_castpd_si256(high));                                \
    (z)[0] = add64((z)[0], _mm256_castpd_si256(low));                                 \
    __asm__("" : "+x"((z)[1]));                                                       \
  }

INLINE void start(integers *z, const integers *columns) {
#pragma GCC unroll 5
  for (int i = 0; i < LIMBS; i++) z[i] = columns[i], z[i + LIMBS] = _mm256_setzero_si256();
}

INLINE void fold(fe *r, integers *z) {
  for (int i = 0; i < LIMBS; i++) z[i] = add64(z[i], times19(z[i + LIMBS]));
  fe_carry(r, z);
}

INLINE void fe_mul_inline(fe *r, const fe *f, const fe *g) {
  const doubles c1 = _mm256_set1_pd(0x1.8p103), c2 = _mm256_set1_pd(0x1.8p103 + 0x1.8p52);
  integers z[2 * LIMBS];
  start(z, product_columns);
#pragma GCC unroll 5
  for (int i = 0; i < LIMBS; i++) {
    const doubles x = f->limb[i];
#pragma GCC unroll 5
    for (int j = 0; j < LIMBS; j++) TERM(x, g->limb[j], z + i + j)
    __asm__("" : "+x"(z[i + 4]));
  }
  fold(r, z);
}

INLINE void fe_square_inline(fe *r, const fe *f) {
  const doubles c1 = _mm256_set1_pd(0x1.8p103), c2 = _mm256_set1_pd(0x1.8p103 + 0x1.8p52);
  integers z[2 * LIMBS];
  start(z, square_columns);
#pragma GCC unroll 5
  for (int i = 0; i < LIMBS; i++) {
    const doubles x = f->limb[i], twice = _mm256_add_pd(x, x);
    TERM(x, x, z + 2 * i)
#pragma GCC unroll 5
    for (int j = i + 1; j < LIMBS; j++) TERM(twice, f->limb[j], z + i + j)
  }
  fold(r, z);
}

NOINLINE void fe_mul(fe *r, const fe *f, const fe *g) { fe_mul_inline(r, f, g); }
NOINLINE void fe_square(fe *r, const fe *f) { fe_square_inline(r, f); }

static void fe_square_times(fe *r, const fe *f, int times) {
  fe_square(r, f);
  for (int i = 1; i < times; i++) fe_square(r, r);
}

INLINE void fe_set_lane(fe *a, int lane, const double *limbs) {
  for (int i = 0; i < LIMBS; i++) ((double *)&a->limb[i])[lane] = limbs[i];
}
INLINE void fe_get_lane(double *limbs, const fe *a, int lane) {
  for (int i = 0; i < LIMBS; i++) limbs[i] = ((const double *)&a->limb[i])[lane];
}
static void fe_copy_lane(fe *to, int to_lane, const fe *from, int from_lane) {
  double limbs[LIMBS];
  fe_get_lane(limbs, from, from_lane);
  fe_set_lane(to, to_lane, limbs);
}

/** Whole doubles below 2^51 in size as integers, and back. */
static void fe_tighten(fe *r, const fe *a) {
  integers z[LIMBS];
  for (int i = 0; i < LIMBS; i++) {
    const doubles patterned = _mm256_add_pd(a->limb[i], _mm256_set1_pd(0x1.8p52));
    z[i] = add64(_mm256_castpd_si256(patterned), splat(BIAS - (i ? CARRIED : 0) - BITS_LOW));
  }
  fe_carry(r, z);
}

static void fe_set_small(fe *a, int x) {
  a->limb[0] = _mm256_set1_pd(x);
  for (int i = 1; i < LIMBS; i++) a->limb[i] = _mm256_setzero_pd();
}

/** The 255 bits of 32 little-endian bytes; the highest bit is left out. Not reduced. */
static void fe_from_bytes(fe *a, int lane, const u8 *bytes) {
  u64 w[4];
  memcpy(w, bytes, 32);
  i64 h[LIMBS] = {w[0] & MASK51, (w[0] >> 51 | w[1] << 13) & MASK51, (w[1] >> 38 | w[2] << 26) & MASK51,
                  (w[2] >> 25 | w[3] << 39) & MASK51, (w[3] >> 12) & MASK51};
  double limbs[LIMBS];
  for (int i = 0; i < LIMBS; i++) {
    const i64 carry = (h[i] + (1LL << 50)) >> 51;
    h[i] -= carry << 51;
    if (i < 4) h[i + 1] += carry;
    else h[0] += 19 * carry;
  }
  for (int i = 0; i < LIMBS; i++) limbs[i] = (double)h[i];
  fe_set_lane(a, lane, limbs);
}

/** The one encoding of a loose number: 32 little-endian bytes of it below p. */
static void fe_to_bytes(u8 *bytes, const fe *a, int lane) {
  i64 h[LIMBS];
  for (int i = 0; i < LIMBS; i++) h[i] = (i64)((const double *)&a->limb[i])[lane];
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < LIMBS; i++) {
      const i64 carry = h[i] >> 51;
      h[i] &= MASK51;
      if (i < 4) h[i + 1] += carry;
      else h[0] += 19 * carry;
    }
  }
  // It lies in [0, 2^255 + 18]: q is 0 or 1, how often p goes into it.
  i64 q = (h[0] + 19) >> 51;
  for (int i = 1; i < LIMBS; i++) q = (h[i] + q) >> 51;
  h[0] += 19 * q;
  for (int i = 0; i < LIMBS; i++) {
    const i64 carry = h[i] >> 51;
    h[i] &= MASK51;
    if (i < 4) h[i + 1] += carry;
  }
  const u64 w[4] = {(u64)h[0] | (u64)h[1] << 51, (u64)h[1] >> 13 | (u64)h[2] << 38,
                    (u64)h[2] >> 26 | (u64)h[3] << 25, (u64)h[3] >> 39 | (u64)h[4] << 12};
  memcpy(bytes, w, 32);
}

/** z^(2^250 - 1), and z^11 beside it: where both exponents below begin. */
static void fe_power_250(fe *power, fe *z11, const fe *z) {
  fe t, z9, p5, p10, p20, p50, p100;
  fe_square(&t, z);             // 2
  fe_square_times(&p5, &t, 2);  // 8
  fe_mul(&z9, &p5, z);
  fe_mul(z11, &z9, &t);
  fe_square(&p5, z11);    // 22
  fe_mul(&p5, &p5, &z9);  // 2^5 - 1
  fe_square_times(&t, &p5, 5);
  fe_mul(&p10, &t, &p5);
  fe_square_times(&t, &p10, 10);
  fe_mul(&p20, &t, &p10);
  fe_square_times(&t, &p20, 20);
  fe_mul(&t, &t, &p20);  // 2^40 - 1
  fe_square_times(&t, &t, 10);
  fe_mul(&p50, &t, &p10);
  fe_square_times(&t, &p50, 50);
  fe_mul(&p100, &t, &p50);
  fe_square_times(&t, &p100, 100);
  fe_mul(&t, &t, &p100);  // 2^200 - 1
  fe_square_times(&t, &t, 50);
  fe_mul(power, &t, &p50);
}

/** 1 / z = z^(p - 2) = z^(2^255 - 21) */
static void fe_invert(fe *r, const fe *z) {
  fe t, z11;
  fe_power_250(&t, &z11, z);
  fe_square_times(&t, &t, 5);
  fe_mul(r, &t, &z11);
}

/** z^((p - 5) / 8) = z^(2^252 - 3), of which square roots are made. */
static void fe_power_root(fe *r, const fe *z) {
  fe t, z11;
  fe_power_250(&t, &z11, z);
  fe_square_times(&t, &t, 2);
  fe_mul(r, &t, z);
}
