// The Merkle tree (RFC 6962): what a range of the file comes to, and how ranges are joined.
#pragma once
#include "text.h"

/** A complete subtree of 2^level leaves, or a checkpoint line. */
typedef struct {
  bool is_checkpoint;
  u8 level;
  u64 size;
  u8 hash[32];
} event;

typedef struct {
  u64 first_seq;
  u8 first_prev[HASH_TEXT], last_leaf[32];
  u32 entries, events, room;
  event *event;
} range;

static event *add_event(range *to) {
  if (to->events == to->room) {
    to->room = to->room == 0 ? 64 : 2 * to->room;
    to->event = realloc(to->event, to->room * sizeof(event));
  }
  return &to->event[to->events++];
}

/** A node is hashed over 65 bytes: 0x01, left, right. */
typedef u8 node_bytes[65];

static void node_of(u8 *to, const u8 *left, const u8 *right) {
  node_bytes bytes = {1};
  memcpy(bytes + 1, left, 32);
  memcpy(bytes + 33, right, 32);
  sha3_256_of(to, bytes, sizeof bytes);
}

/** Adds to a range the complete subtrees of leaves from a place on, in order; overwrites them. */
static void add_subtrees(range *to, u8 (*leaves)[32], u32 count, u64 place, node_bytes *scratch,
                         message *messages) {
  event right[64];
  int rights = 0;
  for (u8 level = 0; count > 0; level++) {
    if (place & 1) {
      event *e = add_event(to);
      e->is_checkpoint = false, e->level = level;
      memcpy(e->hash, leaves[0], 32);
      leaves++, count--, place++;
    }
    if (count & 1) {
      event *e = &right[rights++];
      e->is_checkpoint = false, e->level = level;
      memcpy(e->hash, leaves[--count], 32);
    }
    place >>= 1, count >>= 1;
    for (u32 i = 0; i < count; i++) {
      scratch[i][0] = 1;
      memcpy(scratch[i] + 1, leaves[2 * i], 64);
      messages[i] = (message){scratch[i], leaves[i], sizeof(node_bytes)};
    }
    sha3_256(messages, count);
  }
  while (rights > 0) *add_event(to) = right[--rights];
}

typedef struct {
  u64 size;
  int count;
  event subtree[128];
} tree;

static void tree_add(tree *t, const event *e) {
  t->subtree[t->count++] = *e;
  t->size += 1ULL << e->level;
  while (t->count > 1 && t->subtree[t->count - 2].level == t->subtree[t->count - 1].level) {
    event *left = &t->subtree[t->count - 2];
    node_of(left->hash, left->hash, t->subtree[--t->count].hash);
    left->level++;
  }
}

static void tree_root(u8 *root, const tree *t) {
  if (t->count == 0) {
    sha3_256_of(root, root, 0);
    return;
  }
  memcpy(root, t->subtree[t->count - 1].hash, 32);
  for (int i = t->count - 2; i >= 0; i--) node_of(root, t->subtree[i].hash, root);
}
