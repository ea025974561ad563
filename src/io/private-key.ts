import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { statSync } from "node:fs";
import { engine } from "#engine";
import { keyIdOf } from "../keys/public-key.js";
import { rawPublicKey } from "./key-pair.js";
import { readSmallFile } from "./read-file.js";
import { CannotDo } from "./refusal.js";

/** A private key that can sign; the key itself does not leave. */
export interface SigningKey {
  readonly keyId: ReturnType<typeof keyIdOf>;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** An Ed25519 signature of 64 bytes (RFC 8032). */
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/**
 * Reads an Ed25519 private key: PKCS#8 PEM, encrypted or not. `passphrase` is asked only for an
 * encrypted one. Throws a refusal for other keys, for a file that others may read, and for a
 * passphrase that does not fit.
 */
export async function loadPrivateKey(
  path: string,
  passphrase: (path: string) => Promise<string>,
): Promise<SigningKey> {
  const pem = Buffer.from(readSmallFile(path, "private key")).toString("utf8");
  checkMode(path);
  const encrypted = pem.includes("ENCRYPTED PRIVATE KEY");
  const key = readKey(pem, path, encrypted ? await passphrase(path) : undefined);
  if (key.asymmetricKeyType !== "ed25519")
    throw new CannotDo(`expected an Ed25519 key in ${path}, found ${key.asymmetricKeyType ?? "another"}`);
  const publicKey = Uint8Array.from(rawPublicKey(createPublicKey(key)));
  return {
    keyId: keyIdOf(engine.sha3_256, publicKey),
    publicKey,
    sign: (message) => sign(null, message, key),
  };
}

function readKey(pem: string, path: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey(passphrase === undefined ? pem : { key: pem, passphrase });
  } catch {
    if (passphrase !== undefined)
      throw new CannotDo(`expected the passphrase of the key in ${path}, found one that does not open it`);
    throw new CannotDo(
      `expected a PKCS#8 private key in ${path}, found one that cannot be read`,
      "sclaw keys new makes one",
    );
  }
}

/** A private key that others can read is theirs too. Windows keeps this elsewhere. */
function checkMode(path: string): void {
  if (process.platform === "win32" || path === "-") return;
  const { mode } = statSync(path);
  if ((mode & 0o077) !== 0)
    throw new CannotDo(
      `expected a private key that you alone can read, found permissions ${(mode & 0o777).toString(8)} on ${path}`,
      `chmod 600 ${path}`,
    );
}
