import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/**
 * How a hook and its server know each other. After a server has died, anybody on the machine may
 * listen on its port: so the hook shows the token to nobody, and believes an answer only where it
 * is signed with the token, for this very request.
 */
export function signatureOf(
  token: string,
  what: "request" | "answer",
  nonce: string,
  body: Uint8Array,
): string {
  return signatureOfDigest(token, what, nonce, digestOf(body));
}

/** The same where only the digest of the body is known by now. */
export function signatureOfDigest(token: string, what: string, nonce: string, digest: string): string {
  return createHmac("sha256", Buffer.from(token, "hex"))
    .update(`sclaw.hook/1\n${what}\n${nonce}\n${digest}\n`)
    .digest("hex");
}

export function digestOf(body: Uint8Array): string {
  return createHash("sha256").update(body).digest("hex");
}

/** Compares in a time that tells nothing of where they differ. */
export function isSame(expected: string, found: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(found);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Headers of both directions. */
export const headers = {
  nonce: "x-sclaw-nonce",
  digest: "x-sclaw-digest",
  signature: "x-sclaw-signature",
} as const;
