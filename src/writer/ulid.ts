import type { ReceiptId } from "../receipt/identifiers.js";

/** Crockford's base32: no I, L, O, U. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const randomBits = 80n;

/** The next receipt id behind `last`: a ULID of this time, or, where that is not greater, the one right after it. */
export function nextReceiptId(
  last: ReceiptId | undefined,
  milliseconds: number,
  random: Uint8Array,
): ReceiptId {
  // The highest of the 80 random bits stays 0, so that counting up has room within a millisecond.
  const entropy = random.slice(0, 10).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) >> 1n;
  const fresh = (BigInt(milliseconds) << randomBits) | entropy;
  const before = last === undefined ? -1n : numberOf(last);
  return `rcpt_${textOf(fresh > before ? fresh : before + 1n)}` as ReceiptId;
}

function numberOf(id: ReceiptId): bigint {
  let value = 0n;
  for (const character of id.slice("rcpt_".length))
    value = (value << 5n) | BigInt(alphabet.indexOf(character));
  return value;
}

function textOf(value: bigint): string {
  let text = "";
  for (let i = 0, rest = value; i < 26; i++, rest >>= 5n) text = alphabet[Number(rest & 31n)] + text;
  return text;
}
