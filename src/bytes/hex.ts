const digits = "0123456789abcdef";

/** Bytes as lower-case hexadecimal. */
export function encodeHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += digits[byte >> 4]! + digits[byte & 15]!;
  return text;
}

/**
 * Reads lower-case hexadecimal.
 * Returns undefined for anything else: upper case, an odd length, other characters.
 */
export function decodeHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = digits.indexOf(text[2 * i]!) * 16 + digits.indexOf(text[2 * i + 1]!);
  }
  return bytes;
}
