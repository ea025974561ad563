import { opendirSync } from "node:fs";
import { join } from "node:path";
import { readPlainFile } from "../io/plain-file.js";
import { decodeShape } from "../json/shape.js";
import { decodeStrict } from "../json/strict-decoder.js";
import type { KeyId } from "../keys/public-key.js";
import { type ApprovalSignature, signature as signatureShape } from "../receipt/approval.js";

/** What lies in a request's folder of signatures. */
export interface FoundSignatures {
  readonly signatures: readonly ApprovalSignature[];
  /** Why what is none is none, in words. */
  readonly others: readonly string[];
}

export const nothingFound: FoundSignatures = { signatures: [], others: [] };

/** Bytes of a signature's file: a name can be long, and a receipt holds 64 of them. */
const mostBytes = 16 * 1024;
/** Names that are looked at beside those of known keys. */
const mostNames = 512;
/** How many of them are read, and how many are told. */
const mostRead = 64;
const mostTold = 16;

const verdicts = ["approve", "reject"] as const;
const nameForm = /^[0-9a-f]{32}-(?:approve|reject)\.json$/;

/** The one name of a signature's file: a key signs a request once for each verdict. */
export function signatureFile({ signer, verdict }: Pick<ApprovalSignature, "signer" | "verdict">): string {
  return `${signer.slice("ed25519:".length)}-${verdict}.json`;
}

/**
 * Reads the signatures in a folder that others write to. The files of `signers` are opened by their
 * names, so that a flood of others hides none of them; of the others so many are read as is harmless.
 */
export function findSignatures(folder: string, signers: Iterable<KeyId>): FoundSignatures {
  const known = [...signers].flatMap((signer) =>
    verdicts.map((verdict) => signatureFile({ signer, verdict })),
  );
  const isKnown = new Set(known);
  const names = namesIn(folder);
  const unknown = names.some.filter((name) => !isKnown.has(name));
  const signatures: ApprovalSignature[] = [];
  const others: string[] = [];
  for (const name of [...known, ...unknown.slice(0, mostRead)]) {
    const read = readSignature(folder, name);
    if (read === undefined) continue;
    if (typeof read === "string") others.push(read);
    else signatures.push(read);
  }
  const untold = names.isAll && unknown.length <= mostRead ? others.slice(mostTold).length : "many";
  const more = untold === 0 ? [] : [`${untold} more files that are no signatures of known keys`];
  return { signatures, others: [...others.slice(0, mostTold), ...more] };
}

/** A signature, why there is none, or undefined where nothing lies there. */
function readSignature(folder: string, name: string): ApprovalSignature | string | undefined {
  const read = readPlainFile(join(folder, name), mostBytes);
  if (!read.ok && read.why === "nothing") return undefined;
  const none = (found: string) => `${JSON.stringify(name)}: expected a signature, found ${found}`;
  if (!nameForm.test(name)) return none(read.ok ? "a file of another name" : read.why);
  if (!read.ok) return none(read.why);
  const { value, issues } = decodeStrict(read.bytes, { canonical: false });
  if (value === undefined || issues.length > 0) return none("no JSON");
  const shaped = decodeShape(signatureShape, value);
  if (!shaped.ok) {
    const [first] = shaped.issues;
    return none(`another shape, of which ${first!.pointer || "the whole"} should be ${first!.expected}`);
  }
  return signatureFile(shaped.value) === name ? shaped.value : none("one of another key or verdict");
}

/** Some of the names in a folder, sorted: as many as it takes no time to read. */
function namesIn(folder: string): { readonly some: readonly string[]; readonly isAll: boolean } {
  const some: string[] = [];
  let isAll = true;
  try {
    const open = opendirSync(folder);
    try {
      for (let entry = open.readSync(); entry !== null; entry = open.readSync()) {
        if (some.length === mostNames) {
          isAll = false;
          break;
        }
        // Signatures are written beside and put in place: what is under way is nobody's attempt.
        if (!entry.name.endsWith(".tmp")) some.push(entry.name);
      }
    } finally {
      open.closeSync();
    }
  } catch {
    return { some: [], isAll: true };
  }
  return { some: some.sort(), isAll };
}
