import { type DigestText, formatDigest, parseDigest } from "../bytes/digest.js";
import type { Problem } from "../findings/finding.js";
import { canonicalBytes } from "../json/canonical.js";
import { isJsonObject, type Json, type JsonObject } from "../json/json.js";
import { limits } from "../json/limits.js";
import { anyObject, decodeShape, list, object, oneOf, type Shape, type ShapeIssue } from "../json/shape.js";
import { decodeStrict } from "../json/strict-decoder.js";
import { anyText, digest } from "../receipt/identifiers.js";

/** That one entry is in the tree that a checkpoint signs; its place is the receipt's own `seq`. */
export interface InclusionDocument {
  readonly format: "sclaw.proof/1";
  readonly kind: "inclusion";
  /** The entry's line of the ledger: disclosed or withheld. */
  readonly entry: JsonObject;
  /** The RFC 6962 inclusion proof, from the leaf's neighbour up. */
  readonly proof: readonly DigestText[];
  /** The signed note of the tree. */
  readonly checkpoint: string;
}

/** That the tree of one checkpoint begins with the tree of an earlier one. */
export interface ConsistencyDocument {
  readonly format: "sclaw.proof/1";
  readonly kind: "consistency";
  readonly older: string;
  readonly newer: string;
  /** The RFC 6962 consistency proof. */
  readonly proof: readonly DigestText[];
}

export type ProofDocument = InclusionDocument | ConsistencyDocument;

/** A tree of 2^53 leaves is 53 levels deep; a consistency proof has one hash more. */
const proof = list(digest, { most: 64 });
const format = oneOf("sclaw.proof/1");

const inclusion: Shape<InclusionDocument> = object<InclusionDocument>({
  format,
  kind: oneOf("inclusion"),
  entry: anyObject,
  proof,
  checkpoint: anyText,
});

const consistency: Shape<ConsistencyDocument> = object<ConsistencyDocument>({
  format,
  kind: oneOf("consistency"),
  older: anyText,
  newer: anyText,
  proof,
});

/** A proof document, or every reason why a file is none. */
export type ProofReading =
  | { readonly ok: true; readonly document: ProofDocument }
  | { readonly ok: false; readonly issues: readonly ShapeIssue[] };

/** Reads a proof document, which is one level deeper than the line that it holds; its layout may be any, its content has to be I-JSON. Never throws. */
export function readProofDocument(bytes: Uint8Array): ProofReading {
  const { value, issues } = decodeStrict(bytes, { canonical: false, maxDepth: limits.depth + 1 });
  if (value === undefined) {
    return {
      ok: false,
      issues: issues.map(({ offset, expected, actual }) => ({ pointer: `byte ${offset}`, expected, actual })),
    };
  }
  const shape: Shape<ProofDocument> =
    isJsonObject(value) && value["kind"] === "consistency" ? consistency : inclusion;
  const shaped = decodeShape(shape, value);
  return shaped.ok ? { ok: true, document: shaped.value } : shaped;
}

/** The entry's line as it stands in a ledger: canonical bytes. */
export function entryLine(document: InclusionDocument): Uint8Array {
  return canonicalBytes(document.entry as Json);
}

/** The hashes of a proof. */
export function proofHashes(document: ProofDocument): Uint8Array[] {
  return document.proof.map((text) => parseDigest(text)!);
}

export function formatHashes(hashes: readonly Uint8Array[]): DigestText[] {
  return hashes.map(formatDigest);
}

/** What a proof that does not fold to the checkpoint's root is found to be. */
export function unprovenProblem(root: Uint8Array, size: number): Problem {
  return {
    code: "checkpoint.root",
    where: "the proof",
    expected: `hashes that fold to ${formatDigest(root)} at size ${size}`,
    actual: "hashes that do not",
  };
}
