// What the lines of an export hold: entries and checkpoints. Each puts into the batch what it
// needs hashed and verified.
#pragma once
#include "batch.h"

/** Walks through an object's members, which have to be exactly those that are asked for. */
typedef struct {
  const member *at, *end;
  const members *of;
  bool broken;
} cursor;

static const member no_member = {.value = (const uint8_t *)"", .key = (const uint8_t *)""};

INLINE bool named(const member *m, const char *name, u32 length) {
  return m->key_length == length && memcmp(m->key, name, length) == 0;
}

INLINE const member *take_member(cursor *c, const char *name, u32 length) {
  if (c->at >= c->end || !named(c->at, name, length)) {
    c->broken = true;
    return &no_member;
  }
  const member *m = c->at;
  c->at = &c->of->members[m->after];
  return m;
}
#define TAKE(cursor, name) take_member(cursor, name, sizeof name - 1)

static cursor inside(const cursor *outer, const member *m) {
  return (cursor){m + 1, &outer->of->members[m->after], outer->of, *m->value != '{'};
}

static bool complete(const cursor *c) { return !c->broken && c->at == c->end; }

static bool is_hash(const member *m) {
  return m->length == HASH_TEXT && memcmp(m->value, "\"sha3-256:", 10) == 0;
}

static bool take_sig(u8 *sig, const member *m) {
  return m->length == 90 && base64_decode(sig, 64, m->value + 1, 88);
}

/** Writes H("sclaw.scope/1" || tenant); remembers the last few tenants. */
static bool scope_of(worker *w, u8 *to, const member *tenant) {
  if (tenant->length < 3 || *tenant->value != '"') return false;
  if (memchr(tenant->value, '\\', tenant->length) != NULL) return false;
  const u8 *text = tenant->value + 1;
  const u32 length = tenant->length - 2;
  if (length > sizeof w->scopes[0].tenant) return false;
  const u32 made = w->scopes_made < SCOPES ? w->scopes_made : SCOPES;
  for (u32 i = 0; i < made; i++) {
    const scope *s = &w->scopes[i];
    if (s->length == length && memcmp(s->tenant, text, length) == 0) {
      memcpy(to, s->hash, 32);
      return true;
    }
  }
  scope *s = &w->scopes[w->scopes_made++ % SCOPES];
  s->length = length;
  memcpy(s->tenant, text, length);
  u8 prefixed[13 + sizeof s->tenant] = "sclaw.scope/1";
  memcpy(prefixed + 13, text, length);
  sha3_256_of(s->hash, prefixed, 13 + length);
  memcpy(to, s->hash, 32);
  return true;
}

/** The members of a receipt that the statement of its approvals holds. */
typedef struct {
  const member *adapter_id, *facts, *ir_hash, *ledger, *nonce, *policy_hash, *risk_tier, *tenant;
} shared;

/** The signatures of an approval, each over a statement of the receipt's own values. */
static bool add_approvals(worker *w, cursor approval, const shared *of) {
  if (approval.broken) return false;
  if (approval.at < approval.end && named(approval.at, "state", 5)) {
    const member *state = TAKE(&approval, "state");
    return complete(&approval) && state->length == 14 && memcmp(state->value, "\"not_required\"", 14) == 0;
  }
  const member *expires_at = TAKE(&approval, "expires_at"), *requested_at = TAKE(&approval, "requested_at");
  const member *required = TAKE(&approval, "required"), *signatures = TAKE(&approval, "signatures");
  TAKE(&approval, "state");
  if (!complete(&approval) || *signatures->value != '[') return false;
  cursor each = {signatures + 1, &approval.of->members[signatures->after], approval.of, false};
  const u8 *place = signatures->value + 1;
  for (u32 n = 0; each.at < each.end; n++) {
    const u8 *const first_key = place + 2;
    if (n == APPROVALS_MOST || each.at->key != first_key) return false;
    const member *approver = TAKE(&each, "approver"), *at = TAKE(&each, "at"), *sig = TAKE(&each, "sig");
    const member *signer = TAKE(&each, "signer"), *verdict = TAKE(&each, "verdict");
    u8 bytes[64];
    if (each.broken || !take_sig(bytes, sig)) return false;
    place = verdict->value + verdict->length + 1;
    place += *place == ',';
    const trusted_key *key = trust_find(w->trust, signer->value, signer->length);
    if (key == NULL || key->is_ledger) {
      w->errors[KEY]++;
      continue;
    }
    u8 *const start = w->statements + w->statements_length, *end = start;
#define PUT(name, m)                                                  \
  memcpy(end, name, sizeof name - 1), end += sizeof name - 1;         \
  memcpy(end, (m)->value, (m)->length), end += (m)->length;
    PUT("{\"adapter_id\":", of->adapter_id)
    PUT(",\"approver\":", approver)
    PUT(",\"at\":", at)
    PUT(",\"expires_at\":", expires_at)
    PUT(",\"facts\":", of->facts)
    PUT(",\"ir_hash\":", of->ir_hash)
    PUT(",\"ledger\":", of->ledger)
    PUT(",\"nonce\":", of->nonce)
    PUT(",\"policy_hash\":", of->policy_hash)
    PUT(",\"requested_at\":", requested_at)
    PUT(",\"required\":", required)
    PUT(",\"risk_tier\":", of->risk_tier)
    PUT(",\"tenant\":", of->tenant)
    PUT(",\"verdict\":", verdict)
    *end++ = '}';
    w->statements_length += end - start;
    u8 *digest = w->digests[w->signatures_count];
    add_message(w, start, end - start, digest);
    add_signature(w, key, bytes, "sclaw.approve/1", digest);
  }
  return *place == ']' && place + 1 == signatures->value + signatures->length;
}

