import { existsSync, readFileSync } from "node:fs";
import { type DigestText, formatDigest, type HashFunction, parseDigest } from "../bytes/digest.js";
import { writeWholeFile } from "../io/write-file.js";
import type { Json } from "../json/json.js";
import { decodeShape, integer, list, object, oneOf, type Shape } from "../json/shape.js";
import { decodeStrict } from "../json/strict-decoder.js";
import type { Time } from "../json/time.js";
import { CompactRange } from "../merkle/compact-range.js";
import type { Release } from "../policy/release.js";
import { anyText, digest, type ReceiptId, receiptId, time } from "../receipt/identifiers.js";
import { LedgerState } from "./ledger-state.js";

/**
 * Where a ledger stood at its last checkpoint, in a small file beside it, so that opening a long
 * ledger reads its end only. It is believed as far as the checkpoint that it names is signed.
 */
export interface Head {
  readonly format: "sclaw.ledger-head/1";
  /** Bytes of the ledger up to the checkpoint's line, that line included. */
  readonly offset: number;
  readonly size: number;
  /** The roots of the subtrees of `[0, size)`, largest first. */
  readonly frontier: readonly DigestText[];
  readonly prev: DigestText;
  readonly receipt_id?: ReceiptId;
  readonly issued_at?: Time;
  readonly release?: Release;
  /** The signed note of exactly this size. */
  readonly checkpoint: string;
}

const shape: Shape<Head> = object<Head>(
  {
    format: oneOf("sclaw.ledger-head/1"),
    offset: integer(),
    size: integer(),
    frontier: list(digest),
    prev: digest,
    receipt_id: receiptId,
    issued_at: time,
    release: object<Release>({ hash: digest, from: time }),
    checkpoint: anyText,
  },
  ["receipt_id", "issued_at", "release"],
);

export const headPath = (ledger: string) => `${ledger}.head`;

/** The head of a ledger that stands so, with the checkpoint of exactly this size that ends at `offset`. */
export function headOf(state: LedgerState, offset: number, checkpoint: string): Head {
  const { receiptId: id, issuedAt, release } = state;
  return {
    format: "sclaw.ledger-head/1",
    offset,
    size: state.size,
    frontier: state.range.hashes.map(formatDigest),
    prev: formatDigest(state.prev),
    ...(id === undefined ? {} : { receipt_id: id }),
    ...(issuedAt === undefined ? {} : { issued_at: issuedAt }),
    ...(release === undefined ? {} : { release }),
    checkpoint,
  };
}

/** Keeps a head beside its ledger. A crash while it is written leaves the old one. */
export function writeHead(ledger: string, head: Head): void {
  writeWholeFile(headPath(ledger), `${JSON.stringify(head)}\n`, { replace: true, mode: 0o600 });
}

/** Reads the head file; undefined where there is none, or none that can be read: the ledger itself then says all. */
export function readHead(ledger: string): Head | undefined {
  const path = headPath(ledger);
  if (!existsSync(path)) return undefined;
  const { value, issues } = decodeStrict(readFileSync(path), { canonical: false });
  if (value === undefined || issues.length > 0) return undefined;
  const shaped = decodeShape(shape, value as Json);
  return shaped.ok ? shaped.value : undefined;
}

/** The state that a head describes; undefined where its frontier is none of its size. */
export function stateOf(head: Head, sha3: HashFunction): LedgerState | undefined {
  const frontier = head.frontier.map((text) => parseDigest(text)!);
  const range = CompactRange.fromFrontier(sha3, head.size, frontier);
  if (range === undefined) return undefined;
  const state = new LedgerState(range, sha3);
  state.prev = parseDigest(head.prev)!;
  state.receiptId = head.receipt_id;
  state.issuedAt = head.issued_at;
  state.release = head.release;
  state.covered = head.size;
  return state;
}
