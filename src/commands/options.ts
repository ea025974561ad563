import { InvalidArgumentError } from "@commander-js/extra-typings";
import { isDigestText, parseDigest } from "../bytes/digest.js";
import { isTenant, type Tenant } from "../receipt/identifiers.js";

/** Readers of option values: each returns the value or says what was expected. */

export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^(0|[1-9][0-9]*)$/.test(text) || !Number.isSafeInteger(number)) {
    throw new InvalidArgumentError("Expected a whole number from 0 to 2^53-1.");
  }
  return number;
}

export function digestBytes(text: string): Uint8Array {
  const bytes = parseDigest(text);
  if (bytes === undefined) throw new InvalidArgumentError("Expected sha3-256: and 64 lower-case hex digits.");
  return bytes;
}

export function fingerprint(text: string): string {
  if (!isDigestText(text)) throw new InvalidArgumentError("Expected sha3-256: and 64 lower-case hex digits.");
  return text;
}

export function tenantName(text: string): Tenant {
  if (!isTenant(text))
    throw new InvalidArgumentError("Expected tenant:<name> or tenant:<name>/<environment>.");
  return text;
}

/** A percentage with at most two decimals, as basis points: 3.5 is 350, exactly. */
export function percentage(text: string): number {
  const [, whole, decimals = ""] = /^(\d{1,3})(?:\.(\d{1,2}))?$/.exec(text) ?? [];
  const basisPoints = Number(whole) * 100 + Number(decimals.padEnd(2, "0"));
  if (whole === undefined || basisPoints > 10_000)
    throw new InvalidArgumentError(
      "Expected a percentage from 0 to 100 with at most two decimals, for example 3.5.",
    );
  return basisPoints;
}

/** How many items there are: at least one, and no more than any ledger has. */
export function populationSize(text: string): number {
  const number = wholeNumber(text);
  if (number < 1 || number > 1_000_000_000)
    throw new InvalidArgumentError("Expected from 1 to 1,000,000,000 items.");
  return number;
}

/** How many threads: none, or as many as a machine may have. */
export function threadCount(text: string): number {
  const number = wholeNumber(text);
  if (number > 64) throw new InvalidArgumentError("Expected from 0 to 64 threads.");
  return number;
}

/** A part of a ledger: a range of its bytes, or one of so many pieces of like size. */
export type PartAsked =
  | { readonly kind: "range"; readonly from: number; readonly to: number }
  | { readonly kind: "piece"; readonly piece: number; readonly of: number };

export function partOfLedger(text: string): PartAsked {
  const [, first = "", mark, second = ""] = /^([0-9]+)([:/])([0-9]+)$/.exec(text) ?? [];
  if (mark === undefined)
    throw new InvalidArgumentError(
      "Expected FROM:TO in bytes, or K/N for the piece K of N, for example 3/16.",
    );
  const [one, other] = [wholeNumber(first), wholeNumber(second)];
  if (mark === ":") {
    if (one > other) throw new InvalidArgumentError("Expected FROM:TO with FROM at TO or before it.");
    return { kind: "range", from: one, to: other };
  }
  if (one < 1 || one > other) throw new InvalidArgumentError("Expected K/N with K from 1 to N.");
  return { kind: "piece", piece: one, of: other };
}
