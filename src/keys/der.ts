import { equalBytes } from "../bytes/bytes.js";
import { encodeHex } from "../bytes/hex.js";

/** RFC 8410: SubjectPublicKeyInfo of id-Ed25519, up to the 32 bytes of the key. */
export const ed25519SpkiPrefix = Uint8Array.of(
  0x30,
  0x2a,
  0x30,
  0x05,
  0x06,
  0x03,
  0x2b,
  0x65,
  0x70,
  0x03,
  0x21,
  0x00,
);

/** Object identifiers of other public keys, as DER writes them, and what people call them. */
const algorithms: { readonly [oid: string]: string } = {
  "2a864886f70d010101": "RSA",
  "2a864886f70d01010a": "RSA-PSS",
  "2a864886f70d010301": "Diffie-Hellman",
  "2a8648ce380401": "DSA",
  "2a8648ce3d0201": "elliptic curve (ECDSA)",
  "2b656e": "X25519",
  "2b656f": "X448",
  "2b6570": "Ed25519, in a form that RFC 8410 does not allow",
  "2b6571": "Ed448",
  "608648016503040311": "ML-DSA-44",
  "608648016503040312": "ML-DSA-65",
  "608648016503040313": "ML-DSA-87",
};

/**
 * The 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410 section 4), which
 * has one encoding alone. Returns undefined for anything else.
 */
export function ed25519OfSpki(der: Uint8Array): Uint8Array | undefined {
  const prefixed = equalBytes(der.subarray(0, ed25519SpkiPrefix.length), ed25519SpkiPrefix);
  return prefixed && der.length === 44 ? der.slice(ed25519SpkiPrefix.length) : undefined;
}

/** What a SubjectPublicKeyInfo that is not Ed25519's holds, in words, as far as is known. */
export function describeSpki(der: Uint8Array): string {
  // SEQUENCE { SEQUENCE { OBJECT IDENTIFIER … } … }
  const oid = contentOf(contentOf(contentOf(der, 0x30), 0x30), 0x06);
  if (oid === undefined) return "bytes that are no public key in DER";
  const name = algorithms[encodeHex(oid)];
  return name === undefined ? "a key of another algorithm" : `a key of the algorithm ${name}`;
}

/** The content of the DER value at the start of `bytes`, where it has this tag and is whole. */
function contentOf(bytes: Uint8Array | undefined, tag: number): Uint8Array | undefined {
  if (bytes === undefined || bytes[0] !== tag) return undefined;
  const first = bytes[1] ?? 0x80;
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  if (first === 0x80 || lengthBytes > 3) return undefined;
  let length = lengthBytes === 0 ? first : 0;
  for (let i = 0; i < lengthBytes; i++) length = length * 256 + (bytes[2 + i] ?? 0);
  const start = 2 + lengthBytes;
  return start + length <= bytes.length ? bytes.subarray(start, start + length) : undefined;
}
