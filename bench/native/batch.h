// A thread's state, and the batch in it: what some hundred lines need hashed and verified is
// collected, then done at once.
#pragma once
#include "json.h"
#include "tree.h"

enum {
  LINE_MOST = 1 << 20,
  APPROVALS_MOST = 64,
  LINES = 1024,                                              // in a batch
  STATEMENTS = 1 << 20,                                      // bytes, before a batch is full
  STATEMENT_ROOM = STATEMENTS + APPROVALS_MOST * LINE_MOST,  // most of it is never touched
  SCOPES = 16,
};

typedef enum { NOT_CANONICAL, UNKNOWN_LINE, FORM, KEY, INTENT, SIGNATURE, CHAIN, CHECKPOINT, KINDS } kind;
static const char *const kind_names[] = {"not canonical", "unknown line", "form",  "key",
                                         "intent",        "signature",    "chain", "checkpoint"};

typedef struct {
  const u8 *digest;   // of what was signed; NULL where k is known already
  const char *prefix;  // 15 bytes in front of it
  const u8 *public_key;
  int key;
} signed_part;

typedef struct {
  u8 leaf[129];  // 0x00, scope, digest, sig
  u8 intent_hash[32];
  const u8 *ir_hash;  // the text; NULL where no intent is disclosed
  const u8 *prev;
} receipt;

typedef struct {
  u8 tenant[256];
  u32 length;
  u8 hash[32];
} scope;

typedef struct {
  const trust *trust;
  const table *base;
  workspace *curve;
  members line;
  receipt receipts[LINES];
  message messages[2 * LINES + BATCH];
  signature signatures[BATCH];
  signed_part parts[BATCH];
  u8 digests[BATCH][32];
  u8 *statements;
  u32 lines, messages_count, signatures_count, statements_length;
  scope scopes[SCOPES];
  u32 scopes_made;
  range *range;
  u8 (*leaves)[32];  // of the range, those of this batch included
  u32 leaves_known, leaves_reduced, leaves_room;
  node_bytes *nodes;
  message *node_messages;
  u8 *buffer;
  u64 errors[KINDS], receipts_count, signatures_total;
} worker;

/** Decides everything that the lines so far need, and makes their leaves. */
static void finish_batch(worker *w) {
  sha3_256(w->messages, w->messages_count);
  for (u32 i = 0; i < w->lines; i++)
    w->messages[i] = (message){w->receipts[i].leaf, w->leaves[w->leaves_known + i], 129};
  sha3_256(w->messages, w->lines);
  for (u32 i = 0; i < w->lines; i++) {
    const receipt *r = &w->receipts[i];
    u8 text[HASH_TEXT];
    if (r->ir_hash != NULL) {
      hash_text(text, r->intent_hash);
      w->errors[INTENT] += memcmp(text, r->ir_hash, HASH_TEXT) != 0;
    }
    if (w->leaves_known + i == 0) memcpy(w->range->first_prev, r->prev, HASH_TEXT);
    else {
      hash_text(text, w->leaves[w->leaves_known + i - 1]);
      w->errors[CHAIN] += memcmp(text, r->prev, HASH_TEXT) != 0;
    }
  }
  w->leaves_known += w->lines;

  const u32 count = w->signatures_count;
  for (u32 i = 0; i < count; i += LANES) {
    u8 block[LANES][128], digest[LANES][64];
    const u8 *blocks[LANES];
    for (u32 lane = 0; lane < LANES; lane++) {
      const u32 at = i + lane < count ? i + lane : i;
      const signed_part *part = &w->parts[at];
      blocks[lane] = block[lane];
      memset(block[lane], 0, 128);
      memcpy(block[lane], w->signatures[at].r, 32);
      memcpy(block[lane] + 32, part->public_key, 32);
      memcpy(block[lane] + 64, part->prefix, 15);
      memcpy(block[lane] + 79, part->digest == NULL ? block[lane] : part->digest, 32);
      block[lane][111] = 0x80;
      block[lane][126] = 111 * 8 >> 8, block[lane][127] = 111 * 8 & 0xFF;
    }
    sha512_padded(digest, blocks, 1);
    for (u32 lane = 0; lane < LANES && i + lane < count; lane++) {
      if (w->parts[i + lane].digest != NULL) reduce(w->signatures[i + lane].k, digest[lane]);
    }
  }

  signature *by_key[BATCH];
  u32 ordered = 0;
  for (int key = 0; key < w->trust->count; key++) {
    for (u32 i = 0; i < count; i++) {
      if (w->parts[i].key == key) by_key[ordered++] = &w->signatures[i];
    }
  }
  while (ordered % LANES != 0) by_key[ordered] = by_key[ordered - 1], ordered++;
  if (count > 0) verify_batch(w->curve, by_key, ordered, w->base);
  for (u32 i = 0; i < count; i++) w->errors[SIGNATURE] += !w->signatures[i].good;
  w->signatures_total += count;
  w->lines = w->messages_count = w->signatures_count = w->statements_length = 0;
}

static void add_message(worker *w, const u8 *data, u32 length, u8 *digest) {
  w->messages[w->messages_count++] = (message){data, digest, length};
}

/** Adds a signature over `prefix` and a digest, which need not be known yet. */
static void add_signature(worker *w, const trusted_key *key, const u8 *sig, const char *prefix,
                          const u8 *digest) {
  signature *s = &w->signatures[w->signatures_count];
  memcpy(s->r, sig, 32);
  memcpy(s->s, sig + 32, 32);
  s->key = key->multiples;
  w->parts[w->signatures_count++] = (signed_part){digest, prefix, key->public_key, key - w->trust->keys};
}
