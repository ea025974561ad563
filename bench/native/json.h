// Is a line, byte for byte, the RFC 8785 form of its value? One pass over the bytes decides
// it, and notes where each member of each object lies.
//
// The line has to be followed by a byte that is none of JSON's (here its LF), and by 32 bytes
// that may be read.
#pragma once
#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const uint8_t *key;    // behind its quote
  const uint8_t *value;  // with its quotes or brackets
  uint32_t key_length;
  uint32_t length;
  uint32_t after;  // the index of the member behind it and all that is in it
} member;

/** In a line of 2^20 bytes: a member takes at least five, `"":0,`. */
enum { MEMBERS_MOST = (1 << 20) / 5 + 1, LEVELS_MOST = 64 };

typedef struct {
  member *members;
  uint32_t count;
} members;

/** Bit i: byte i is a quote, a backslash, a control character or not ASCII. */
static inline uint32_t not_plain(const uint8_t *at) {
  const __m256i bytes = _mm256_loadu_si256((const __m256i *)at);
  const __m256i quote = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"'));
  const __m256i backslash = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\'));
  // Signed: above 0x7F is below zero.
  const __m256i beyond = _mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), bytes);
  return _mm256_movemask_epi8(_mm256_or_si256(_mm256_or_si256(quote, backslash), beyond));
}

static inline bool continues(uint8_t byte) { return (byte & 0xC0) == 0x80; }

/** The length of the UTF-8 sequence of a character that I-JSON allows; 0 where it is none. */
static int character(const uint8_t *at) {
  const uint8_t a = at[0], b = at[1];
  if (a < 0xC2 || a > 0xF4 || !continues(b)) return 0;
  if (a < 0xE0) return 2;
  const uint8_t c = at[2];
  if (!continues(c)) return 0;
  if (a < 0xF0) {
    if (a == 0xE0 && b < 0xA0) return 0;
    if (a == 0xED && b > 0x9F) return 0;  // surrogates
    if (a == 0xEF && b == 0xB7 && c >= 0x90 && c <= 0xAF) return 0;  // U+FDD0 to U+FDEF
    if (a == 0xEF && b == 0xBF && c >= 0xBE) return 0;               // U+FFFE, U+FFFF
    return 3;
  }
  if (!continues(at[3])) return 0;
  if (a == 0xF0 && b < 0x90) return 0;
  if (a == 0xF4 && b > 0x8F) return 0;
  if ((b & 0x0F) == 0x0F && c == 0xBF && at[3] >= 0xBE) return 0;  // U+1FFFE and the like
  return 4;
}

/** The length of an escape that RFC 8785 writes; 0 where it is none. */
static int escape(const uint8_t *at) {
  if (at[1] != 0 && strchr("\"\\bfnrt", at[1]) != NULL) return 2;
  if (memcmp(at + 1, "u00", 3) != 0 || (at[4] != '0' && at[4] != '1')) return 0;
  const uint8_t low = at[5];
  if (!((low >= '0' && low <= '9') || (low >= 'a' && low <= 'f'))) return 0;
  const bool has_own = at[4] == '0' && (low == '8' || low == '9' || low == 'a' || low == 'c' || low == 'd');
  return has_own ? 0 : 6;
}

static const uint8_t *string_slow(const uint8_t *at) {
  while (*at != '"') {
    int length = 1;
    if (*at == '\\') length = escape(at);
    else if (*at >= 0x80) length = character(at);
    else if (*at < 0x20) length = 0;
    if (length == 0) return NULL;
    at += length;
  }
  return at + 1;
}

/** From behind a string's first quote to behind its last one; `plain` if it holds ASCII and no escape. */
static inline const uint8_t *string(const uint8_t *at, bool *plain) {
  for (;;) {
    const uint32_t mask = not_plain(at);
    if (mask == 0) {
      at += 32;
      continue;
    }
    at += __builtin_ctz(mask);
    if (*at == '"') return at + 1;
    *plain = false;
    return string_slow(at);
  }
}

/** The next UTF-16 code unit of a string that is canonical, and what a pair leaves for the next call. */
static int code_unit(const uint8_t **at, int *left) {
  const uint8_t *p = *at;
  if (*left != 0) {
    const int unit = *left;
    *left = 0;
    return unit;
  }
  if (p[0] == '\\' && p[1] == 'u') {
    *at += 6;
    return (p[4] - '0') * 16 + (p[5] <= '9' ? p[5] - '0' : p[5] - 'a' + 10);
  }
  if (p[0] == '\\') {
    *at += 2;
    static const char names[] = "bfnrt", codes[] = "\b\f\n\r\t";
    const char *name = strchr(names, p[1]);
    return name == NULL ? p[1] : codes[name - names];
  }
  if (p[0] < 0x80) return *at += 1, p[0];
  if (p[0] < 0xE0) return *at += 2, (p[0] & 0x1F) << 6 | (p[1] & 0x3F);
  if (p[0] < 0xF0) return *at += 3, (p[0] & 0x0F) << 12 | (p[1] & 0x3F) << 6 | (p[2] & 0x3F);
  *at += 4;
  const int point = (p[0] & 7) << 18 | (p[1] & 0x3F) << 12 | (p[2] & 0x3F) << 6 | (p[3] & 0x3F);
  *left = 0xDC00 | ((point - 0x10000) & 0x3FF);
  return 0xD800 | (point - 0x10000) >> 10;
}