/** Adds an entry to the batch; what is wrong with its form is an error, and it takes no place. */
static bool add_entry(worker *w, cursor line) {
  const member *intent = NULL;
  if (named(line.at, "intent", 6)) intent = TAKE(&line, "intent");
  const member *whole = TAKE(&line, "receipt"), *sig = TAKE(&line, "sig");
  if (!complete(&line) || (intent != NULL && *intent->value != '{')) return false;
  cursor r = inside(&line, whole);
  const member *adapter_id = TAKE(&r, "adapter_id");
  TAKE(&r, "agent");
  const member *approval = TAKE(&r, "approval");
  TAKE(&r, "correlation_id"), TAKE(&r, "decided_at"), TAKE(&r, "decision");
  if (r.at < r.end && named(r.at, "ext", 3)) TAKE(&r, "ext");
  const member *facts = TAKE(&r, "facts"), *ir_hash = TAKE(&r, "ir_hash");
  TAKE(&r, "issued_at");
  const member *ledger = TAKE(&r, "ledger"), *nonce = TAKE(&r, "nonce");
  TAKE(&r, "outcome");
  const member *policy = TAKE(&r, "policy"), *prev = TAKE(&r, "prev");
  TAKE(&r, "rationale"), TAKE(&r, "receipt_id");
  const member *risk_tier = TAKE(&r, "risk_tier"), *schema = TAKE(&r, "schema"), *seq = TAKE(&r, "seq");
  const member *signer = TAKE(&r, "signer"), *tenant = TAKE(&r, "tenant");
  if (!complete(&r) || !is_hash(ir_hash) || !is_hash(prev)) return false;
  if (schema->length != 17 || memcmp(schema->value, "\"sclaw.receipt/1\"", 17) != 0) return false;
  if (ledger->length != w->trust->ledger_length) return false;
  if (memcmp(ledger->value, w->trust->ledger, ledger->length) != 0) return false;
  cursor in_policy = inside(&r, policy);
  const member *policy_hash = TAKE(&in_policy, "hash");
  TAKE(&in_policy, "version");
  if (!complete(&in_policy)) return false;
  u64 place = 0;
  for (u32 i = 0; i < seq->length; i++) {
    if (!is_digit(seq->value[i])) return false;
    place = 10 * place + (seq->value[i] - '0');
  }

  receipt *made = &w->receipts[w->lines];
  made->leaf[0] = 0;
  if (!scope_of(w, made->leaf + 1, tenant) || !take_sig(made->leaf + 65, sig)) return false;
  const shared of = {adapter_id, facts, ir_hash, ledger, nonce, policy_hash, risk_tier, tenant};
  if (!add_approvals(w, inside(&r, approval), &of)) return false;
  add_message(w, whole->value, whole->length, made->leaf + 33);
  made->ir_hash = intent == NULL ? NULL : ir_hash->value;
  if (intent != NULL) add_message(w, intent->value, intent->length, made->intent_hash);
  made->prev = prev->value;
  const trusted_key *key = trust_find(w->trust, signer->value, signer->length);
  if (key != NULL && key->is_ledger)
    add_signature(w, key, made->leaf + 65, "sclaw.receipt/1", made->leaf + 33);
  else w->errors[KEY]++;

  const u32 in_range = w->leaves_known + w->lines++;
  if (in_range == 0) w->range->first_seq = place;
  else w->errors[CHAIN] += place != w->range->first_seq + in_range;
  w->receipts_count++;
  return true;
}

