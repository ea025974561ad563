import { decodeBase64, encodeBase64 } from "../bytes/base64.js";
import { hashLength } from "./hasher.js";
import { excerpt, type Refusal, refusal } from "./refusal.js";
import { isPlace } from "./subtrees.js";

/** What a log says of its tree (C2SP tlog-checkpoint, "Note text"). Unsigned as it stands here. */
export interface Checkpoint {
  /** The ledger's name. */
  readonly origin: string;
  /** How many leaves. */
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** Lines behind the root, opaque, none of them empty. */
  readonly extensions: readonly string[];
}

/**
 * Reads a checkpoint from the text of a note, its last LF included.
 * Refuses fewer than three lines, an empty line, a size with leading zeros, sign or blanks
 * or above 2^53-1, a root that is not strict base64 of 32 bytes.
 */
export function parseCheckpoint(text: string): Checkpoint | Refusal {
  if (!text.endsWith("\n")) return refusal("a line that ends in LF", excerpt(text.slice(-20)));
  const [origin = "", size = "", root, ...extensions] = text.slice(0, -1).split("\n");
  if (root === undefined) {
    return refusal("three lines: name, size and root", excerpt(text));
  }
  if (origin === "") return refusal("a name", "nothing", "line 1");
  const leaves = /^(?:0|[1-9][0-9]*)$/.test(size) ? Number(size) : undefined;
  if (!isPlace(leaves)) return refusal("a size from 0 to 2^53-1 in decimal", excerpt(size), "line 2");
  const hash = decodeBase64(root);
  if (hash?.length !== hashLength) {
    return refusal(`base64 of ${hashLength} bytes, the root`, excerpt(root), "line 3");
  }
  const empty = extensions.indexOf("");
  if (empty >= 0) return refusal("an extension line that is not empty", "nothing", `line ${4 + empty}`);
  return { origin, size: leaves, root: hash, extensions };
}

/**
 * Writes a checkpoint as the text of a note, to be signed.
 * Throws RangeError where `parseCheckpoint` would not give back the same checkpoint.
 */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, root, extensions } = checkpoint;
  const text = [origin, String(size), encodeBase64(root), ...extensions].map((line) => `${line}\n`).join("");
  const read = parseCheckpoint(text);
  if ("reason" in read) throw new RangeError(read.reason);
  // An LF in any of them makes more lines than there are extensions.
  if (read.extensions.length !== extensions.length) {
    throw new RangeError("expected a name and extensions of one line each, found LF in them");
  }
  return text;
}
