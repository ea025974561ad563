import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { engine } from "#engine";
import { writeNote } from "../io/output.js";
import { CannotDo, refusalOf } from "../io/refusal.js";
import { writeWholeFile } from "../io/write-file.js";
import { type LeafStore, proveInclusion } from "../ledger/make-proof.js";
import { formatHashes, type InclusionDocument } from "../ledger/proof-document.js";
import type { Verification } from "../ledger/verification.js";
import { jsonLines } from "../report/json-text.js";
import { visible } from "../report/visible.js";
import type { PaperItem } from "../workpaper/paper.js";

/** Writes the inclusion proof of each item into a new folder, one file a receipt. */
export function writeProofs(
  folder: string,
  items: readonly PaperItem[],
  verification: Verification,
  leaves: LeafStore,
): void {
  const { latestNote, checkpoints, start, frontier } = verification;
  const last = checkpoints.at(-1);
  if (verification.integrity !== "verified" || latestNote === undefined || last === undefined)
    throw new CannotDo("expected a ledger that verifies for proofs, found one that does not");
  makeFolder(folder);
  for (const { item } of items) {
    const proof = proveInclusion({ start, frontier, leaves }, item.place, last.size, engine.sha3_256);
    if (proof === undefined)
      throw new CannotDo(
        "the export lacks a part of the tree that the proofs need",
        "draw from the whole ledger",
      );
    const document: InclusionDocument = {
      format: "sclaw.proof/1",
      kind: "inclusion",
      entry: item.members,
      proof: formatHashes(proof),
      checkpoint: latestNote,
    };
    writeWholeFile(join(folder, `${item.receipt.receipt_id}.json`), jsonLines(document), { replace: false });
  }
  writeNote(
    `sclaw: ${items.length} proofs written to ${visible(folder)}; each is checked by itself: sclaw prove check FILE`,
  );
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    throw refusalOf(error, `cannot make the folder ${folder}`);
  }
}
