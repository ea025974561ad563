// Base64 and hexadecimal digits, and the trust file.
#pragma once
#include "curve.h"
#include "hash.h"
#include <stdio.h>

static u8 base64_values[256];
static u8 hex_pairs[256][2];

static void text_constants(void) {
  memset(base64_values, 0xFF, sizeof base64_values);
  for (int i = 0; i < 64; i++)
    base64_values[(u8) "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[i]] = i;
  for (int i = 0; i < 256; i++) {
    hex_pairs[i][0] = "0123456789abcdef"[i >> 4];
    hex_pairs[i][1] = "0123456789abcdef"[i & 15];
  }
}

/** Whether `text` is exactly the base64 of `size` bytes, spare bits zero. */
static bool base64_decode(u8 *bytes, u32 size, const u8 *text, u32 length) {
  if (length != (size + 2) / 3 * 4) return false;
  u8 wrong = 0;
  for (; size >= 3; size -= 3, text += 4, bytes += 3) {
    const u8 a = base64_values[text[0]], b = base64_values[text[1]];
    const u8 c = base64_values[text[2]], d = base64_values[text[3]];
    wrong |= a | b | c | d;
    bytes[0] = a << 2 | b >> 4, bytes[1] = b << 4 | c >> 2, bytes[2] = c << 6 | d;
  }
  if (size > 0) {
    const u8 a = base64_values[text[0]], b = base64_values[text[1]];
    const u8 c = size == 2 ? base64_values[text[2]] : 0;
    wrong |= a | b | c;
    bytes[0] = a << 2 | b >> 4;
    if (size == 2) bytes[1] = b << 4 | c >> 2;
    if ((size == 2 ? c & 3 : b & 15) != 0 || text[3] != '=' || (size == 1 && text[2] != '=')) return false;
  }
  return (wrong & 0xC0) == 0;
}

enum { HASH_TEXT = 75 };  // "sha3-256:…" with its quotes

/** Writes a hash as docs/format.md has it, with quotes. */
static void hash_text(u8 *text, const u8 *hash) {
  memcpy(text, "\"sha3-256:", 10);
  for (int i = 0; i < 32; i++) memcpy(text + 10 + 2 * i, hex_pairs[hash[i]], 2);
  text[HASH_TEXT - 1] = '"';
}

enum { KEY_ID_TEXT = 42, KEYS_MOST = 32, NAME_MOST = 512 };

typedef struct {
  u8 id[KEY_ID_TEXT];  // with its quotes
  bool is_ledger;
  u8 public_key[32];
  u8 note_hash[4];
  table *multiples;
} trusted_key;

typedef struct {
  u8 ledger[NAME_MOST];  // with its quotes
  u32 ledger_length;
  int count;
  trusted_key keys[KEYS_MOST];
} trust;

/** The text behind `"name":"` in `from`, which ends at `end`; exits where it has none. */
static const char *member_text(const char *from, const char *end, const char *name, u32 *length) {
  char start[64];
  const int n = snprintf(start, sizeof start, "\"%s\":\"", name);
  const char *found = memmem(from, end - from, start, n);
  const char *stop = found == NULL ? NULL : memchr(found + n, '"', end - found - n);
  if (stop == NULL) {
    fprintf(stderr, "the trust file has no %s where it should\n", name);
    exit(2);
  }
  *length = stop - (found + n);
  return found + n;
}

/**
 * Reads a trust file such as bench/make-ledger.mjs writes: JSON without escapes. Tables are
 * made of the ledger's and the approvers' keys.
 */
static void trust_read(trust *to, const char *path) {
  FILE *file = fopen(path, "r");
  static char text[1 << 20];
  if (file == NULL) {
    perror(path);
    exit(2);
  }
  const size_t size = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  char *end = text;  // without the white space between its tokens
  bool in_string = false;
  for (size_t i = 0; i < size; i++) {
    if (text[i] == '"') in_string = !in_string;
    if (in_string || strchr(" \t\r\n", text[i]) == NULL) *end++ = text[i];
  }
  *end = 0;
  u32 length;
  const char *ledger = member_text(text, end, "ledger", &length);
  if (length > NAME_MOST - 2) exit(2);
  to->ledger_length = length + 2;
  memcpy(to->ledger, ledger - 1, length + 2);
  to->count = 0;
  const char *at = strstr(text, "\"keys\":[");
  while (at != NULL && (at = strchr(at, '{')) != NULL) {
    const char *stop = strchr(at, '}');
    if (stop == NULL || to->count == KEYS_MOST) exit(2);
    trusted_key *key = &to->keys[to->count];
    const char *role = member_text(at, stop, "role", &length);
    key->is_ledger = memcmp(role, "ledger\"", 7) == 0;
    const bool is_approver = memcmp(role, "approver\"", 9) == 0;
    const char *id = member_text(at, stop, "id", &length);
    if (length != KEY_ID_TEXT - 2) exit(2);
    memcpy(key->id, id - 1, KEY_ID_TEXT);
    const char *encoded = member_text(at, stop, "public_key", &length);
    if (!base64_decode(key->public_key, 32, (const u8 *)encoded, length)) exit(2);
    u8 named[NAME_MOST + 34];
    memcpy(named, to->ledger + 1, to->ledger_length - 2);
    memcpy(named + to->ledger_length - 2, "\n\1", 2);
    memcpy(named + to->ledger_length, key->public_key, 32);
    u8 hash[32];
    sha256(hash, named, to->ledger_length + 32);
    memcpy(key->note_hash, hash, 4);
    if (key->is_ledger || is_approver) {
      point negative;
      if (!point_decode(&negative, key->public_key, true)) exit(2);
      key->multiples = aligned_alloc(128, sizeof(table));
      table_make(*key->multiples, &negative);
      to->count++;
    }
    at = stop;
  }
}

static const trusted_key *trust_find(const trust *of, const u8 *id, u32 length) {
  if (length != KEY_ID_TEXT) return NULL;
  for (int i = 0; i < of->count; i++) {
    if (memcmp(of->keys[i].id, id, KEY_ID_TEXT) == 0) return &of->keys[i];
  }
  return NULL;
}
