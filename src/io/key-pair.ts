import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { encryptKey } from "./encrypt-key.js";
import { CannotDo } from "./refusal.js";

const spkiPrefixLength = 12;

/** The 32 bytes of an Ed25519 public key. */
export function rawPublicKey(key: KeyObject): Uint8Array {
  return key.export({ format: "der", type: "spki" }).subarray(spkiPrefixLength);
}

/**
 * A fresh Ed25519 key pair from the system's randomness: PKCS#8, encrypted where there is a
 * passphrase, and SPKI as PEM.
 */
export function newKeyPair(passphrase?: string): {
  readonly privatePem: string;
  readonly publicPem: string;
  readonly publicKey: Uint8Array;
} {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return {
    privatePem:
      passphrase === undefined
        ? (privateKey.export({ format: "pem", type: "pkcs8" }) as string)
        : encryptKey(privateKey.export({ format: "der", type: "pkcs8" }), passphrase),
    publicPem: publicKey.export({ format: "pem", type: "spki" }) as string,
    publicKey: rawPublicKey(publicKey),
  };
}

/** Whether a text is a PEM private key, whatever its algorithm. */
export function isPrivatePem(text: string): boolean {
  return /^-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----$/m.test(text);
}

/** The public key of a private PEM. Throws a refusal for encrypted keys and other algorithms. */
export function publicKeyOfPrivate(pem: string, path: string): Uint8Array {
  if (pem.includes("ENCRYPTED PRIVATE KEY")) {
    throw new CannotDo(
      `expected a key that can be read, found an encrypted one in ${path}`,
      "show its public key file instead",
    );
  }
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new CannotDo(`expected a PKCS#8 private key in ${path}, found one that cannot be read`);
  }
  if (key.asymmetricKeyType !== "ed25519") {
    throw new CannotDo(`expected an Ed25519 key in ${path}, found ${key.asymmetricKeyType ?? "another"}`);
  }
  return rawPublicKey(createPublicKey(key));
}
