import { concatBytes } from "../bytes/bytes.js";
import type { HashFunction } from "../bytes/digest.js";
import { encodeUtf8 } from "../bytes/utf8.js";

/**
 * `sclaw.sample.v1`, the selection that nobody can steer (docs/sampling.md): every item has a
 * ticket, a hash of the examiner's seed, the ledger's root and the item's own receipt id; the
 * sample is the items with the n smallest tickets.
 */

/** The name of the method, as papers give it. */
export const method = "sclaw.sample.v1";

const keyPrefix = encodeUtf8(`${method}/key\0`);
const ticketPrefix = encodeUtf8(`${method}/ticket\0`);

/** `LP(x)`: a 4-byte big-endian length and the bytes. */
function lengthPrefixed(bytes: Uint8Array): Uint8Array {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.length);
  return concatBytes(length, bytes);
}

/** What a selection is bound to. */
export interface SampleKeyInput {
  /** The examiner's seed; as text, in UTF-8. */
  readonly seed: string;
  /** The root of the ledger, 32 bytes: the selection is bound to this content. */
  readonly root: Uint8Array;
  /** A public randomness round that was announced before; undefined where there is none. */
  readonly beacon: string | undefined;
}

/** `K = H("sclaw.sample.v1/key" 00 || LP(seed) || LP(root) || LP(beacon or empty))`, 32 bytes. */
export function sampleKey(input: SampleKeyInput, hash: HashFunction): Uint8Array {
  return hash(
    concatBytes(
      keyPrefix,
      lengthPrefixed(encodeUtf8(input.seed)),
      lengthPrefixed(input.root),
      lengthPrefixed(encodeUtf8(input.beacon ?? "")),
    ),
  );
}

/**
 * Returns the function from a receipt id to its ticket under one key:
 * `t(id) = H("sclaw.sample.v1/ticket" 00 || LP(K) || LP(id))`, 32 bytes.
 */
export function ticketsOf(key: Uint8Array, hash: HashFunction): (receiptId: string) => Uint8Array {
  const head = concatBytes(ticketPrefix, lengthPrefixed(key));
  const messageOf = (receiptId: string) => concatBytes(head, lengthPrefixed(encodeUtf8(receiptId)));
  // Receipt ids are ASCII and of one length: one message serves for all of a pass.
  let message = messageOf("");
  return (receiptId) => {
    if (message.length !== head.length + 4 + receiptId.length) message = messageOf(receiptId);
    for (let i = 0; i < receiptId.length; i++) {
      const unit = receiptId.charCodeAt(i);
      if (unit > 0x7f) return hash(messageOf(receiptId));
      message[head.length + 4 + i] = unit;
    }
    return hash(message);
  };
}

/** The order of tickets: bytewise. Negative where `a` is drawn before `b`. */
export function compareTickets(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
