import type { KeysUsed, LookedAt } from "./asked-request.js";
import { jsonText } from "./json-text.js";

/** `sclaw approve show --format json`: stable. */
export function renderRequestJson(looked: LookedAt, keys: KeysUsed | undefined): string {
  return jsonText({ schema: "sclaw.request/1", keys: keysJson(keys), ...requestJson(looked) });
}

/** `sclaw approve list --format json`: stable. */
export function renderRequestsJson(
  requests: readonly LookedAt[],
  hidden: number,
  keys: KeysUsed | undefined,
): string {
  return jsonText({
    schema: "sclaw.requests/1",
    keys: keysJson(keys),
    ended_not_listed: hidden,
    requests: requests.map(requestJson),
  });
}

function keysJson(keys: KeysUsed | undefined): object | null {
  return keys === undefined ? null : { fingerprint: keys.fingerprint, path: keys.path, source: keys.namedBy };
}

function requestJson(looked: LookedAt): object {
  const { id, at, asked, irHash, problems, signatures, others, standing, attempts, ended } = looked;
  return {
    id,
    looked_at: at,
    state: ended?.state ?? standing?.state ?? (asked === undefined ? "unreadable" : "not judged"),
    problems,
    request: asked ?? null,
    ir_hash: irHash ?? null,
    signatures,
    counted: standing?.counted ?? null,
    met: standing?.met ?? null,
    missing: standing?.missing ?? null,
    early: standing?.early ?? null,
    not_counted: standing?.refused ?? null,
    no_signatures: others,
    refused_attempts: attempts,
    ended: ended ?? null,
  };
}
