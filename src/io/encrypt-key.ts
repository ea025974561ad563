import { createCipheriv, randomBytes, scryptSync } from "node:crypto";

/** scrypt's work: 16 MiB, five times over. The most memory that OpenSSL takes when it reads a key. */
const cost = { N: 16_384, r: 8, p: 5 };

const scheme = "1.2.840.113549.1.5.13";
const derivation = "1.3.6.1.4.1.11591.4.11";
const cipher = "2.16.840.1.101.3.4.1.42";

/**
 * Encrypts a PKCS#8 key with a passphrase: PBES2 with scrypt and AES-256-CBC (RFC 8018, RFC 7914),
 * as PEM that OpenSSL and Node read. Node's own export derives by 2,048 rounds of PBKDF2, which
 * hold up nobody who has the file.
 */
export function encryptKey(pkcs8: Uint8Array, passphrase: string): string {
  const salt = randomBytes(16);
  const iv = randomBytes(16);
  const key = scryptSync(Buffer.from(passphrase), salt, 32, cost);
  const encryption = createCipheriv("aes-256-cbc", key, iv);
  const data = Buffer.concat([encryption.update(pkcs8), encryption.final()]);
  const kdf = sequence(
    objectId(derivation),
    sequence(octets(salt), ...[cost.N, cost.r, cost.p].map(integer)),
  );
  const aes = sequence(objectId(cipher), octets(iv));
  const der = sequence(sequence(objectId(scheme), sequence(kdf, aes)), octets(data));
  const lines = der
    .toString("base64")
    .match(/.{1,64}/g)!
    .join("\n");
  return `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${lines}\n-----END ENCRYPTED PRIVATE KEY-----\n`;
}

const sequence = (...parts: Uint8Array[]) => tagged(0x30, Buffer.concat(parts));
const octets = (bytes: Uint8Array) => tagged(0x04, bytes);

/** A small number that is not negative (X.690 section 8.3). */
function integer(value: number): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return tagged(0x02, bytes[0]! < 0x80 ? bytes : Buffer.concat([Buffer.of(0), bytes]));
}

/** X.690 section 8.19: base 128, the first two numbers as one. */
function objectId(text: string): Buffer {
  const [first, second, ...rest] = text.split(".").map(Number);
  const bytes = [first! * 40 + second!, ...rest].flatMap((number) => {
    const digits = [number % 128];
    for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128))
      digits.unshift((left % 128) | 0x80);
    return digits;
  });
  return tagged(0x06, Buffer.from(bytes));
}

/** Content of less than 256 bytes behind its tag and length. */
function tagged(tag: number, content: Uint8Array): Buffer {
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}
