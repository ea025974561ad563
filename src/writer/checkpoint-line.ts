import type { HashFunction } from "../bytes/digest.js";
import { encodeUtf8 } from "../bytes/utf8.js";
import { canonicalize } from "../json/canonical.js";
import { formatCheckpoint } from "../merkle/checkpoint.js";
import { formatNote, noteKeyHash } from "../merkle/note.js";
import { noteAlgorithms } from "../merkle/verifier-key.js";
import type { Signer } from "./receipt-draft.js";

/** Signs a checkpoint of the ledger (C2SP signed-note, tlog-checkpoint). Takes SHA-256 for the key hash. */
export function signCheckpoint(
  ledger: string,
  size: number,
  root: Uint8Array,
  signer: Signer,
  sha256: HashFunction,
): string {
  const text = formatCheckpoint({ origin: ledger, size, root, extensions: [] });
  const keyHash = noteKeyHash(sha256, ledger, noteAlgorithms.ed25519, signer.publicKey);
  return formatNote(text, [{ name: ledger, keyHash, blob: signer.sign(encodeUtf8(text)) }]);
}

/** The line of a checkpoint, with its LF. */
export function checkpointLine(note: string): Uint8Array {
  return encodeUtf8(`${canonicalize({ checkpoint: note })}\n`);
}
