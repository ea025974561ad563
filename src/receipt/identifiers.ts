import { decodeBase64 } from "../bytes/base64.js";
import type { Brand } from "../bytes/brand.js";
import { type DigestText, isDigestText } from "../bytes/digest.js";
import { isTenant as hasTenantForm } from "../json/names.js";
import { pattern, type Shape, text } from "../json/shape.js";
import { isTime, type Time } from "../json/time.js";
import { isKeyId, type KeyId } from "../keys/public-key.js";

/** `tenant:<name>[/<environment>]` */
export type Tenant = Brand<string, "Tenant">;
/** `rcpt_` and a ULID: 26 characters of Crockford's base32 that compare as strings. */
export type ReceiptId = Brand<string, "ReceiptId">;
/** Whether a text has the form of a tenant. */
export function isTenant(value: string): value is Tenant {
  return hasTenantForm(value);
}

/** Whether a text has the form of a receipt id. */
export function isReceiptId(value: string): value is ReceiptId {
  return /^rcpt_[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(value);
}

export const digest: Shape<DigestText> = text("sha3-256: and 64 lower-case hex digits", isDigestText);
export const time: Shape<Time> = text("a time like 2026-06-01T12:00:00.000Z that exists", isTime);
export const tenant: Shape<Tenant> = text("tenant:<name>[/<environment>]", isTenant);
export const agentId = pattern("agent:<name>", /^agent:.+$/su);
export const userId = pattern("user:<name>", /^user:.+$/su);
export const adapterId = pattern("adapter:<name>@<version>", /^adapter:[^@]+@.+$/su);
export const receiptId: Shape<ReceiptId> = text("rcpt_ and a ULID", isReceiptId);
export const signerId: Shape<KeyId> = text("ed25519: and 32 lower-case hex digits", isKeyId);
export const anyText = text("a string", () => true);
export const someText = text("a string that is not empty", (value) => value !== "");

/** Standard base64 of exactly so many bytes. */
export function base64Of(bytes: number): Shape<string> {
  return text(`base64 of ${bytes} bytes`, (value) => decodeBase64(value)?.length === bytes);
}
