// verify LEDGER KEYS [THREADS]
//
// What `sclaw verify` computes of each receipt, as a native program: a yardstick for its speed,
// and nothing that one should rely on. Of an export as bench/make-ledger.mjs writes it, it
// checks that each line is canonical JSON, the receipt's members, the hash of a disclosed
// intent, the ledger's signature, each approval's signature, the chain (`prev`, `seq`), and at
// each checkpoint the note's signature, its size and its root. It leaves out what is decided on
// values: controls, who may approve, times, nonces, validity of keys, forms of values.
//
// Prints JSON; exits with 1 where it counts an error. Threads claim ranges of the file, and what
// they find is joined in order. Needs AVX2 and FMA:
//   gcc -O3 -march=native -pthread verify.c -o verify
#define _GNU_SOURCE
#include "lines.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { RANGE = 4 << 20 };

static int file;
static u64 file_size;
static u32 range_count;
static range *ranges;
static atomic_uint next_range;

/** Reads bytes from a place on; fewer only at the file's end. */
static u32 read_at(u8 *to, u64 place, u32 length) {
  u32 done = 0;
  while (done < length) {
    const ssize_t got = pread(file, to + done, length - done, place + done);
    if (got < 0) {
      perror("read");
      exit(2);
    }
    if (got == 0) break;
    done += got;
  }
  return done;
}

/** Verifies the lines that begin in a range of the file. */
static void verify_range(worker *w, u32 index) {
  const u64 start = (u64)index * RANGE;
  const u64 before = index == 0 ? 0 : 1;  // the byte in front: is a line's end there?
  u32 have = read_at(w->buffer, start - before, RANGE + before);
  const u32 limit = have;
  while (w->buffer[have - 1] != '\n') {
    const u32 more = have - limit > LINE_MOST ? 0 : read_at(w->buffer + have, start - before + have, 16 << 10);
    if (more == 0) break;
    have += more;
    if (memchr(w->buffer + have - more, '\n', more) != NULL) break;
  }
  memset(w->buffer + have, 0, 64);
  w->range = &ranges[index];
  w->leaves_known = w->leaves_reduced = 0;
  const u8 *at = w->buffer, *const stop = w->buffer + limit, *const end = w->buffer + have;
  if (before == 1) {
    at = memchr(at, '\n', have);
    at = at == NULL ? stop : at + 1;
  }
  while (at < stop) {
    const u8 *line_end = memchr(at, '\n', end - at);
    if (line_end == NULL) {
      w->errors[NOT_CANONICAL]++;  // torn, or too long
      break;
    }
    add_line(w, at, line_end - at);
    at = line_end + 1;
  }
  finish_batch(w);
  w->range->entries = w->leaves_known;
  if (w->leaves_known > 0) memcpy(w->range->last_leaf, w->leaves[w->leaves_known - 1], 32);
  add_subtrees(w->range, w->leaves + w->leaves_reduced, w->leaves_known - w->leaves_reduced,
               w->range->first_seq + w->leaves_reduced, w->nodes, w->node_messages);
}

static void *run(void *argument) {
  worker *w = argument;
  w->curve = aligned_alloc(128, (sizeof(workspace) + 127) / 128 * 128);
  w->line.members = malloc(MEMBERS_MOST * sizeof(member));
  w->statements = malloc(STATEMENT_ROOM);
  w->buffer = malloc(RANGE + LINE_MOST + (32 << 10));
  for (u32 index; (index = next_range++) < range_count;) verify_range(w, index);
  return NULL;
}

/** Joins what the ranges came to, in order; counts what does not fit. */
static void join(tree *t, u64 *errors) {
  u8 leaf[32] = {0};
  u64 covered = 0;
  bool has_checkpoint = false;
  for (u32 i = 0; i < range_count; i++) {
    const range *r = &ranges[i];
    if (r->entries > 0) {
      u8 text[HASH_TEXT];
      hash_text(text, leaf);
      errors[CHAIN] += memcmp(text, r->first_prev, HASH_TEXT) != 0 || r->first_seq != t->size;
      memcpy(leaf, r->last_leaf, 32);
    }
    for (u32 j = 0; j < r->events; j++) {
      const event *e = &r->event[j];
      if (!e->is_checkpoint) {
        if (t->count < 120) tree_add(t, e);
        continue;
      }
      u8 root[32];
      tree_root(root, t);
      errors[CHECKPOINT] += e->size != t->size || memcmp(e->hash, root, 32) != 0;
      covered = e->size;
      has_checkpoint = true;
    }
  }
  errors[CHECKPOINT] += !has_checkpoint || covered != t->size;
}

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  const int threads = argc > 3 ? atoi(argv[3]) : 1;
  if (argc < 3 || threads < 1 || threads > 256) {
    fprintf(stderr, "usage: verify LEDGER KEYS [THREADS]\n");
    return 2;
  }
  const double started = seconds();
  file = open(argv[1], O_RDONLY);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) {
    perror(argv[1]);
    return 2;
  }
  file_size = status.st_size;
  range_count = (file_size + RANGE - 1) / RANGE;
  ranges = calloc(range_count, sizeof(range));

  text_constants();
  curve_constants();
  static trust trusted;
  trust_read(&trusted, argv[2]);
  point base_point;
  point_decode(&base_point, bytes_of_base, false);
  table *base = aligned_alloc(128, sizeof(table));
  table_make(*base, &base_point);
  const double prepared = seconds() - started;

  pthread_t thread[256];
  worker *workers[256];
  for (int i = 0; i < threads; i++) {
    workers[i] = calloc(1, sizeof(worker));
    workers[i]->trust = &trusted;
    workers[i]->base = base;
    if (i > 0) pthread_create(&thread[i], NULL, run, workers[i]);
  }
  run(workers[0]);
  u64 errors[KINDS] = {0}, receipts = 0, signatures = 0, all = 0;
  for (int i = 0; i < threads; i++) {
    if (i > 0) pthread_join(thread[i], NULL);
    for (int k = 0; k < KINDS; k++) errors[k] += workers[i]->errors[k];
    receipts += workers[i]->receipts_count;
    signatures += workers[i]->signatures_total;
  }
  static tree whole;
  join(&whole, errors);
  u8 root[32], text[HASH_TEXT];
  tree_root(root, &whole);
  hash_text(text, root);

  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  const double cpu = used.ru_utime.tv_sec + used.ru_stime.tv_sec +
                     (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
  printf("{\"receipts\":%lu,\"signatures\":%lu,\"root\":%.*s,", receipts, signatures, HASH_TEXT, (char *)text);
  for (int k = 0; k < KINDS; k++) {
    all += errors[k];
    if (errors[k] > 0) fprintf(stderr, "%s: %lu\n", kind_names[k], errors[k]);
  }
  printf("\"errors\":%lu,\"seconds\":%.4f,\"tableSeconds\":%.4f,\"cpuSeconds\":%.3f,\"peakMb\":%.1f}\n", all,
         seconds() - started, prepared, cpu, used.ru_maxrss / 1024.0);
  return all == 0 ? 0 : 1;
}