/** Reads the note of a checkpoint line and verifies it; its size and root are compared later. */
static bool add_checkpoint(worker *w, const member *m) {
  u8 note[4096 + 256];
  u32 length = 0;
  if (m->length < 2 || m->length > 4096 || *m->value != '"') return false;
  for (u32 i = 1; i < m->length - 1; i++) {
    if (m->value[i] != '\\') note[length++] = m->value[i];
    else if (m->value[++i] == 'n') note[length++] = '\n';
    else return false;
  }
  const u32 name = w->trust->ledger_length - 2;
  u8 *const blank = memmem(note, length, "\n\n", 2);
  if (blank == NULL || length < name + 1 || note[length - 1] != '\n') return false;
  const u32 text = blank + 1 - note;
  if (memcmp(note, w->trust->ledger + 1, name) != 0 || note[name] != '\n') return false;
  u64 size = 0;
  u8 *at = note + name + 1;
  while (is_digit(*at)) size = 10 * size + (*at++ - '0');
  u8 root[32];
  if (*at++ != '\n' || note + text < at + 45 || at[44] != '\n' || !base64_decode(root, 32, at, 44)) return false;

  bool is_signed = false;
  for (u8 *line = blank + 2, *end; line < note + length; line = end + 1) {
    end = memchr(line, '\n', note + length - line);
    // An em dash, a space, the name, a space, base64 of 68 bytes
    if (end - line != 4 + name + 1 + 92 || memcmp(line, "— ", 4) != 0) continue;
    if (memcmp(line + 4, w->trust->ledger + 1, name) != 0 || line[4 + name] != ' ') continue;
    u8 bytes[68];
    if (!base64_decode(bytes, 68, end - 92, 92)) return false;
    for (int i = 0; i < w->trust->count; i++) {
      const trusted_key *key = &w->trust->keys[i];
      if (!key->is_ledger || memcmp(key->note_hash, bytes, 4) != 0) continue;
      u8 hashed[64 + sizeof note], digest[LANES][64];
      memcpy(hashed, bytes + 4, 32);
      memcpy(hashed + 32, key->public_key, 32);
      memcpy(hashed + 64, note, text);
      const int blocks = sha512_pad(hashed, 64 + text);
      const u8 *const same[LANES] = {hashed, hashed, hashed, hashed};
      sha512_padded(digest, same, blocks);
      reduce(w->signatures[w->signatures_count].k, digest[0]);
      add_signature(w, key, bytes + 4, "sclaw.receipt/1", NULL);
      is_signed = true;
      break;
    }
    if (w->signatures_count > BATCH - APPROVALS_MOST) return false;
  }
  if (!is_signed) return false;

  finish_batch(w);
  const u32 count = w->leaves_known - w->leaves_reduced;
  u8 last[32];
  if (count > 0) memcpy(last, w->leaves[w->leaves_known - 1], 32);
  add_subtrees(w->range, w->leaves + w->leaves_reduced, count, w->range->first_seq + w->leaves_reduced,
               w->nodes, w->node_messages);
  if (count > 0) memcpy(w->leaves[w->leaves_known - 1], last, 32);
  w->leaves_reduced = w->leaves_known;
  event *e = add_event(w->range);
  *e = (event){.is_checkpoint = true, .size = size};
  memcpy(e->hash, root, 32);
  return true;
}

static void add_line(worker *w, const u8 *text, u32 length) {
  if (length > LINE_MOST || !is_canonical(text, length, &w->line)) {
    w->errors[NOT_CANONICAL]++;
    return;
  }
  if (w->lines == LINES || w->signatures_count > BATCH - APPROVALS_MOST - 1 || w->statements_length > STATEMENTS)
    finish_batch(w);
  if (w->leaves_known + w->lines == w->leaves_room) {
    w->leaves_room = 2 * w->leaves_room + 4096;
    w->leaves = realloc(w->leaves, 32 * (size_t)w->leaves_room);
    w->nodes = realloc(w->nodes, sizeof(node_bytes) * (size_t)w->leaves_room / 2);
    w->node_messages = realloc(w->node_messages, sizeof(message) * (size_t)w->leaves_room / 2);
  }
  const members *m = &w->line;
  const cursor line = {m->members, m->members + m->count, m, m->count == 0};
  if (line.broken) w->errors[UNKNOWN_LINE]++;
  else if (named(line.at, "checkpoint", 10) && line.at->after == m->count)
    w->errors[CHECKPOINT] += !add_checkpoint(w, line.at);
  else w->errors[FORM] += !add_entry(w, line);
}