typedef struct {
  const uint8_t *text;
  uint32_t length;
  bool plain;
} name;

/** Whether a name stands before another one in RFC 8785's order, and is not the same. */
static inline bool before(const name *a, const name *b) {
  if (a->plain && b->plain) {
    const uint32_t shorter = a->length < b->length ? a->length : b->length;
    for (uint32_t i = 0; i < shorter; i++) {
      if (a->text[i] != b->text[i]) return a->text[i] < b->text[i];
    }
    return a->length < b->length;
  }
  const uint8_t *p = a->text, *q = b->text;
  int p_left = 0, q_left = 0;
  for (;;) {
    const bool p_ends = p_left == 0 && p == a->text + a->length;
    const bool q_ends = q_left == 0 && q == b->text + b->length;
    if (p_ends || q_ends) return p_ends && !q_ends;
    const int x = code_unit(&p, &p_left), y = code_unit(&q, &q_left);
    if (x != y) return x < y;
  }
}

/** Whether a number is written as ECMAScript writes it. */
static bool number_is_shortest(const uint8_t *text, size_t length) {
  char given[64], digits[64], written[128];
  if (length >= sizeof given) return false;
  memcpy(given, text, length);
  given[length] = 0;
  char *end;
  const double value = strtod(given, &end);
  if (*end != 0 || !(value - value == 0)) return false;
  if (value == 0) return strcmp(given, "0") == 0;
  int precision = 0;
  do snprintf(digits, sizeof digits, "%.*e", precision, value);
  while (strtod(digits, NULL) != value && ++precision < 17);
  // -d.ddde[+-]xx: its digits, and the place of the point
  const char *sign = value < 0 ? "-" : "";
  char *mantissa = digits + (value < 0), *exponent = strchr(digits, 'e');
  const int n = atoi(exponent + 1) + 1;
  *exponent = 0;
  if (mantissa[1] == '.') memmove(mantissa + 1, mantissa + 2, strlen(mantissa + 2) + 1);
  const int k = strlen(mantissa);
  if (k <= n && n <= 21)
    snprintf(written, sizeof written, "%s%s%.*s", sign, mantissa, n - k, "00000000000000000000");
  else if (0 < n && n <= 21) snprintf(written, sizeof written, "%s%.*s.%s", sign, n, mantissa, mantissa + n);
  else if (-6 < n && n <= 0) snprintf(written, sizeof written, "%s0.%.*s%s", sign, -n, "000000", mantissa);
  else
    snprintf(written, sizeof written, "%s%c%s%se%+d", sign, mantissa[0], k > 1 ? "." : "", mantissa + 1, n - 1);
  return strcmp(given, written) == 0;
}

static inline bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

static const uint8_t *number(const uint8_t *at) {
  const uint8_t *start = at;
  if (is_digit(*at) && *at != '0') {
    while (is_digit(*at)) at++;
    // A whole number of at most 15 digits is written as it is.
    if (at - start <= 15 && *at != '.' && *at != 'e' && *at != 'E') return at;
  } else if (*at == '0' && !is_digit(at[1]) && at[1] != '.' && at[1] != 'e' && at[1] != 'E') return at + 1;
  else if (*at != '-' && *at != '0') return NULL;
  while (is_digit(*at) || (*at != 0 && strchr("+-.eE", *at) != NULL)) at++;
  return number_is_shortest(start, at - start) ? at : NULL;
}

/** From a value's first byte to behind its last; NULL where it is not canonical. */
static const uint8_t *value(const uint8_t *at, uint32_t level, members *to) {
  bool plain = true;
  switch (*at) {
    case '"':
      return string(at + 1, &plain);
    case '{': {
      if (level == LEVELS_MOST) return NULL;
      if (*++at == '}') return at + 1;
      name last = {NULL, 0, true};
      for (;;) {
        if (*at != '"') return NULL;
        name key = {at + 1, 0, true};
        at = string(at + 1, &key.plain);
        if (at == NULL) return NULL;
        key.length = at - key.text - 1;
        if (last.text != NULL && !before(&last, &key)) return NULL;
        last = key;
        if (*at++ != ':') return NULL;
        member *const noted = &to->members[to->count++];
        noted->key = key.text;
        noted->key_length = key.length;
            noted->value = at;
        at = value(at, level + 1, to);
        if (at == NULL) return NULL;
        noted->length = at - noted->value;
        noted->after = to->count;
        if (*at == '}') return at + 1;
        if (*at++ != ',') return NULL;
      }
    }
    case '[':
      if (level == LEVELS_MOST) return NULL;
      if (*++at == ']') return at + 1;
      for (;;) {
        at = value(at, level + 1, to);
        if (at == NULL) return NULL;
        if (*at == ']') return at + 1;
        if (*at++ != ',') return NULL;
      }
    case 't':
      return memcmp(at, "true", 4) == 0 ? at + 4 : NULL;
    case 'f':
      return memcmp(at, "false", 5) == 0 ? at + 5 : NULL;
    case 'n':
      return memcmp(at, "null", 4) == 0 ? at + 4 : NULL;
    default:
      return number(at);
  }
}

/** Whether a line is canonical; where it is, `to` has its members, outer ones before inner ones. */
static bool is_canonical(const uint8_t *line, uint32_t length, members *to) {
  to->count = 0;
  return *line == '{' && value(line, 0, to) == line + length;
}
