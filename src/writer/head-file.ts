import { readFileSync } from "node:fs";
import { decodeBase64, encodeBase64 } from "../bytes/base64.js";
import { concatBytes } from "../bytes/bytes.js";
import { type DigestText, formatDigest, type HashFunction, parseDigest } from "../bytes/digest.js";
import { encodeUtf8 } from "../bytes/utf8.js";
import { refusalOf } from "../io/refusal.js";
import { writeWholeFile } from "../io/write-file.js";
import { canonicalize } from "../json/canonical.js";
import type { Json } from "../json/json.js";
import { decodeShape, integer, list, object, oneOf, type Shape } from "../json/shape.js";
import { decodeStrict } from "../json/strict-decoder.js";
import type { Time } from "../json/time.js";
import { verifySignature } from "../keys/ed25519.js";
import type { Engine } from "../keys/engine.js";
import type { KeyId } from "../keys/public-key.js";
import type { TrustFile } from "../keys/trust-file.js";
import { validAtPlace } from "../keys/validity.js";
import { CompactRange } from "../merkle/compact-range.js";
import type { Release } from "../policy/release.js";
import {
  anyText,
  base64Of,
  digest,
  type ReceiptId,
  receiptId,
  signerId,
  time,
} from "../receipt/identifiers.js";
import { LedgerState } from "./ledger-state.js";
import type { Signer } from "./receipt-draft.js";

/**
 * Where a ledger stood at its last checkpoint, in a small file beside it, so that opening a long
 * ledger reads its end only. A ledger key signs it: what a release was, or what the next receipt is
 * linked to, is not taken from a file that anybody could write.
 */
export interface Head {
  readonly format: "sclaw.ledger-head/1";
  readonly ledger: string;
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
  readonly signer: KeyId;
}

interface SignedHead {
  readonly head: Head;
  readonly sig: string;
}

const headShape: Shape<Head> = object<Head>(
  {
    format: oneOf("sclaw.ledger-head/1"),
    ledger: anyText,
    offset: integer(),
    size: integer(),
    frontier: list(digest),
    prev: digest,
    receipt_id: receiptId,
    issued_at: time,
    release: object<Release>({ hash: digest, from: time }),
    checkpoint: anyText,
    signer: signerId,
  },
  ["receipt_id", "issued_at", "release"],
);
const shape = object<SignedHead>({ head: headShape, sig: base64Of(64) });

export const headPath = (ledger: string) => `${ledger}.head`;

/** What the ledger key signs of a head: `"sclaw.ledger-head/1" || H(JCS(head))`. */
function messageOf(head: Head, sha3: HashFunction): Uint8Array {
  return concatBytes(
    encodeUtf8("sclaw.ledger-head/1"),
    sha3(encodeUtf8(canonicalize(head as unknown as Json))),
  );
}

/** The head of a ledger that stands so, with the checkpoint of exactly this size that ends at `offset`. */
export function headOf(
  state: LedgerState,
  ledger: string,
  offset: number,
  checkpoint: string,
  signer: KeyId,
): Head {
  const { receiptId: id, issuedAt, release } = state;
  return {
    format: "sclaw.ledger-head/1",
    ledger,
    offset,
    size: state.size,
    frontier: state.range.hashes.map(formatDigest),
    prev: formatDigest(state.prev),
    ...(id === undefined ? {} : { receipt_id: id }),
    ...(issuedAt === undefined ? {} : { issued_at: issuedAt }),
    ...(release === undefined ? {} : { release }),
    checkpoint,
    signer,
  };
}

/** Keeps a head beside its ledger. A crash while it is written leaves the old one. */
export function writeHead(path: string, head: Head, signer: Signer, sha3: HashFunction): void {
  const sig = encodeBase64(signer.sign(messageOf(head, sha3)));
  writeWholeFile(headPath(path), `${JSON.stringify({ head, sig })}\n`, { replace: true, mode: 0o600 });
}

/**
 * Reads the head file of a ledger. Undefined where there is none, or one that no ledger key signed,
 * or of another ledger: the ledger itself then says all. Throws a refusal where it cannot be read.
 */
export function readHead(path: string, trust: TrustFile, engine: Engine): Head | undefined {
  const bytes = readBytes(headPath(path));
  if (bytes === undefined) return undefined;
  const { value, issues } = decodeStrict(bytes, { canonical: false });
  if (value === undefined || issues.length > 0) return undefined;
  const shaped = decodeShape(shape, value as Json);
  if (!shaped.ok || shaped.value.head.ledger !== trust.ledger) return undefined;
  const { head, sig } = shaped.value;
  const key = trust.keys.get(head.signer);
  if (key?.role !== "ledger" || !validAtPlace(key, Math.max(0, head.size - 1))) return undefined;
  const message = messageOf(head, engine.sha3_256);
  return verifySignature(engine, decodeBase64(sig)!, message, key.publicKey) ? head : undefined;
}

function readBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw refusalOf(error, `cannot read ${path}`);
  }
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
  state.note = head.checkpoint;
  return state;
}
